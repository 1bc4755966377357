//! FETCH: what a client asks about letters, and pieces of them (RFC 3501 §6.4.5).

use super::{
    Answered, Session, bad,
    letter::Letter,
    no, ok,
    opened::{Opened, send},
    structure,
};
use crate::{connection::ReadError, store};
use chrono::Utc;
use imap_codec::imap_types::{
    IntoStatic,
    core::{IString, Literal, NString},
    datetime::DateTime,
    fetch::{MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName},
    sequence::SequenceSet,
};
use std::{io::ErrorKind, num::NonZeroU32, time::SystemTime};

/// When so many bytes are ready for one letter, they are sent before more are fetched: one command may ask for a letter a
/// hundred times.
const ENOUGH: usize = 8 << 20;

/// What is asked for of each letter.
struct Asked<'a> {
    items: Vec<MessageDataItemName<'a>>,
    /// The letter itself has to be read.
    needs_bytes: bool,
    /// It has to be taken apart.
    needs_parts: bool,
    /// It counts as read from now on.
    seen: bool,
    by_uid: bool,
}

impl<'a> Asked<'a> {
    fn new(items: MacroOrMessageDataItemNames<'a>, by_uid: bool, read_only: bool) -> Self {
        use MessageDataItemName::*;
        let mut items = match items {
            MacroOrMessageDataItemNames::Macro(short) => {
                let items = short.expand().into_iter();
                items.map(IntoStatic::into_static).collect()
            }
            MacroOrMessageDataItemNames::MessageDataItemNames(items) => items,
        };
        if by_uid && !items.contains(&Uid) {
            items.insert(0, Uid);
        }
        let seen = |item: &MessageDataItemName| {
            matches!(item, BodyExt { peek: false, .. } | Rfc822 | Rfc822Text)
        };
        let seen = !read_only && items.iter().any(seen);
        if seen && !items.contains(&Flags) {
            // The flags change with it, so they are told.
            items.push(Flags);
        }
        let needs_parts = |item: &MessageDataItemName| {
            let whole = matches!(item, BodyExt { section: None, .. } | Rfc822);
            !whole && !matches!(item, Flags | InternalDate | Rfc822Size | Uid)
        };
        let needs_bytes =
            |item: &MessageDataItemName| !matches!(item, Flags | InternalDate | Rfc822Size | Uid);
        Asked {
            needs_bytes: items.iter().any(needs_bytes),
            needs_parts: items.iter().any(needs_parts),
            items,
            seen,
            by_uid,
        }
    }
}

impl Session<'_> {
    // ANCHOR: fetch
    pub fn fetch(
        &mut self,
        user: &str,
        opened: &mut Opened,
        set: &SequenceSet,
        items: MacroOrMessageDataItemNames,
        by_uid: bool,
    ) -> Answered {
        let Some(places) = opened.places(set, by_uid) else {
            return bad("no letter has this number");
        };
        let asked = Asked::new(items, by_uid, opened.read_only);
        let unknown = |item: &MessageDataItemName| {
            use MessageDataItemName::*;
            matches!(item, Binary { .. } | BinarySize { .. })
        };
        if asked.items.iter().any(unknown) {
            return bad("not known here");
        }
        let mut gone = false;
        for place in places {
            gone |= !self.fetch_one(user, opened, place, &asked)?;
        }
        match gone {
            true => no("[EXPUNGEISSUED] some of them are gone"),
            false => ok("that is all"),
        }
    }
    // ANCHOR_END: fetch

    /// All that is asked for of one letter. `false` if it is not there any more.
    fn fetch_one(
        &mut self,
        user: &str,
        opened: &mut Opened,
        place: usize,
        asked: &Asked,
    ) -> Result<bool, ReadError> {
        use MessageDataItemName::*;
        let uid = opened.told[place].uid;
        let store = &self.office.store;
        let about = match store.letter(user, &opened.folder, uid) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let bytes = match asked.needs_bytes {
            true => match store.read(user, &opened.folder, uid) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error.into()),
            },
            false => Vec::new(),
        };
        if asked.seen && !about.flags.seen {
            let seen = |flags| store::Flags {
                seen: true,
                ..flags
            };
            match store.change_flags(user, &opened.folder, uid, seen) {
                Ok(now) => opened.told[place].flags = now,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        let letter = match asked.needs_parts {
            true => Letter::new(&bytes),
            false => Letter::whole(&bytes),
        };
        let mut ready: Vec<MessageDataItem> = Vec::new();
        let mut size = 0;
        for item in &asked.items {
            ready.push(match item {
                Flags => MessageDataItem::Flags(opened.told[place].flags()),
                Uid => match NonZeroU32::new(uid) {
                    Some(uid) => MessageDataItem::Uid(uid),
                    None => continue,
                },
                Rfc822Size => {
                    MessageDataItem::Rfc822Size(about.size.try_into().unwrap_or(u32::MAX))
                }
                InternalDate => match date(about.received) {
                    Some(date) => MessageDataItem::InternalDate(date),
                    None => continue,
                },
                Envelope => MessageDataItem::Envelope(structure::envelope(&letter)),
                Body => MessageDataItem::Body(structure::body_structure(&letter, false)),
                BodyStructure => {
                    MessageDataItem::BodyStructure(structure::body_structure(&letter, true))
                }
                Rfc822 => {
                    self.hop(user, opened, uid, &bytes);
                    size += bytes.len();
                    MessageDataItem::Rfc822(string(bytes.clone()))
                }
                Rfc822Header => {
                    size += letter.split().0.len();
                    MessageDataItem::Rfc822Header(string(letter.split().0.to_vec()))
                }
                Rfc822Text => {
                    size += letter.split().1.len();
                    MessageDataItem::Rfc822Text(string(letter.split().1.to_vec()))
                }
                BodyExt {
                    section, partial, ..
                } => {
                    if section.is_none() && partial.is_none() {
                        self.hop(user, opened, uid, &bytes);
                    }
                    let found = letter.section(section.as_ref());
                    let data = found.map(|bytes| match partial {
                        Some((from, count)) => {
                            let rest = bytes.get(*from as usize..).unwrap_or_default();
                            rest[..rest.len().min(count.get() as usize)].to_vec()
                        }
                        None => bytes,
                    });
                    size += data.as_ref().map_or(0, Vec::len);
                    MessageDataItem::BodyExt {
                        section: section.clone(),
                        origin: partial.map(|(from, _)| from),
                        data: data.map_or(NString::NIL, string),
                    }
                }
                Binary { .. } | BinarySize { .. } => continue,
            });
            if size >= ENOUGH {
                size = 0;
                if asked.by_uid {
                    ready.extend(NonZeroU32::new(uid).map(MessageDataItem::Uid));
                }
                send(self, place, std::mem::take(&mut ready))?;
            }
        }
        send(self, place, ready)?;
        Ok(true)
    }

    /// A whole letter leaves the store.
    fn hop(&self, user: &str, opened: &Opened, uid: u32, bytes: &[u8]) {
        if let Ok(file) = self.office.store.file(user, &opened.folder, uid) {
            let text = format!("{file}, {} bytes", bytes.len());
            self.connection.log().hop("store -> MUA", &text, "");
        }
    }
}

/// Bytes of a letter, always as a literal: what is in them is counted, and not read. A NUL cannot be in one.
fn string(mut bytes: Vec<u8>) -> NString<'static> {
    for byte in bytes.iter_mut().filter(|byte| **byte == 0) {
        *byte = 0x80;
    }
    NString(Literal::try_from(bytes).ok().map(IString::Literal))
}

/// When a letter came, as IMAP writes it: without parts of seconds; `None` in a year that it cannot write.
fn date(received: SystemTime) -> Option<DateTime> {
    let seconds = chrono::DateTime::<Utc>::from(received).timestamp();
    let received = chrono::DateTime::from_timestamp(seconds, 0)?.fixed_offset();
    DateTime::try_from(received).ok()
}
