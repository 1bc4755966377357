//! A letter taken apart: which bytes are `BODY[1.2]`, which are its header (RFC 3501 §6.4.5)?

use imap_codec::imap_types::{
    core::{AString, Vec1},
    fetch::{Part, Section},
};
use mail_parser::{Message, MessageParser, MessagePart, PartType};

/// How many parts, one within the other or side by side, a letter may have. Each of them has a
/// `Content-Type`. mail-parser follows letters within letters without a limit, and gives them back by
/// recursion: ten thousand of them, a letter of some hundred KiB, would overflow the stack.
const MOST_PARTS: usize = 1_000;

/// A letter, its bytes and its parts.
pub struct Letter<'a> {
    raw: &'a [u8],
    /// `None`: it has no form, so all of it is one part.
    message: Option<Message<'a>>,
}

/// A place in the tree of parts.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// A whole letter: the outermost one, or what a part of type `message/rfc822` holds.
    Letter(&'a Message<'a>),
    /// A part of a letter.
    Part(&'a Message<'a>, &'a MessagePart<'a>),
}

impl<'a> Letter<'a> {
    /// Takes a letter apart.
    pub fn new(raw: &'a [u8]) -> Self {
        let message = match count(raw, b"content-type") {
            0..=MOST_PARTS => MessageParser::default().parse(raw),
            _ => None,
        };
        Letter { raw, message }
    }

    /// Takes nothing apart: for who wants the whole.
    pub fn whole(raw: &'a [u8]) -> Self {
        Letter { raw, message: None }
    }

    /// What mail-parser made of it, if it has a form.
    pub fn message(&self) -> Option<&Message<'a>> {
        self.message.as_ref()
    }

    /// All its bytes.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The header, with the empty line behind it, and what follows.
    pub fn split(&self) -> (&'a [u8], &'a [u8]) {
        let root = self
            .message
            .as_ref()
            .and_then(|message| message.parts.first());
        let end = match root {
            Some(root) => root.offset_body as usize,
            None => header_end(self.raw),
        };
        self.raw.split_at(end.min(self.raw.len()))
    }

    // ANCHOR: section
    /// The bytes of a section, or `None` where the letter has no such part.
    pub fn section(&self, section: Option<&Section>) -> Option<Vec<u8>> {
        use Section::*;
        let Some(section) = section else {
            return Some(self.raw.to_vec());
        };
        let (header, text) = match section {
            Header(part) | HeaderFields(part, _) | HeaderFieldsNot(part, _) | Text(part) => {
                match part {
                    None => self.split(),
                    Some(part) => self.find(part)?.embedded()?,
                }
            }
            Mime(part) => (self.find(part)?.mime()?, &b""[..]),
            Part(part) => (&b""[..], self.body(part)?),
        };
        Some(match section {
            Header(_) | Mime(_) => header.to_vec(),
            Text(_) | Part(_) => text.to_vec(),
            HeaderFields(_, names) => fields(header, |name| named(names, name)),
            HeaderFieldsNot(_, names) => fields(header, |name| !named(names, name)),
        })
    }
    // ANCHOR_END: section

    /// The content of a part, as it was sent: not decoded.
    fn body(&self, part: &Part) -> Option<&[u8]> {
        match (&self.message, part.0.as_ref()) {
            // A letter that has no parts has part 1, its text.
            (None, [number]) if number.get() == 1 => Some(self.split().1),
            _ => self.find(part)?.body(),
        }
    }

    fn find(&self, part: &Part) -> Option<Place<'_>> {
        let mut place = Place::Letter(self.message.as_ref()?);
        for number in part.0.as_ref() {
            place = place.child(number.get())?;
        }
        Some(place)
    }
}

impl<'a> Place<'a> {
    /// The part of this number within a place: parts count from 1.
    fn child(self, number: u32) -> Option<Place<'a>> {
        let index = number.checked_sub(1)? as usize;
        let (message, part) = match self {
            Place::Letter(message) => (message, message.parts.first()?),
            Place::Part(message, part) => (message, part),
        };
        match (&part.body, self) {
            (PartType::Multipart(children), _) => {
                let child = message.parts.get(*children.get(index)? as usize)?;
                Some(Place::Part(message, child))
            }
            // A letter that has one part only: its number is 1.
            (_, Place::Letter(_)) if index == 0 => Some(Place::Part(message, part)),
            (PartType::Message(inner), Place::Part(..)) => Place::Letter(inner).child(number),
            _ => None,
        }
    }

    fn body(self) -> Option<&'a [u8]> {
        match self {
            Place::Part(message, part) => body(message, part),
            Place::Letter(_) => None,
        }
    }

    fn mime(self) -> Option<&'a [u8]> {
        match self {
            Place::Part(message, part) => slice(message, part.offset_header, part.offset_body),
            Place::Letter(_) => None,
        }
    }

    /// Header and text of the letter that this part holds, if it holds one.
    fn embedded(self) -> Option<(&'a [u8], &'a [u8])> {
        let Place::Part(message, part) = self else {
            return None;
        };
        let PartType::Message(inner) = &part.body else {
            return None;
        };
        let root = inner.parts.first()?;
        let end = if std::ptr::eq(inner.raw_message.as_ptr(), message.raw_message.as_ptr()) {
            part.offset_end
        } else {
            // It was encoded: mail-parser keeps what it decoded.
            inner.raw_message.len() as u32
        };
        Some((
            slice(inner, root.offset_header, root.offset_body)?,
            slice(inner, root.offset_body, end)?,
        ))
    }
}

/// The content of a part, as it was sent.
pub fn body<'a>(message: &'a Message<'a>, part: &MessagePart) -> Option<&'a [u8]> {
    slice(
        message,
        part.offset_body,
        part.offset_end.max(part.offset_body),
    )
}

fn slice<'a>(message: &'a Message<'a>, from: u32, to: u32) -> Option<&'a [u8]> {
    message.raw_message.get(from as usize..to as usize)
}

/// Where the header ends, with the empty line behind it.
fn header_end(raw: &[u8]) -> usize {
    match raw.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
        Some(at) => at + 4,
        None => raw.len(),
    }
}

/// How often this word, in small letters, is in there, in large or small ones.
fn count(raw: &[u8], word: &[u8]) -> usize {
    raw.windows(word.len())
        .filter(|bytes| bytes.eq_ignore_ascii_case(word))
        .count()
}

fn named(names: &Vec1<AString>, name: &[u8]) -> bool {
    let mut names = names.as_ref().iter();
    names.any(|wanted| wanted.as_ref().eq_ignore_ascii_case(name))
}

/// The fields of a header with the names that are wanted, and an empty line.
fn fields(header: &[u8], wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut found = Vec::new();
    let mut taken = false;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\r\n" | b"\n") {
            break;
        }
        // A line that begins with white space continues the field before it (RFC 5322 §2.2.3).
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            taken = wanted(name.trim_ascii_end());
        }
        if taken {
            found.extend_from_slice(line);
        }
    }
    found.extend_from_slice(b"\r\n");
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use imap_codec::{
        CommandCodec,
        decode::Decoder,
        imap_types::{
            command::CommandBody,
            fetch::{MacroOrMessageDataItemNames, MessageDataItemName},
        },
    };

    const LETTER: &[u8] = b"From: ada\r\nSubject: a\r\n b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
        preamble\r\n--x\r\n\r\none\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\
        Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\n\r\nplain\r\n--y\r\nContent-Type: text/html\r\n\r\n\
        <p>\r\n--y--\r\n--x--\r\n";

    /// What `BODY[…]` with these words is.
    fn section(letter: &[u8], words: &str) -> Option<String> {
        let command = format!("a FETCH 1 BODY[{words}]\r\n");
        let (_, command) = CommandCodec::default().decode(command.as_bytes()).unwrap();
        let CommandBody::Fetch {
            macro_or_item_names: MacroOrMessageDataItemNames::MessageDataItemNames(items),
            ..
        } = command.body
        else {
            panic!("{command:?}");
        };
        let [MessageDataItemName::BodyExt { section, .. }] = &items[..] else {
            panic!("{items:?}");
        };
        let bytes = Letter::new(letter).section(section.as_ref());
        bytes.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn each_section_is_its_bytes() {
        let is = |words: &str, expected: &str| {
            assert_eq!(
                section(LETTER, words).as_deref(),
                Some(expected),
                "BODY[{words}]"
            );
        };
        is("", std::str::from_utf8(LETTER).unwrap());
        is("HEADER.FIELDS (SUBJECT)", "Subject: a\r\n b\r\n\r\n");
        is("HEADER.FIELDS (nothing)", "\r\n");
        is(
            "HEADER.FIELDS.NOT (subject content-type)",
            "From: ada\r\n\r\n",
        );
        is("1", "one");
        is("1.MIME", "\r\n");
        is("2.MIME", "Content-Type: message/rfc822\r\n\r\n");
        is(
            "2.HEADER",
            "Subject: inner\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n",
        );
        is(
            "2.TEXT",
            "--y\r\n\r\nplain\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>\r\n--y--",
        );
        is("2.HEADER.FIELDS (Subject)", "Subject: inner\r\n\r\n");
        is("2.1", "plain");
        is("2.2", "<p>");
        is("2.2.MIME", "Content-Type: text/html\r\n\r\n");
        assert!(section(LETTER, "TEXT").unwrap().starts_with("preamble"));
        for none in [
            "3",
            "1.1",
            "2.3",
            "2.1.1",
            "1.HEADER",
            "1.TEXT",
            "2.1.HEADER",
        ] {
            assert_eq!(section(LETTER, none), None, "BODY[{none}]");
        }
    }

    #[test]
    fn a_letter_without_parts_has_part_1() {
        for (letter, header, text) in [
            (
                "Subject: a\r\n\r\ntext\r\n",
                "Subject: a\r\n\r\n",
                "text\r\n",
            ),
            ("Subject: a\r\n\r\n", "Subject: a\r\n\r\n", ""),
        ] {
            let is = |words: &str| section(letter.as_bytes(), words);
            assert_eq!(is("HEADER").as_deref(), Some(header));
            assert_eq!(is("TEXT").as_deref(), Some(text));
            assert_eq!(is("1").as_deref(), Some(text));
            assert_eq!(is("2"), None);
        }
    }

    #[test]
    fn a_hundred_thousand_letters_in_letters_are_one_part() {
        let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
        assert!(Letter::new(deep.as_bytes()).message().is_none());
        let much = "Content-Type: message/rfc822\r\n\r\n".repeat(MOST_PARTS);
        assert!(Letter::new(much.as_bytes()).message().is_some());
    }
}
