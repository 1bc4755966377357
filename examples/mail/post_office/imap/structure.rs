//! `ENVELOPE` and `BODYSTRUCTURE`: what a mail program needs for its list of letters, so that it need not
//! fetch them (RFC 3501 §7.4.2).

use super::letter::{self, Letter};
use base64::{Engine, prelude::BASE64_STANDARD};
use imap_codec::imap_types::{
    body::{
        BasicFields, Body, BodyStructure, Disposition, Language, Location, MultiPartExtensionData,
        SinglePartExtensionData, SpecificFields,
    },
    core::{IString, NString, Quoted, Vec1},
    envelope::{Address, Envelope},
};
use mail_parser::{
    Addr, ContentType, HeaderName, HeaderValue, Message, MessagePart, MimeHeaders, PartType,
};
use std::borrow::Cow;

/// How deep we follow parts within parts. What lies below is shown as bytes of an unknown kind.
const DEEPEST: usize = 30;

/// What is written on a letter: date, subject, who to whom.
pub fn envelope(letter: &Letter) -> Envelope<'static> {
    match letter.message() {
        Some(message) => envelope_of(message),
        None => Envelope {
            date: NString::NIL,
            subject: NString::NIL,
            from: Vec::new(),
            sender: Vec::new(),
            reply_to: Vec::new(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            in_reply_to: NString::NIL,
            message_id: NString::NIL,
        },
    }
}

/// The tree of a letter's parts. `extended` is the difference between `BODYSTRUCTURE` and `BODY`.
pub fn body_structure(letter: &Letter, extended: bool) -> BodyStructure<'static> {
    let message = letter.message();
    match message.and_then(|message| Some((message, message.parts.first()?))) {
        Some((message, root)) => structure(message, root, extended, 0),
        None => leaf(Leaf::plain(), letter.split().1, extended),
    }
}

fn envelope_of(message: &Message) -> Envelope<'static> {
    use HeaderName::*;
    let Some(root) = message.parts.first() else {
        return envelope(&Letter::new(b""));
    };
    let text = |name| nstring(field(message, root, &name));
    let people = |name| addresses(message, &name);
    let from = people(From);
    // Who is missing is the author (RFC 3501 §7.4.2).
    let or_author = |people: Vec<Address<'static>>| match people.is_empty() {
        true => from.clone(),
        false => people,
    };
    Envelope {
        date: text(Date),
        subject: text(Subject),
        sender: or_author(people(Sender)),
        reply_to: or_author(people(ReplyTo)),
        to: people(To),
        cc: people(Cc),
        bcc: people(Bcc),
        in_reply_to: text(InReplyTo),
        message_id: text(MessageId),
        from,
    }
}

/// A field as it was sent, in one line.
fn field(message: &Message, part: &MessagePart, name: &HeaderName) -> Option<String> {
    let header = part.headers.iter().find(|header| header.name == *name)?;
    let range = header.offset_start as usize..header.offset_end as usize;
    let bytes = message.raw_message.get(range)?;
    let text = String::from_utf8_lossy(bytes);
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n' | '\0'))
        .collect();
    Some(text.trim().to_owned())
}

fn addresses(message: &Message, name: &HeaderName) -> Vec<Address<'static>> {
    let mut people = Vec::new();
    for value in message.header_values(name.to_owned()) {
        match value {
            HeaderValue::Address(mail_parser::Address::List(list)) => {
                people.extend(list.iter().map(address));
            }
            HeaderValue::Address(mail_parser::Address::Group(groups)) => {
                for group in groups {
                    // A group begins with an address that has a mailbox and no host, and ends with an empty one.
                    if let Some(name) = &group.name {
                        people.push(marker(nstring(Some(name.to_string()))));
                    }
                    people.extend(group.addresses.iter().map(address));
                    if group.name.is_some() {
                        people.push(marker(NString::NIL));
                    }
                }
            }
            _ => {}
        }
    }
    people
}

fn marker(mailbox: NString<'static>) -> Address<'static> {
    Address {
        name: NString::NIL,
        adl: NString::NIL,
        mailbox,
        host: NString::NIL,
    }
}

fn address(of: &Addr) -> Address<'static> {
    let address = of.address.as_deref().unwrap_or_default();
    let (mailbox, host) = address.rsplit_once('@').unwrap_or((address, ""));
    Address {
        name: nstring(of.name.as_deref().map(str::to_owned)),
        adl: NString::NIL,
        mailbox: nstring(Some(mailbox.to_owned())),
        host: nstring(Some(host.to_owned())),
    }
}

fn structure(
    message: &Message,
    part: &MessagePart,
    extended: bool,
    depth: usize,
) -> BodyStructure<'static> {
    let bytes = letter::body(message, part).unwrap_or_default();
    let about = Leaf::of(message, part);
    match &part.body {
        _ if depth >= DEEPEST => leaf(about.of_unknown_kind(), bytes, extended),
        PartType::Multipart(children) => {
            let children = children
                .iter()
                .filter_map(|child| message.parts.get(*child as usize));
            let bodies: Vec<_> = children
                .map(|child| structure(message, child, extended, depth + 1))
                .collect();
            match Vec1::try_from(bodies) {
                Ok(bodies) => BodyStructure::Multi {
                    bodies,
                    subtype: istring(&about.subtype),
                    extension_data: extended.then(|| MultiPartExtensionData {
                        parameter_list: about.parameters.clone(),
                        tail: Some(about.tail()),
                    }),
                },
                Err(_) => leaf(Leaf::plain(), bytes, extended),
            }
        }
        PartType::Message(inner) => match inner.parts.first() {
            Some(root) => single(
                &about,
                bytes,
                extended,
                SpecificFields::Message {
                    envelope: Box::new(envelope_of(inner)),
                    body_structure: Box::new(structure(inner, root, extended, depth + 1)),
                    number_of_lines: lines(bytes),
                },
            ),
            None => leaf(about.of_unknown_kind(), bytes, extended),
        },
        _ => leaf(about, bytes, extended),
    }
}

/// What the header of a part says about it.
struct Leaf {
    kind: String,
    subtype: String,
    parameters: Vec<(IString<'static>, IString<'static>)>,
    id: Option<String>,
    description: Option<String>,
    encoding: String,
    disposition: Option<(IString<'static>, Vec<(IString<'static>, IString<'static>)>)>,
    language: Option<String>,
    location: Option<String>,
}

impl Leaf {
    /// A part that says nothing about itself is plain text in ASCII (RFC 2045 §5.2).
    fn plain() -> Leaf {
        Leaf {
            kind: "text".into(),
            subtype: "plain".into(),
            parameters: vec![(istring("charset"), istring("us-ascii"))],
            id: None,
            description: None,
            encoding: "7bit".into(),
            disposition: None,
            language: None,
            location: None,
        }
    }

    fn of(message: &Message, part: &MessagePart) -> Leaf {
        let field = |name| field(message, part, &name);
        let disposition = part.content_disposition();
        let mut about = Leaf {
            id: field(HeaderName::ContentId),
            description: field(HeaderName::ContentDescription),
            encoding: field(HeaderName::ContentTransferEncoding).unwrap_or_else(|| "7bit".into()),
            disposition: disposition.map(|about| (istring(&about.c_type), parameters(about))),
            language: field(HeaderName::ContentLanguage),
            location: field(HeaderName::ContentLocation),
            ..Leaf::plain()
        };
        if let (Some(kind), _) = (part.content_type(), &part.body) {
            about.kind = kind.c_type.to_string();
            about.subtype = kind.c_subtype.as_deref().unwrap_or("plain").to_owned();
            about.parameters = parameters(kind);
        } else if matches!(part.body, PartType::Message(_)) {
            about.kind = "message".into();
            about.subtype = "rfc822".into();
            about.parameters.clear();
        }
        about
    }

    /// Bytes of an unknown kind.
    fn of_unknown_kind(self) -> Leaf {
        Leaf {
            kind: "application".into(),
            subtype: "octet-stream".into(),
            ..self
        }
    }

    fn tail(&self) -> Disposition<'static> {
        Disposition {
            disposition: self.disposition.clone(),
            tail: Some(Language {
                language: self
                    .language
                    .iter()
                    .flat_map(|languages| languages.split(','))
                    .map(|language| istring(language.trim()))
                    .collect(),
                tail: Some(Location {
                    location: nstring(self.location.clone()),
                    extensions: Vec::new(),
                }),
            }),
        }
    }
}

/// A part without parts.
fn leaf(about: Leaf, bytes: &[u8], extended: bool) -> BodyStructure<'static> {
    let is = |kind: &str| about.kind.eq_ignore_ascii_case(kind);
    if is("text") {
        let specific = SpecificFields::Text {
            subtype: istring(&about.subtype),
            number_of_lines: lines(bytes),
        };
        single(&about, bytes, extended, specific)
    } else if is("multipart") {
        // It says that it has parts, and has none.
        leaf(Leaf::plain(), bytes, extended)
    } else if is("message")
        && ["rfc822", "global"]
            .iter()
            .any(|kind| about.subtype.eq_ignore_ascii_case(kind))
    {
        leaf(about.of_unknown_kind(), bytes, extended)
    } else {
        let specific = SpecificFields::Basic {
            r#type: istring(&about.kind),
            subtype: istring(&about.subtype),
        };
        single(&about, bytes, extended, specific)
    }
}

fn single(
    about: &Leaf,
    bytes: &[u8],
    extended: bool,
    specific: SpecificFields<'static>,
) -> BodyStructure<'static> {
    BodyStructure::Single {
        body: Body {
            basic: BasicFields {
                parameter_list: about.parameters.clone(),
                id: nstring(about.id.clone()),
                description: nstring(about.description.clone()),
                content_transfer_encoding: istring(&about.encoding),
                size: bytes.len().try_into().unwrap_or(u32::MAX),
            },
            specific,
        },
        extension_data: extended.then(|| SinglePartExtensionData {
            md5: NString::NIL,
            tail: Some(about.tail()),
        }),
    }
}

fn parameters(of: &ContentType) -> Vec<(IString<'static>, IString<'static>)> {
    let attributes = of.attributes().unwrap_or_default().iter();
    attributes
        .map(|attribute| {
            // mail-parser has decoded it. In IMAP it must be 7-bit: so encoded again (RFC 2231 §4).
            if attribute.value.is_ascii() {
                (istring(&attribute.name), istring(&attribute.value))
            } else {
                let encoded: String = attribute.value.bytes().map(percent).collect();
                (
                    istring(&format!("{}*", attribute.name)),
                    istring(&format!("utf-8''{encoded}")),
                )
            }
        })
        .collect()
}

fn percent(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).into(),
        _ => format!("%{byte:02X}"),
    }
}

fn lines(bytes: &[u8]) -> u32 {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    lines.try_into().unwrap_or(u32::MAX)
}

fn nstring(text: Option<String>) -> NString<'static> {
    NString(text.map(|text| istring(&text)))
}

/// A string for an answer, in 7 bits: headers must be (RFC 3501 §7.4.2). What is not ASCII, because mail-parser has
/// decoded it or because it was sent so, becomes an encoded word (RFC 2047).
fn istring(text: &str) -> IString<'static> {
    let text: Cow<str> = match text.is_ascii() {
        true => text.replace('\0', "").into(),
        false => {
            // A word has at most 75 characters: 45 bytes, encoded, are 60.
            let mut words: Vec<String> = vec![String::new()];
            for character in text.chars().filter(|character| *character != '\0') {
                if words
                    .last()
                    .is_some_and(|word| word.len() + character.len_utf8() > 45)
                {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.push(character);
                }
            }
            let words = words
                .iter()
                .map(|word| format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word)));
            words.collect::<Vec<_>>().join(" ").into()
        }
    };
    // What has no NUL is always a string: quoted, or as a literal.
    IString::try_from(text.into_owned()).unwrap_or_else(|_| Quoted::unvalidated("").into())
}
