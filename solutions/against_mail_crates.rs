//! Holds the solutions that read and write letters to `lettre` and `mail-parser`, which others wrote.
//! The checks that judge them know the same rules from the same author; what both misread, only
//! somebody else would find.

use crate::mail::{dot_stuffing, encoded_word, mime_tree, quoted_printable};
use lettre::{
    message::{Body, header::ContentTransferEncoding},
    transport::smtp::{client::SmtpConnection, extension::ClientId},
};
use mail_parser::{
    Message, MessageParser, PartType, decoders::quoted_printable::quoted_printable_decode,
};
use std::{
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
    time::Duration,
};

/// How long one side waits for the other, which replies at once.
const DEADLINE: Duration = Duration::from_secs(10);

struct Random(RandomState, u64);

impl Random {
    fn new() -> Self {
        Random(RandomState::new(), 0)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.1 += 1;
        (self.0.hash_one(self.1) % limit as u64) as usize
    }

    /// Up to `most` of the parts, one behind the other.
    fn text(&mut self, most: usize, parts: &[&str]) -> String {
        (0..self.below(most + 1))
            .map(|_| parts[self.below(parts.len())])
            .collect()
    }
}

#[test]
fn mail_parser_reads_our_quoted_printable() {
    let mut random = Random::new();
    for _ in 0..500 {
        // Bytes of all kinds; each line end is CRLF, the only one that it may write anew.
        let text = random.text(
            200,
            &[
                "word", " ", "\t", "é", "文", "=", "=41", ".", "\r\n", " \r\n", "\0", "\u{7f}",
            ],
        );
        let encoded = quoted_printable::encode(text.as_bytes());
        let theirs = quoted_printable_decode(encoded.as_bytes());
        assert_eq!(theirs.as_deref(), Some(text.as_bytes()), "{encoded:?}");
    }
}

#[test]
fn we_read_the_quoted_printable_of_lettre() {
    let mut random = Random::new();
    for _ in 0..500 {
        let text = random.text(
            200,
            &[
                "word", " ", "\t", "é", "文", "=", "=41", ".", "\r\n", " \r\n", "\0",
            ],
        );
        let body = Body::new_with_encoding(text.clone(), ContentTransferEncoding::QuotedPrintable)
            .unwrap();
        let encoded = body.into_vec();
        let ours = quoted_printable::decode(&encoded);
        assert_eq!(
            ours.escape_ascii().to_string(),
            text.as_bytes().escape_ascii().to_string(),
            "{}",
            encoded.escape_ascii()
        );
    }
}

#[test]
fn mail_parser_reads_our_subjects() {
    let mut random = Random::new();
    for _ in 0..500 {
        let text = random.text(
            60,
            &[
                "word",
                " ",
                "é",
                "文",
                "👋",
                "=",
                "?",
                "_",
                "=?",
                "?=",
                "é é",
                "=?UTF-8?Q?x?=",
            ],
        );
        let subject = format!("é{}", text.trim());
        let line = encoded_word::subject_line(&subject);
        let letter = format!("{line}To: grace@loopback.example\r\n\r\nbody\r\n");
        let parsed = MessageParser::default().parse(&letter).unwrap();
        assert_eq!(parsed.subject(), Some(&*subject), "{line:?}");
        assert!(parsed.to().is_some(), "the next field is lost: {letter:?}");
    }
}

#[test]
fn mail_parser_makes_the_same_trees() {
    let mut random = Random::new();
    let mut multiparts = 0;
    for _ in 0..500 {
        let letter = entity(&mut random, 0, &mut 0);
        let parsed = MessageParser::default().parse(&letter).unwrap();
        let ours = mime_tree::tree(letter.as_bytes()).unwrap();
        multiparts += usize::from(matches!(ours, mime_tree::Part::Multipart(_)));
        compare(&ours, &parsed, 0, &letter);
    }
    assert!(multiparts > 100, "only {multiparts} of 500 were multiparts");
}

/// A letter or a part. No two boundaries begin alike: there `mail-parser` looks at a line's beginning.
fn entity(random: &mut Random, depth: usize, number: &mut usize) -> String {
    if depth == 4 || random.below(5) < depth + 1 {
        let body = random.text(8, &["word", " ", "\r\n", "x --a0", "-", "é"]);
        return format!("Content-Type: text/plain\r\n\r\n.{body}");
    }
    let boundary = format!("a{number}z");
    *number += 1;
    let before = ["", "For old programs.\r\n", "\r\n"][random.below(3)];
    let behind = ["", "\r\n", "\r\nbehind\r\n"][random.below(3)];
    let mut text =
        format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n{before}");
    for _ in 0..1 + random.below(3) {
        let part = entity(random, depth + 1, number);
        text += &format!("--{boundary}\r\n{part}\r\n");
    }
    text + &format!("--{boundary}--{behind}")
}

fn compare(ours: &mime_tree::Part, parsed: &Message, id: u32, letter: &str) {
    let theirs = &parsed.parts[id as usize];
    match (ours, &theirs.body) {
        (mime_tree::Part::Multipart(parts), PartType::Multipart(ids)) => {
            assert_eq!(parts.len(), ids.len(), "{letter:?}");
            for (part, id) in parts.iter().zip(ids) {
                compare(part, parsed, *id, letter);
            }
        }
        (mime_tree::Part::Leaf(body), PartType::Text(_)) => {
            let raw = &letter.as_bytes()[theirs.offset_body as usize..theirs.offset_end as usize];
            assert_eq!(
                body.escape_ascii().to_string(),
                raw.escape_ascii().to_string(),
                "{letter:?}"
            );
        }
        (ours, theirs) => panic!("we have {ours:?}, they have {theirs:?}: {letter:?}"),
    }
}

/// `lettre` as the client; the server reads with the solution, and compares with what it sends itself.
#[test]
fn we_read_what_lettre_stuffs_and_stuff_as_it_does() {
    let mut random = Random::new();
    let letters: Vec<String> = (0..40)
        .map(|_| random.text(30, &["word", ".", "..", "\r\n", "\r\n.", "\r\n.\r\n", "é"]) + "\r\n")
        .collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let expected = letters.clone();
    let server = thread::spawn(move || {
        let (mut replies, _) = listener.accept().unwrap();
        replies.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut stream = BufReader::new(replies.try_clone().unwrap());
        let mut line = String::new();
        replies.write_all(b"220 ready\r\n").unwrap();
        stream.read_line(&mut line).unwrap();
        replies.write_all(b"250 hello\r\n").unwrap();
        for letter in expected {
            let mut wire = Recorded(stream, Vec::new());
            let read = dot_stuffing::read_data(&mut wire).unwrap();
            // It may end the letter with a line end more.
            let read = String::from_utf8(read).unwrap();
            assert!(
                read == letter || read == format!("{letter}\r\n"),
                "{letter:?} came as {read:?}"
            );
            assert_eq!(
                wire.1.escape_ascii().to_string(),
                dot_stuffing::stuff(read.as_bytes())
                    .escape_ascii()
                    .to_string()
            );
            stream = wire.0;
            replies.write_all(b"250 taken\r\n").unwrap();
        }
    });
    let me = ClientId::Domain("client.example".into());
    let mut client = SmtpConnection::connect(address, Some(DEADLINE), &me, None, None).unwrap();
    for letter in &letters {
        client.message(letter.as_bytes()).unwrap();
    }
    server.join().unwrap();
}

/// A stream that keeps what was read from it.
struct Recorded<R>(R, Vec<u8>);

impl<R: BufRead> std::io::Read for Recorded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.extend(&buffer[..count]);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Recorded<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(buffer) = self.0.fill_buf() {
            self.1.extend(&buffer[..count]);
        }
        self.0.consume(count);
    }
}
