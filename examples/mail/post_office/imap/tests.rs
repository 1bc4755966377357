//! What takes time, with little time.

#![allow(clippy::unwrap_used)]

use crate::{Limits, PostOffice, Settings, Times};
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
