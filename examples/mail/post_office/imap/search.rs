//! `SEARCH`: the server looks, so that nothing needs to be fetched (RFC 3501 §6.4.4).

use super::{letter::Letter, opened::Told};
use crate::store::Letter as Stored;
use chrono::{DateTime, Utc};
use imap_codec::imap_types::search::SearchKey;
use mail_parser::{HeaderValue, Message, PartType, parsers::MessageStream};

/// How deep we look into letters within letters.
const DEEPEST: usize = 30;

/// What can be asked about a letter without reading it.
pub struct About<'a> {
    /// Its number in this session.
    pub number: u32,
    /// What the client knows.
    pub told: &'a Told,
    /// What the store knows.
    pub letter: &'a Stored,
}

/// Whether answering needs the letter itself.
pub fn needs_letter(key: &SearchKey) -> bool {
    use SearchKey::*;
    match key {
        And(keys) => keys.as_ref().iter().any(needs_letter),
        Not(key) => needs_letter(key),
        Or(one, other) => needs_letter(one) || needs_letter(other),
        Bcc(_) | Body(_) | Cc(_) | From(_) | Header(..) | SentBefore(_) | SentOn(_)
        | SentSince(_) | Subject(_) | Text(_) | To(_) => true,
        _ => false,
    }
}

// ANCHOR: matches
/// Whether a letter fits. `last` are the number and the UID that `*` stands for.
pub fn matches(key: &SearchKey, about: &About, letter: Option<&Words>, last: (u32, u32)) -> bool {
    use SearchKey::*;
    let flags = about.letter.flags;
    let recent = about.told.recent;
    // Dates compare as text, in this form; the time of day and its zone do not count.
    let arrived = || {
        DateTime::<Utc>::from(about.letter.received)
            .date_naive()
            .to_string()
    };
    let again = |key: &SearchKey| matches(key, about, letter, last);
    let field = |name: &str, words: &[u8]| letter.is_some_and(|letter| letter.field(name, words));
    let sent = letter.and_then(|letter| letter.sent.as_deref());
    match key {
        All => true,
        And(keys) => keys.as_ref().iter().all(again),
        Not(key) => !again(key),
        Or(one, other) => again(one) || again(other),
        SequenceSet(set) => super::contains(set, about.number, last.0),
        Uid(set) => super::contains(set, about.told.uid, last.1),
        Answered => flags.answered,
        Deleted => flags.deleted,
        Draft => flags.draft,
        Flagged => flags.flagged,
        Seen => flags.seen,
        Unanswered => !flags.answered,
        Undeleted => !flags.deleted,
        Undraft => !flags.draft,
        Unflagged => !flags.flagged,
        Unseen => !flags.seen,
        Recent => recent,
        New => recent && !flags.seen,
        Old => !recent,
        // This post office keeps no keywords.
        Keyword(_) => false,
        Unkeyword(_) => true,
        Larger(size) => about.letter.size > u64::from(*size),
        Smaller(size) => about.letter.size < u64::from(*size),
        Before(day) => arrived() < day.as_ref().to_string(),
        On(day) => arrived() == day.as_ref().to_string(),
        Since(day) => arrived() >= day.as_ref().to_string(),
        SentBefore(day) => sent.is_some_and(|sent| *sent < *day.as_ref().to_string()),
        SentOn(day) => sent.is_some_and(|sent| *sent == *day.as_ref().to_string()),
        SentSince(day) => sent.is_some_and(|sent| *sent >= *day.as_ref().to_string()),
        Bcc(words) => field("bcc", words.as_ref()),
        Cc(words) => field("cc", words.as_ref()),
        From(words) => field("from", words.as_ref()),
        Subject(words) => field("subject", words.as_ref()),
        To(words) => field("to", words.as_ref()),
        Header(name, words) => {
            let name = String::from_utf8_lossy(name.as_ref()).to_lowercase();
            field(&name, words.as_ref())
        }
        Body(words) => letter.is_some_and(|letter| letter.text(words.as_ref())),
        Text(words) => letter
            .is_some_and(|letter| letter.any_field(words.as_ref()) || letter.text(words.as_ref())),
    }
}
// ANCHOR_END: matches

/// A letter's words, decoded, in small letters: the case does not matter.
pub struct Words {
    /// Name and content of each field: as it was sent, and decoded.
    fields: Vec<(String, String)>,
    texts: Vec<String>,
    /// The day in its `Date`, as `2026-01-31`.
    sent: Option<String>,
}

impl Words {
    /// Reads all that can be searched for.
    pub fn of(letter: &Letter) -> Words {
        let mut words = Words {
            fields: Vec::new(),
            texts: Vec::new(),
            sent: None,
        };
        match letter.message() {
            Some(message) => {
                words.sent = message
                    .date()
                    .map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
                words.read_fields(message);
                words.read_texts(message, 0);
            }
            None => words
                .texts
                .push(String::from_utf8_lossy(letter.raw()).to_lowercase()),
        }
        words
    }

    fn read_fields(&mut self, message: &Message) {
        for header in message.headers() {
            let name = header.name.as_str().to_lowercase();
            let range = header.offset_start as usize..header.offset_end as usize;
            let raw = message.raw_message.get(range).unwrap_or_default();
            if let HeaderValue::Text(text) = MessageStream::new(raw).parse_unstructured() {
                self.fields.push((name.clone(), text.to_lowercase()));
            }
            let raw = String::from_utf8_lossy(raw).replace(['\r', '\n'], "");
            self.fields.push((name, raw.trim().to_lowercase()));
        }
    }

    fn read_texts(&mut self, message: &Message, depth: usize) {
        for (place, part) in message.parts.iter().enumerate() {
            if place > 0 || depth > 0 {
                // The header of a part, or of a letter within, belongs to the body of the outermost letter.
                let range = part.offset_header as usize..part.offset_body as usize;
                let header = message.raw_message.get(range).unwrap_or_default();
                self.texts
                    .push(String::from_utf8_lossy(header).to_lowercase());
            }
            match &part.body {
                PartType::Text(text) | PartType::Html(text) => self.texts.push(text.to_lowercase()),
                PartType::Message(inner) if depth < DEEPEST => {
                    self.read_texts(inner, depth + 1);
                }
                _ => {}
            }
        }
    }

    /// Whether one of the fields of this name contains the words. Where no words are asked for: whether there is one.
    fn field(&self, name: &str, words: &[u8]) -> bool {
        let words = String::from_utf8_lossy(words).to_lowercase();
        let mut fields = self.fields.iter();
        fields.any(|(field, text)| field == name && text.contains(&words))
    }

    fn any_field(&self, words: &[u8]) -> bool {
        let words = String::from_utf8_lossy(words).to_lowercase();
        let mut fields = self.fields.iter();
        fields
            .any(|(name, text)| text.contains(&words) || format!("{name}: {text}").contains(&words))
    }

    fn text(&self, words: &[u8]) -> bool {
        let words = String::from_utf8_lossy(words).to_lowercase();
        self.texts.iter().any(|text| text.contains(&words))
    }
}
