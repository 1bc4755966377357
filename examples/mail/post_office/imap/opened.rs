//! An open folder, and what the client knows of it.
//!
//! A client speaks of letters by their numbers: 1 is the oldest one. When a letter goes, all behind it sink by one, and so
//! server and client must agree at any time which ones have gone. That is why a session keeps a list of what it has told, and
//! tells that a letter is gone only between commands that have no numbers in them (RFC 3501 §7.4.1).

use super::{Answer, Answered, Session, bad, contains, no, ok, search, set};
use crate::{
    connection::ReadError,
    store::{Flags, Folder, Letter, Listing},
};
use imap_codec::imap_types::{
    command::CommandBody,
    fetch::MessageDataItem,
    flag::{Flag, FlagFetch, StoreResponse, StoreType},
    mailbox::Mailbox,
    response::Data,
    search::SearchKey,
    sequence::SequenceSet,
};
use std::{collections::HashSet, io::ErrorKind, num::NonZeroU32};

/// How many letters are copied at once.
const BATCH: usize = 50;

/// An open folder.
pub struct Opened {
    pub folder: Folder,
    /// Opened by EXAMINE.
    pub read_only: bool,
    uid_validity: u32,
    /// What the client has been told: the first one is number 1.
    pub told: Vec<Told>,
    /// UIDs of letters that this session is the first to see.
    recent: HashSet<u32>,
}

/// What the client knows of a letter.
pub struct Told {
    pub uid: u32,
    pub flags: Flags,
    pub recent: bool,
}

impl Told {
    /// Its flags as IMAP writes them.
    pub fn flags(&self) -> Vec<FlagFetch<'static>> {
        let flags = [
            (self.flags.answered, Flag::Answered),
            (self.flags.flagged, Flag::Flagged),
            (self.flags.deleted, Flag::Deleted),
            (self.flags.seen, Flag::Seen),
            (self.flags.draft, Flag::Draft),
        ];
        let set = flags.into_iter().filter(|(set, _)| *set);
        let recent = self.recent.then_some(FlagFetch::Recent);
        set.map(|(_, flag)| flag.into()).chain(recent).collect()
    }
}

impl Opened {
    /// Which letters a set means, by their place in `told`. `None` where it has a number that no letter has.
    pub fn places(&self, set: &SequenceSet, by_uid: bool) -> Option<Vec<usize>> {
        let count = self.told.len() as u32;
        let last_uid = self.told.last().map_or(0, |told| told.uid);
        if !by_uid {
            let too_large = |number: &u32| *number > count;
            let ends = set.0.as_ref().iter().flat_map(ends);
            if count == 0 || ends.flatten().any(|number| too_large(&number)) {
                return None;
            }
        }
        let places = 0..self.told.len();
        Some(
            places
                .filter(|place| match by_uid {
                    true => contains(set, self.told[*place].uid, last_uid),
                    false => contains(set, *place as u32 + 1, count),
                })
                .collect(),
        )
    }

    // ANCHOR: news
    /// Compares what the client knows with what is there, and tells it the difference. `expunge`: also which letters have
    /// gone. `false` if the folder itself has.
    pub fn tell_news(
        &mut self,
        session: &mut Session,
        user: &str,
        expunge: bool,
    ) -> Result<bool, ReadError> {
        let Some(listing) = self.listing(session, user)? else {
            return Ok(false);
        };
        if expunge {
            let there: HashSet<u32> = listing.letters.iter().map(|letter| letter.uid).collect();
            // From the last one to the first: so the numbers of the others hold while we speak.
            for place in (0..self.told.len()).rev() {
                if !there.contains(&self.told[place].uid) {
                    self.told.remove(place);
                    let number = place + 1;
                    session.connection.reply(&format!("* {number} EXPUNGE"))?;
                }
            }
        }
        let last = self.told.last().map_or(0, |told| told.uid);
        for letter in &listing.letters {
            let place = self.told.binary_search_by_key(&letter.uid, |told| told.uid);
            if let Ok(place) = place
                && self.told[place].flags != letter.flags
            {
                self.told[place].flags = letter.flags;
                let flags = MessageDataItem::Flags(self.told[place].flags());
                send(session, place, vec![flags])?;
            }
        }
        let new = listing.letters.iter().filter(|letter| letter.uid > last);
        let new: Vec<&Letter> = new.collect();
        if !new.is_empty() {
            self.take_recent(session, user, &new)?;
            self.told.extend(new.iter().map(|letter| Told {
                uid: letter.uid,
                flags: letter.flags,
                recent: self.recent.contains(&letter.uid),
            }));
            self.tell_size(session)?;
        }
        Ok(true)
    }
    // ANCHOR_END: news

    /// What is in the folder now; `None` if it is not there any more, or is another one with the same name.
    fn listing(&self, session: &Session, user: &str) -> Result<Option<Listing>, ReadError> {
        match session.office.store.list(user, &self.folder) {
            Ok(listing) => Ok(Some(listing).filter(|now| now.uid_validity == self.uid_validity)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A letter is recent in the first session that may change it and is told of it (RFC 3501 §2.3.2).
    fn take_recent(
        &mut self,
        session: &Session,
        user: &str,
        new: &[&Letter],
    ) -> Result<(), ReadError> {
        let recent = new.iter().filter(|letter| letter.recent);
        let recent: Vec<u32> = recent.map(|letter| letter.uid).collect();
        if self.read_only {
            self.recent.extend(recent);
        } else if !recent.is_empty() {
            let taken = session.office.store.take_recent(user, &self.folder)?;
            self.recent.extend(taken);
        }
        Ok(())
    }

    fn tell_size(&self, session: &mut Session) -> Result<(), ReadError> {
        let recent = self.told.iter().filter(|told| told.recent).count();
        let count = self.told.len();
        session.connection.reply(&format!("* {count} EXISTS"))?;
        session.connection.reply(&format!("* {recent} RECENT"))
    }
}

/// The numbers at the ends of a range, without `*`.
fn ends(sequence: &imap_codec::imap_types::sequence::Sequence) -> [Option<u32>; 2] {
    use imap_codec::imap_types::sequence::{SeqOrUid, Sequence};
    let value = |end: &SeqOrUid| match end {
        SeqOrUid::Value(value) => Some(value.get()),
        SeqOrUid::Asterisk => None,
    };
    match sequence {
        Sequence::Single(one) => [value(one), None],
        Sequence::Range(from, to) => [value(from), value(to)],
    }
}

/// `* 1 FETCH (…)`, for the letter at this place.
pub fn send(
    session: &mut Session,
    place: usize,
    items: Vec<MessageDataItem>,
) -> Result<(), ReadError> {
    // Places count from 0, numbers from 1.
    let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
    match Data::fetch(number, items) {
        Ok(data) => session.data(data),
        // There is nothing to tell.
        Err(_) => Ok(()),
    }
}

/// The flags of a list that can be kept: the five that IMAP has. Keywords of a program's own are not kept here.
pub fn known(flags: &[Flag]) -> Flags {
    Flags {
        answered: flags.contains(&Flag::Answered),
        flagged: flags.contains(&Flag::Flagged),
        deleted: flags.contains(&Flag::Deleted),
        seen: flags.contains(&Flag::Seen),
        draft: flags.contains(&Flag::Draft),
    }
}

/// Each flag with what is to be done to it.
fn changed(old: Flags, kind: &StoreType, named: Flags) -> Flags {
    let change = |old: bool, named: bool| match kind {
        StoreType::Replace => named,
        StoreType::Add => old || named,
        StoreType::Remove => old && !named,
    };
    Flags {
        answered: change(old.answered, named.answered),
        flagged: change(old.flagged, named.flagged),
        deleted: change(old.deleted, named.deleted),
        seen: change(old.seen, named.seen),
        draft: change(old.draft, named.draft),
    }
}

impl Session<'_> {
    // ANCHOR: select
    /// SELECT and EXAMINE: opens a folder, and tells what a client must know of it (RFC 3501 §6.3.1).
    pub fn open(&mut self, user: &str, mailbox: &Mailbox, read_only: bool) -> Answered {
        // Whatever was open is closed, also if this fails.
        self.opened = None;
        let Some(folder) = super::folders::folder(mailbox) else {
            return no("there is no such folder");
        };
        let listing = match self.office.store.list(user, &folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return no("there is no such folder");
            }
            listing => listing?,
        };
        let mut opened = Opened {
            folder,
            read_only,
            uid_validity: listing.uid_validity,
            told: Vec::new(),
            recent: HashSet::new(),
        };
        let keeps = match read_only {
            true => "",
            false => "\\Answered \\Flagged \\Deleted \\Seen \\Draft",
        };
        self.connection
            .reply("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)")?;
        self.connection
            .reply(&format!("* OK [PERMANENTFLAGS ({keeps})] these are kept"))?;
        if !opened.tell_news(self, user, true)? {
            return no("there is no such folder");
        }
        if opened.told.is_empty() {
            opened.tell_size(self)?;
        }
        if let Some(first) = opened.told.iter().position(|told| !told.flags.seen) {
            let first = first + 1;
            self.connection.reply(&format!(
                "* OK [UNSEEN {first}] the first one that nobody has read"
            ))?;
        }
        let last = opened.told.last().map_or(0, |told| told.uid);
        let next = listing.uid_next.max(last.saturating_add(1));
        let validity = listing.uid_validity;
        self.connection.reply(&format!(
            "* OK [UIDNEXT {next}] the next letter's UID, or less"
        ))?;
        self.connection.reply(&format!(
            "* OK [UIDVALIDITY {validity}] UIDs hold as long as this does"
        ))?;
        self.opened = Some(opened);
        match read_only {
            true => ok("[READ-ONLY] open to be read"),
            false => ok("[READ-WRITE] open"),
        }
    }
    // ANCHOR_END: select

    /// Whatever needs an open folder. What has happened there meanwhile is told before the answer.
    pub fn in_folder(&mut self, user: &str, mut opened: Opened, body: CommandBody) -> Answered {
        use CommandBody::*;
        // These mean letters by their numbers, so the numbers must stay while they are under way.
        let by_number = matches!(
            body,
            Fetch { uid: false, .. } | Store { uid: false, .. } | Search { uid: false, .. }
        );
        let open = &mut opened;
        let answer = match body {
            Check => ok("all is safe"),
            Unselect => return ok("closed"),
            Close => {
                if !opened.read_only {
                    self.remove_deleted(user, &opened, None)?;
                }
                return ok("closed");
            }
            Expunge => self.expunge(user, open, None),
            ExpungeUid { sequence_set } => self.expunge(user, open, Some(&sequence_set)),
            Search {
                charset,
                criteria,
                uid,
            } => {
                let charset = charset.map(|charset| charset.as_ref().to_ascii_uppercase());
                match charset.as_deref() {
                    None | Some("UTF-8" | "US-ASCII") => {
                        let key = SearchKey::And(criteria);
                        self.search(user, open, &key, uid)
                    }
                    Some(_) => no("[BADCHARSET (UTF-8 US-ASCII)] not in this character set"),
                }
            }
            Fetch {
                sequence_set,
                macro_or_item_names,
                uid,
            } => self.fetch(user, open, &sequence_set, macro_or_item_names, uid),
            Store {
                sequence_set,
                kind,
                response,
                flags,
                uid,
            } => {
                let quiet = response == StoreResponse::Silent;
                self.store(
                    user,
                    open,
                    &sequence_set,
                    (&kind, known(&flags)),
                    quiet,
                    uid,
                )
            }
            Copy {
                sequence_set,
                mailbox,
                uid,
            } => self.copy(user, open, &sequence_set, &mailbox, uid, false),
            Move {
                sequence_set,
                mailbox,
                uid,
            } => self.copy(user, open, &sequence_set, &mailbox, uid, true),
            _ => bad("not known here"),
        }?;
        self.opened = Some(opened);
        match self.news(user, !by_number)? {
            true => Ok(answer),
            false => Ok(Answer::End),
        }
    }

    /// EXPUNGE, and UID EXPUNGE (RFC 4315 §2.1): removes what is flagged `\Deleted`.
    fn expunge(
        &mut self,
        user: &str,
        opened: &mut Opened,
        among: Option<&SequenceSet>,
    ) -> Answered {
        if opened.read_only {
            return no("[READ-ONLY] this folder is open to be read");
        }
        self.remove_deleted(user, opened, among)?;
        ok("they are gone")
    }

    fn remove_deleted(
        &mut self,
        user: &str,
        opened: &Opened,
        among: Option<&SequenceSet>,
    ) -> Result<(), ReadError> {
        let Some(listing) = opened.listing(self, user)? else {
            return Ok(());
        };
        let last = opened.told.last().map_or(0, |told| told.uid);
        let is_told = |uid: u32| uid <= last;
        let is_meant = |uid: u32| among.is_none_or(|set| contains(set, uid, last));
        let letters = listing.letters.iter();
        let letters = letters.filter(|letter| letter.flags.deleted && is_told(letter.uid));
        let uids = letters.map(|letter| letter.uid);
        let uids: Vec<u32> = uids.filter(|uid| is_meant(*uid)).collect();
        if !uids.is_empty() {
            self.office.store.remove(user, &opened.folder, &uids)?;
        }
        Ok(())
    }

    /// STORE: changes flags, and tells what they are now.
    fn store(
        &mut self,
        user: &str,
        opened: &mut Opened,
        set: &SequenceSet,
        (kind, named): (&StoreType, Flags),
        quiet: bool,
        by_uid: bool,
    ) -> Answered {
        if opened.read_only {
            return no("[READ-ONLY] this folder is open to be read");
        }
        let Some(places) = opened.places(set, by_uid) else {
            return bad("no letter has this number");
        };
        let mut gone = false;
        for place in places {
            let uid = opened.told[place].uid;
            let store = &self.office.store;
            let change = |old| changed(old, kind, named);
            match store.change_flags(user, &opened.folder, uid, change) {
                Ok(now) => {
                    opened.told[place].flags = now;
                    if !quiet {
                        let mut items = vec![MessageDataItem::Flags(opened.told[place].flags())];
                        items.extend(
                            NonZeroU32::new(uid)
                                .filter(|_| by_uid)
                                .map(MessageDataItem::Uid),
                        );
                        send(self, place, items)?;
                    }
                }
                Err(error) if error.kind() == ErrorKind::NotFound => gone = true,
                Err(error) => return Err(error.into()),
            }
        }
        // Of a UID that is gone, nothing is said (RFC 3501 §6.4.8).
        match gone && !by_uid {
            true => no("[EXPUNGEISSUED] some of them are gone"),
            false => ok("changed"),
        }
    }

    /// COPY, and MOVE (RFC 6851).
    fn copy(
        &mut self,
        user: &str,
        opened: &mut Opened,
        letters: &SequenceSet,
        to: &Mailbox,
        by_uid: bool,
        moves: bool,
    ) -> Answered {
        if moves && opened.read_only {
            return no("[READ-ONLY] this folder is open to be read");
        }
        let Some(places) = opened.places(letters, by_uid) else {
            return bad("no letter has this number");
        };
        let store = &self.office.store;
        let target = super::folders::folder(to).map(|to| (store.list(user, &to), to));
        let Some((Ok(target), to)) = target else {
            return no("[TRYCREATE] there is no such folder");
        };
        let uids: Vec<u32> = places.iter().map(|place| opened.told[*place].uid).collect();
        let mut done: Vec<(u32, u32)> = Vec::new();
        // Each letter that is being copied is an open file, and a process has few of them.
        for batch in uids.chunks(BATCH) {
            let copied = match moves {
                true => store.move_to(user, &opened.folder, batch, &to),
                false => store.copy(user, &opened.folder, batch, &to),
            };
            match copied {
                Ok(pairs) => done.extend(pairs),
                Err(error) if moves => return Ok(super::folders::refused(&error)),
                Err(error) => {
                    // All or none (RFC 3501 §6.4.7).
                    let copies: Vec<u32> = done.iter().map(|(_, copy)| *copy).collect();
                    store.remove(user, &to, &copies)?;
                    return Ok(super::folders::refused(&error));
                }
            }
        }
        if done.is_empty() {
            return ok("there was nothing to do");
        }
        let (from, into): (Vec<u32>, Vec<u32>) = done.into_iter().unzip();
        let code = format!(
            "[COPYUID {} {} {}]",
            target.uid_validity,
            set(&from),
            set(&into)
        );
        if moves {
            // Before the numbers sink (RFC 6851 §4.3).
            self.connection
                .reply(&format!("* OK {code} their new UIDs"))?;
            return ok("moved");
        }
        Ok(Answer::Ok(format!("{code} copied")))
    }

    /// SEARCH: the numbers, or the UIDs, of the letters that fit.
    fn search(&mut self, user: &str, opened: &Opened, key: &SearchKey, by_uid: bool) -> Answered {
        let Some(listing) = opened.listing(self, user)? else {
            return Ok(Answer::Ok("there is nothing".into()));
        };
        let last = (
            opened.told.len() as u32,
            opened.told.last().map_or(0, |told| told.uid),
        );
        let needs_letter = search::needs_letter(key);
        let mut found = String::new();
        for (place, told) in opened.told.iter().enumerate() {
            let at = listing
                .letters
                .binary_search_by_key(&told.uid, |letter| letter.uid);
            let Ok(at) = at else { continue };
            let about = search::About {
                number: place as u32 + 1,
                told,
                letter: &listing.letters[at],
            };
            let bytes = match needs_letter {
                true => match self.office.store.read(user, &opened.folder, told.uid) {
                    Ok(bytes) => Some(bytes),
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return Err(error.into()),
                },
                false => None,
            };
            let words = bytes.map(|bytes| search::Words::of(&super::letter::Letter::new(&bytes)));
            if search::matches(key, &about, words.as_ref(), last) {
                let number = if by_uid { told.uid } else { about.number };
                found += &format!(" {number}");
            }
        }
        self.connection.reply(&format!("* SEARCH{found}"))?;
        ok("that is all")
    }
}
