//! Folders as a whole: LIST and STATUS, CREATE, DELETE and RENAME, and APPEND, which puts a letter into one.

use super::{Answer, Answered, Session, bad, no, ok, opened};
use crate::store::{Flags, Folder};
use imap_codec::imap_types::{
    command::CommandBody,
    core::QuotedChar,
    datetime::DateTime,
    extensions::binary::LiteralOrLiteral8,
    flag::FlagNameAttribute,
    mailbox::{ListMailbox, Mailbox},
    response::Data,
    status::{StatusDataItem, StatusDataItemName},
};
use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    num::NonZeroU32,
    time::{Duration, SystemTime},
};

/// What stands between the name of a folder and that of one within.
const SEPARATOR: char = '.';

/// The folder that a client means, if it may be called so.
pub fn folder(mailbox: &Mailbox) -> Option<Folder> {
    match mailbox {
        Mailbox::Inbox => Some(Folder::inbox()),
        Mailbox::Other(name) => Folder::named(std::str::from_utf8(name.as_ref()).ok()?),
    }
}

/// What the store's error means for a client (RFC 5530).
pub fn refused(error: &io::Error) -> Answer {
    let words = match error.kind() {
        ErrorKind::NotFound => "[NONEXISTENT] there is no such folder",
        ErrorKind::AlreadyExists => "[ALREADYEXISTS] there is one already",
        ErrorKind::QuotaExceeded => "[OVERQUOTA] that is more than the mailbox may hold",
        ErrorKind::InvalidInput => "[CANNOT] not with this one",
        _ => "[SERVERBUG] the disk would not",
    };
    Answer::No(words.into())
}

fn done(result: io::Result<()>, words: &str) -> Answered {
    Ok(match result {
        Ok(()) => Answer::Ok(words.into()),
        Err(error) => refused(&error),
    })
}

impl Session<'_> {
    /// Whatever needs no open folder.
    pub fn about_folders(&mut self, user: &str, body: CommandBody) -> Answered {
        use CommandBody::*;
        let store = &self.office.store;
        match body {
            Noop => ok("nothing done"),
            List {
                reference,
                mailbox_wildcard,
            } => self.list(user, &reference, &mailbox_wildcard, false),
            // Everybody subscribes to everything here.
            Lsub {
                reference,
                mailbox_wildcard,
            } => self.list(user, &reference, &mailbox_wildcard, true),
            Subscribe { .. } | Unsubscribe { .. } => ok("every folder is listed anyway"),
            Status {
                mailbox,
                item_names,
            } => self.status(user, &mailbox, &item_names),
            Create { mailbox } => {
                // A separator at the end says that folders within are to come (RFC 3501 §6.3.3).
                let name = match &mailbox {
                    Mailbox::Other(name) => {
                        name.as_ref().strip_suffix(b".").unwrap_or(name.as_ref())
                    }
                    Mailbox::Inbox => b"INBOX",
                };
                let named = std::str::from_utf8(name).ok().and_then(Folder::named);
                match named {
                    Some(folder) => done(store.create_folder(user, &folder), "made"),
                    None => no("[CANNOT] a folder cannot be called so"),
                }
            }
            Delete { mailbox } => match folder(&mailbox) {
                Some(folder) => done(
                    store.delete_folder(user, &folder),
                    "it is gone, and all in it",
                ),
                None => no("[NONEXISTENT] there is no such folder"),
            },
            Rename { from, to } => match (folder(&from), folder(&to)) {
                (None, _) => no("[NONEXISTENT] there is no such folder"),
                (_, None) => no("[CANNOT] a folder cannot be called so"),
                (Some(from), Some(to)) => done(self.rename(user, &from, &to), "renamed"),
            },
            Append {
                mailbox,
                flags,
                date,
                message,
            } => match &message {
                LiteralOrLiteral8::Literal(letter) => {
                    let flags = opened::known(&flags);
                    self.append(user, &mailbox, flags, date, letter.as_ref())
                }
                LiteralOrLiteral8::Literal8(_) => no("[CANNOT] a letter has no NUL"),
            },
            _ => bad("not known here"),
        }
    }

    // ANCHOR: list
    /// LIST: the folders whose names fit a pattern. `*` is anything, `%` is anything within one level.
    fn list(
        &mut self,
        user: &str,
        reference: &Mailbox,
        pattern: &ListMailbox,
        subscribed: bool,
    ) -> Answered {
        let pattern = match pattern {
            ListMailbox::Token(token) => token.as_ref(),
            ListMailbox::String(string) => string.as_ref(),
        };
        if pattern.is_empty() {
            // That asks for the separator only (RFC 3501 §6.3.8).
            self.connection.reply("* LIST (\\Noselect) \".\" \"\"")?;
            return ok("that is all");
        }
        let reference: &[u8] = match reference {
            Mailbox::Inbox => b"INBOX",
            Mailbox::Other(name) => name.as_ref(),
        };
        let pattern = [reference, pattern].concat();
        // Each folder, and each name above one: that may be no folder itself.
        let mut names: BTreeMap<String, bool> = BTreeMap::new();
        for folder in self.office.store.folders(user)? {
            let name = folder.name();
            for (end, _) in name.match_indices(SEPARATOR) {
                // What is above `inbox.sub` is INBOX, in whatever letters, and that is a folder.
                if !name[..end].eq_ignore_ascii_case("INBOX") {
                    names.entry(name[..end].to_owned()).or_insert(false);
                }
            }
            names.insert(name.to_owned(), true);
        }
        for (name, is_folder) in names {
            if !fits(&pattern, name.as_bytes()) {
                continue;
            }
            let items = match is_folder {
                true => Vec::new(),
                false => vec![FlagNameAttribute::Noselect],
            };
            let (Ok(mailbox), Ok(separator)) = (
                Mailbox::try_from(name.as_str()),
                QuotedChar::try_from(SEPARATOR),
            ) else {
                continue;
            };
            let delimiter = Some(separator);
            self.data(match subscribed {
                true => Data::Lsub {
                    items,
                    delimiter,
                    mailbox,
                },
                false => Data::List {
                    items,
                    delimiter,
                    mailbox,
                },
            })?;
        }
        ok("that is all")
    }
    // ANCHOR_END: list

    /// STATUS: what SELECT would tell, without opening the folder.
    fn status(&mut self, user: &str, mailbox: &Mailbox, names: &[StatusDataItemName]) -> Answered {
        use StatusDataItemName::*;
        let Some(folder) = folder(mailbox) else {
            return no("[NONEXISTENT] there is no such folder");
        };
        let listing = match self.office.store.list(user, &folder) {
            Ok(listing) => listing,
            Err(error) => return Ok(refused(&error)),
        };
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let letters = &listing.letters;
        let those = |wanted: fn(&crate::store::Letter) -> bool| {
            count(letters.iter().filter(|letter| wanted(letter)).count())
        };
        let one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let items = names.iter().map(|name| match name {
            Messages => Some(StatusDataItem::Messages(count(letters.len()))),
            Recent => Some(StatusDataItem::Recent(those(|letter| letter.recent))),
            UidNext => Some(StatusDataItem::UidNext(one(listing.uid_next))),
            UidValidity => Some(StatusDataItem::UidValidity(one(listing.uid_validity))),
            Unseen => Some(StatusDataItem::Unseen(those(|letter| !letter.flags.seen))),
            _ => None,
        });
        let Some(items) = items.collect::<Option<Vec<_>>>() else {
            return bad("not known here");
        };
        self.data(Data::Status {
            mailbox: mailbox.clone(),
            items: items.into(),
        })?;
        ok("that is all")
    }

    /// RENAME: the folder and those within it. What is in INBOX moves, and INBOX stays (RFC 3501 §6.3.5).
    fn rename(&self, user: &str, from: &Folder, to: &Folder) -> io::Result<()> {
        let store = &self.office.store;
        let within = format!("{}{SEPARATOR}", from.name());
        let mut renamed = vec![(from.clone(), to.clone())];
        for folder in store.folders(user)? {
            if let Some(rest) = folder
                .name()
                .strip_prefix(&within)
                .filter(|_| !from.is_inbox())
            {
                let name = Folder::named(&format!("{}{SEPARATOR}{rest}", to.name()));
                renamed.push((folder.clone(), name.ok_or(ErrorKind::InvalidInput)?));
            }
        }
        // Nothing changes unless all of it can.
        let there = store.folders(user)?;
        if !there.contains(from) {
            return Err(ErrorKind::NotFound.into());
        }
        if renamed.iter().any(|(_, to)| there.contains(to)) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        for (from, to) in renamed {
            store.create_folder(user, &to)?;
            let uids: Vec<u32> = store
                .list(user, &from)?
                .letters
                .iter()
                .map(|l| l.uid)
                .collect();
            store.move_to(user, &from, &uids, &to)?;
            if !from.is_inbox() {
                store.delete_folder(user, &from)?;
            }
        }
        Ok(())
    }

    // ANCHOR: append
    /// APPEND: puts a letter into a folder, as it is. So mail programs keep drafts, and what they have sent.
    fn append(
        &mut self,
        user: &str,
        mailbox: &Mailbox,
        flags: Flags,
        date: Option<DateTime>,
        letter: &[u8],
    ) -> Answered {
        let Some(folder) = folder(mailbox) else {
            return no("[TRYCREATE] there is no such folder");
        };
        if letter.is_empty() {
            return no("[CANNOT] there is nothing in it");
        }
        if !ends_in_crlf_only(letter) {
            return no("[CANNOT] a letter's lines end with CR LF");
        }
        let received = date.map(|date| moment(date.as_ref().timestamp()));
        match self
            .office
            .store
            .append(user, &folder, flags, received, letter)
        {
            Ok(stored) => {
                let size = letter.len();
                let log = self.connection.log();
                log.hop(
                    "MUA -> store",
                    &format!("{}, {size} bytes", stored.file),
                    "",
                );
                Ok(Answer::Ok(format!(
                    "[APPENDUID {} {}] it is safe",
                    stored.uid_validity, stored.uid
                )))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                no("[TRYCREATE] there is no such folder")
            }
            Err(error) => Ok(refused(&error)),
        }
    }
    // ANCHOR_END: append
}

/// So many seconds after the beginning of 1970, or before it.
fn moment(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let moment = match seconds < 0 {
        true => SystemTime::UNIX_EPOCH.checked_sub(distance),
        false => SystemTime::UNIX_EPOCH.checked_add(distance),
    };
    moment.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Whether each CR stands before an LF, and each LF behind a CR.
fn ends_in_crlf_only(letter: &[u8]) -> bool {
    let mut before = 0;
    for byte in letter {
        if (before == b'\r') != (*byte == b'\n') {
            return false;
        }
        before = *byte;
    }
    before != b'\r'
}

/// Whether a name fits a pattern. INBOX fits in small letters, too.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    // `reached[n]`: so far, the pattern fits the first n bytes of the name.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for wanted in pattern {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            next[at] = match wanted {
                b'*' => reached[at] || at > 0 && next[at - 1],
                b'%' => reached[at] || at > 0 && next[at - 1] && name[at - 1] != SEPARATOR as u8,
                _ if at == 0 => false,
                _ if name == b"INBOX" => {
                    reached[at - 1] && wanted.eq_ignore_ascii_case(&name[at - 1])
                }
                _ => reached[at - 1] && *wanted == name[at - 1],
            };
        }
        reached = next;
    }
    reached[name.len()]
}
