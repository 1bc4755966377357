//! What takes time, with little time; and letters and commands of all kinds.

#![allow(clippy::unwrap_used)]

use super::{letter::Letter, search, structure};
use crate::{Limits, PostOffice, Settings, Times};
use imap_codec::{
    CommandCodec, ResponseCodec,
    decode::Decoder,
    encode::Encoder,
    imap_types::{
        core::Vec1,
        fetch::{MessageDataItem, Part, Section},
        response::{Data, Response},
    },
};
use proptest::prelude::*;
use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// Sends this, waits for what comes until the server hangs up, and says how long that took.
fn talk(times: Times, limits: Limits, pieces: &[(&[u8], Duration)]) -> (String, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        imap: times,
        ..limits
    };
    let settings = Settings {
        limits,
        ..Settings::new(folder.path())
    };
    let post = PostOffice::open(settings, |_| {}).unwrap();
    let mut client = TcpStream::connect(post.imap).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let begun = Instant::now();
    for (piece, pause) in pieces {
        // It may have hung up already.
        if client.write_all(piece).is_err() {
            break;
        }
        thread::sleep(*pause);
    }
    let mut told = Vec::new();
    let _ = client.read_to_end(&mut told);
    (String::from_utf8_lossy(&told).into_owned(), begun.elapsed())
}

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(3600);
const SIGN_IN: &[u8] = b"a LOGIN ada lovelace\r\n";

#[test]
fn whoever_is_silent_is_told_and_left() {
    let times = Times {
        idle: SHORT,
        command: LONG,
        session: LONG,
    };
    let now = Duration::ZERO;
    for (pieces, says) in [
        (&[][..], "* BYE nobody has signed in"),
        (&[(SIGN_IN, now)], "* BYE you have been silent"),
        (
            &[(SIGN_IN, now), (b"b IDLE\r\n", now)],
            "* BYE you have been silent",
        ),
        (
            &[(b"b AUTHENTICATE PLAIN\r\n", now)],
            "* BYE you have been silent",
        ),
    ] {
        let (told, took) = talk(times, Limits::default(), pieces);
        assert!(told.contains(says), "{told}");
        assert!(took >= SHORT, "{took:?}");
    }
}

#[test]
fn a_command_that_comes_byte_by_byte_has_its_time() {
    let times = Times {
        idle: LONG,
        command: SHORT,
        session: LONG,
    };
    let drops: Vec<(&[u8], Duration)> = vec![(b"x", Duration::from_millis(50)); 20];
    let (told, took) = talk(times, Limits::default(), &drops);
    assert!(told.contains("* BYE you have been silent"), "{told}");
    assert!(took >= SHORT, "{took:?}");
    // Within a literal, too.
    let begin: &[u8] = b"b APPEND INBOX {100}\r\n";
    let now = Duration::ZERO;
    let (told, _) = talk(times, Limits::default(), &[(SIGN_IN, now), (begin, now)]);
    assert!(
        told.contains("\r\n+ go on\r\n* BYE you have been silent"),
        "{told}"
    );
}

#[test]
fn all_letters_that_come_in_at_once_have_one_limit() {
    let limits = Limits {
        incoming: 1_000,
        ..Limits::default()
    };
    let now = Duration::ZERO;
    let (told, _) = talk(
        limits.imap,
        limits,
        &[
            (SIGN_IN, now),
            (
                b"b APPEND INBOX {1001}\r\nc APPEND INBOX {6+}\r\na: b\r\n\r\n",
                now,
            ),
            (b"d LOGOUT\r\n", now),
        ],
    );
    assert!(told.contains("b NO [LIMIT] "), "{told}");
    // What was refused, or is done, has given its room back.
    assert!(told.contains("c OK [APPENDUID "), "{told}");
}

#[test]
fn a_full_mailbox_takes_no_letter_and_keeps_what_it_has() {
    let limits = Limits {
        mailbox: 10,
        ..Limits::default()
    };
    let now = Duration::ZERO;
    let (told, _) = talk(
        limits.imap,
        limits,
        &[
            (SIGN_IN, now),
            (b"b APPEND INBOX {6+}\r\na: b\r\n\r\n", now),
            (b"c APPEND INBOX {6+}\r\na: b\r\n\r\n", now),
            (b"d CREATE x\r\ne SELECT INBOX\r\nf COPY 1 x\r\ng STATUS x (MESSAGES)\r\nh LOGOUT\r\n", now),
        ],
    );
    assert!(told.contains("b OK "), "{told}");
    assert!(told.contains("c NO [OVERQUOTA] "), "{told}");
    assert!(told.contains("f NO [OVERQUOTA] "), "{told}");
    assert!(told.contains("* STATUS x (MESSAGES 0)\r\n"), "{told}");
}

/// Pieces of letters that mean something, in any order: much more of a letter than bytes at random.
fn letters() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        &b"Content-Type: "[..],
        b"multipart/mixed; boundary=x",
        b"multipart/digest; boundary=\"x\"",
        b"message/rfc822",
        b"text/html; charset=\"utf-8\"; name*0*=a'b'%ff",
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename=",
        b"Content-Language: a,,b",
        b"Subject: =?utf-8?q?=C3?= \xff",
        b"From: a@b, G: c <d@e>;, \"",
        b"Date: Mon, 99",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"--x",
        b"--x--",
        b"\r\n--x\r\n",
        b" ",
        b"\0",
        b"{3}",
        b"\xe2\x82",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn whatever_a_letter_is_its_parts_can_be_told(bytes in letters(), number in 1u32..4, deep in 1u32..3) {
        let letter = Letter::new(&bytes);
        let envelope = MessageDataItem::Envelope(structure::envelope(&letter));
        let tree = MessageDataItem::BodyStructure(structure::body_structure(&letter, true));
        let data = Data::fetch(1, vec![envelope, tree]).unwrap();
        let told = ResponseCodec::default().encode(&Response::Data(data)).dump();
        prop_assert!(told.is_ascii() && !told.contains(&0));
        let parts = [number, deep].map(|number| number.try_into().unwrap());
        let part = Part(Vec1::try_from(parts.to_vec()).unwrap());
        for section in [Section::Part(part.clone()), Section::Mime(part.clone()), Section::Text(Some(part))] {
            let found = letter.section(Some(&section)).unwrap_or_default();
            prop_assert!(found.len() <= bytes.len());
        }
        let (header, text) = letter.split();
        prop_assert_eq!([header, text].concat(), bytes.clone());
        search::Words::of(&letter);
    }

    #[test]
    fn whatever_a_client_sends_is_a_command_or_none(bytes in "[a-zA-Z0-9 (){}\\[\\]<>*%\"\\\\+.,:&\r\n-]{0,60}") {
        for name in ["FETCH 1 ", "SEARCH ", "APPEND ", "STORE 1 ", "LIST ", "STATUS ", "", "UID ", "AUTHENTICATE "] {
            let line = format!("a {name}{bytes}\r\n");
            // Without a panic, whatever it says.
            let _ = CommandCodec::default().decode(line.as_bytes());
        }
    }
}
