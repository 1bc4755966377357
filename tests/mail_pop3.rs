//! Runs Part V's POP3: the post office's by raw sockets, `pop3_by_hand_32` and `mail_receive_33` against it and against
//! servers that misbehave, and, in tests that `cargo test` ignores, with curl, Python's poplib and Debian's Dovecot.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[cfg(unix)]
#[path = "common/dovecot.rs"]
mod dovecot;
#[path = "common/post_office.rs"]
mod post_office;

use assert_cmd::assert::Assert;
use common::{DEADLINE, closed_port, fails, program};
use post_office::{
    FOR_EVER, Killed, PASSWORD, Post, Talk, files, foreign, memory, name, output, try_all, until,
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const BY_HAND: &str = "pop3_by_hand_32";
const RECEIVE: &str = "mail_receive_33";

/// The longest that a client may take: 15 s for the whole session, and what busy cores add to it.
const LONGEST: Duration = Duration::from_secs(19);

/// A letter with all that dots can do to it, and a line that is no text.
const DOTS: &[u8] = b"From: Someone <someone@elsewhere.example>\r\nSubject: Dots\r\n\r\n.one\r\n.\r\n..two\r\n\r\nend\r\n";
const PLAIN: &[u8] =
    b"From: Grace <grace@loopback.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nDear Ada\r\n";
const NO_TEXT: &[u8] = b"Subject: bytes\r\n\r\ncaf\xe9 \x1b[2J\r\n";

// ---- The post office, by raw sockets ----

#[test]
fn a_session_passes_through_its_three_states() {
    let post = Post::with(&[DOTS, PLAIN]);
    let mut client = post.connect();
    for command in [
        "STAT", "LIST", "UIDL", "RETR 1", "TOP 1 0", "DELE 1", "NOOP", "RSET",
    ] {
        client.is_refused(command, "sign in first");
    }
    client.is_refused("PASS lovelace", "USER first");
    client.is_refused("USER", "your name");
    let offered = client.lines("CAPA");
    for capability in ["USER", "STLS", "TOP", "UIDL", "PIPELINING", "RESP-CODES"] {
        assert!(offered.contains(&capability.to_owned()), "{offered:?}");
    }
    client.is_ok("USER ada");
    client.is_ok("PASS lovelace");
    for command in ["USER ada", "PASS lovelace", "STLS"] {
        client.is_refused(command, "signed in already");
    }
    let sizes = [DOTS.len(), PLAIN.len()];
    let sum = sizes[0] + sizes[1];
    assert_eq!(client.ask("STAT"), format!("+OK 2 {sum}"));
    let list = [format!("1 {}", sizes[0]), format!("2 {}", sizes[1])];
    assert_eq!(client.lines("list"), list);
    assert_eq!(client.ask("LIST 2"), format!("+OK 2 {}", sizes[1]));
    let names = client.lines("UIDL");
    assert_eq!(client.ask("uidl 1"), format!("+OK {}", names[0]));
    // What is offered before is offered still (RFC 2449 §5), but for TLS.
    let offered_before = offered
        .into_iter()
        .filter(|capability| capability != "STLS");
    assert_eq!(client.lines("CAPA"), offered_before.collect::<Vec<_>>());
    client.is_ok("NOOP");
    client.is_ok("QUIT");
    client.is_at_its_end();
    // In AUTHORIZATION, QUIT ends the session, too.
    let mut client = post.connect();
    client.is_ok("QUIT");
    client.is_at_its_end();
}

#[test]
fn a_letter_comes_whole_with_dots_stuffed_and_its_size_counts_cr_lf() {
    let long_line = [&b"\r\n"[..], &b"x".repeat(40_000), b"\r\n.\r\n"].concat();
    let letters = [
        DOTS,
        PLAIN,
        NO_TEXT,
        b"",
        b"no line end",
        b"\r\n",
        b".\r\n.\r\n",
        b"a: b\r\n\r\nlf\n.\n..\nend\r\n",
        &long_line,
    ];
    let post = Post::with(&letters);
    let mut client = post.sign_in("ada");
    for (place, letter) in letters.iter().enumerate() {
        let status = client.ask(&format!("RETR {}", place + 1));
        assert_eq!(status, format!("+OK {} octets", letter.len()));
        let mut expected = Vec::new();
        for line in letter.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                expected.push(b'.');
            }
            expected.extend_from_slice(line);
        }
        if !letter.is_empty() && !letter.ends_with(b"\n") {
            expected.extend_from_slice(b"\r\n");
        }
        expected.extend_from_slice(b".\r\n");
        let mut got = vec![0; expected.len()];
        client.reader.read_exact(&mut got).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&got),
            String::from_utf8_lossy(&expected),
            "letter {}",
            place + 1
        );
    }
    client.is_ok("NOOP");
    post.has_told("store -> MUA  ada/Maildir/new/0000000001.");
}

#[test]
fn top_gives_the_header_and_so_many_lines() {
    let post = Post::with(&[DOTS, b"Subject: no body\r\n"]);
    let mut client = post.sign_in("ada");
    let header = [
        "From: Someone <someone@elsewhere.example>",
        "Subject: Dots",
        "",
    ];
    let body = ["..one", "..", "...two", "", "end"];
    for most in [0, 1, 2, 4, 5, 6, 1_000_000] {
        let lines = client.lines_as_sent(&format!("TOP 1 {most}"));
        let expected = [&header[..], &body[..most.min(5)]].concat();
        assert_eq!(lines, expected, "TOP 1 {most}");
    }
    assert_eq!(client.lines("TOP 2 7"), ["Subject: no body"]);
    for command in [
        "TOP",
        "TOP 1",
        "TOP 1 ",
        "TOP 1 x",
        "TOP 1 -1",
        "TOP 3 1",
        "TOP 0 1",
        "TOP 1 1 1",
    ] {
        client.is_refused(command, "no such letter");
    }
}

#[test]
fn numbers_stay_in_a_session_and_names_stay_for_ever() {
    let post = Post::with(&[DOTS, PLAIN, NO_TEXT]);
    let mut client = post.sign_in("ada");
    let names = client.lines("UIDL");
    for name in &names {
        let name = name.split_once(' ').unwrap().1;
        let fits = (1..=70).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic());
        assert!(fits, "not as RFC 1939 §7 has it: {name:?}");
    }
    client.is_ok("DELE 1");
    for command in ["DELE 1", "RETR 1", "LIST 1", "UIDL 1", "TOP 1 1"] {
        client.is_refused(command, "no such letter");
    }
    let left = PLAIN.len() + NO_TEXT.len();
    assert_eq!(client.ask("STAT"), format!("+OK 2 {left}"));
    assert_eq!(client.lines("UIDL"), names[1..]);
    assert_eq!(
        client.lines("LIST")[0],
        format!("2 {}", PLAIN.len()),
        "numbered anew after DELE"
    );
    client.is_ok("RSET");
    assert_eq!(client.lines("UIDL"), names);
    client.is_ok("DELE 2");
    assert_eq!(client.ask("QUIT"), "+OK goodbye, deleted: 1");

    // The next session numbers anew, and names as before.
    let mut client = post.sign_in("ada");
    let expected = [
        names[0].clone(),
        format!("2 {}", names[2].split_once(' ').unwrap().1),
    ];
    assert_eq!(client.lines("UIDL"), expected);
    assert_eq!(post.files().len(), 2, "the letter's file is still there");
}

#[test]
fn a_link_that_drops_after_dele_deletes_nothing() {
    let mut post = Post::with(&[DOTS, PLAIN]);
    for end in ["close", "half a command", "reset", "half a QUIT"] {
        let mut client = post.sign_in("ada");
        client.is_ok("DELE 1");
        client.is_ok("DELE 2");
        match end {
            "half a command" => client.write(b"NOO"),
            "half a QUIT" => client.write(b"QUIT\r"),
            // What has come and was not read: then a close is a reset.
            "reset" => {
                client.write(b"NOOP\r\n");
                client.reader.get_ref().peek(&mut [0]).unwrap();
            }
            _ => {}
        }
        drop(client);
        // The mailbox is free again when the server has seen the end of the link.
        let mut client = post.sign_in("ada");
        let all = DOTS.len() + PLAIN.len();
        assert_eq!(client.ask("STAT"), format!("+OK 2 {all}"), "after {end}");
        client.is_ok("QUIT");
        client.is_at_its_end();
    }
    post.has_told("no QUIT, no UPDATE: marked and not deleted: 2");

    // Nor does a server that is killed.
    let mut client = post.sign_in("ada");
    client.is_ok("DELE 1");
    post = post.killed_and_started();
    let mut client = post.sign_in("ada");
    assert!(client.ask("STAT").starts_with("+OK 2 "));
    client.is_ok("DELE 1");
    client.is_ok("QUIT");
    client.is_at_its_end();
    // But what QUIT has deleted stays so.
    post = post.killed_and_started();
    let mut client = post.sign_in("ada");
    assert!(client.ask("STAT").starts_with("+OK 1 "));
}

#[test]
fn a_mailbox_is_one_sessions_alone() {
    let post = Post::with(&[DOTS]);
    let mut first = post.sign_in("ada");
    let mut second = post.connect();
    for _ in 0..3 {
        second.is_ok("USER ada");
        second.is_refused("PASS lovelace", "[IN-USE]");
    }
    // Who does not know the password does not hear that somebody is there.
    second.is_ok("USER ada@loopback.example");
    second.is_refused("PASS lovelorn", "[AUTH]");
    // Another mailbox is another matter.
    let mut grace = post.sign_in("grace");
    assert_eq!(grace.ask("STAT"), "+OK 0 0");
    first.is_ok("DELE 1");
    first.is_ok("QUIT");
    // With the answer to QUIT it is free.
    second.is_ok("USER ada@loopback.example");
    second.is_ok("PASS lovelace");
    assert_eq!(second.ask("STAT"), "+OK 0 0");
}

#[test]
fn a_wrong_password_is_refused_and_the_third_ends_the_session() {
    let post = Post::with(&[]);
    let mut client = post.connect();
    for (name, password) in [("ada", "lovelorn"), ("nobody", "lovelace")] {
        client.is_ok(&format!("USER {name}"));
        client.is_refused(&format!("PASS {password}"), "[AUTH] wrong name or password");
        // Each try begins with a name.
        client.is_refused("PASS lovelace", "USER first");
    }
    client.is_ok("USER ada@elsewhere.example");
    client.is_refused("PASS lovelace", "[AUTH]");
    client.is_at_its_end();
    // Spaces are part of a password, and nothing is cut off from it.
    let mut client = post.connect();
    client.is_ok("USER ada");
    client.is_refused("PASS lovelace ", "[AUTH]");
    client.is_ok("USER ada");
    client.is_ok("PASS lovelace");
}

#[test]
fn no_password_is_told() {
    let post = Post::with(&[]);
    let mut client = post.connect();
    client.is_ok("USER ada");
    for line in [
        "PASS lovelace1",
        "pass lovelace2",
        "PASS\tlovelace3",
        "PASSlovelace4",
        "AUTH PLAIN lovelace5",
        "  PASS lovelace7",
        "APOP ada lovelace6",
    ] {
        client.is_refused(line, "");
    }
    drop(client);
    post.has_told("] > APOP ***");
    post.never_told("lovelace");
}

#[test]
fn what_waits_behind_stls_is_no_command_inside_tls() {
    let post = Post::with(&[]);
    // Both at once: what somebody on the way would put there.
    let mut client = post.connect();
    client.write(b"STLS\r\nUSER ada\r\n");
    let answer = client.line();
    assert!(
        answer.starts_with("-ERR nothing may come behind STLS"),
        "{answer}"
    );
    client.is_at_its_end();
    // Only its beginning.
    let mut client = post.connect();
    client.write(b"STLS\r\nU");
    assert!(client.line().starts_with("-ERR"));
    client.is_at_its_end();
    // Behind the answer comes a handshake, or nothing.
    let mut client = post.connect();
    client.is_ok("STLS");
    client.write(b"USER ada\r\nPASS lovelace\r\n");
    let mut rest = Vec::new();
    let _ = client.reader.read_to_end(&mut rest);
    // An alert of TLS, if anything.
    assert!(
        !rest.starts_with(b"+OK") && !rest.starts_with(b"-ERR"),
        "{rest:?}"
    );
    post.sign_in("ada");
}

#[test]
fn garbage_is_refused_and_disturbs_nobody() {
    let post = Post::with(&[DOTS]);
    let mut other = post.sign_in("grace");
    let mut client = post.connect();
    for line in [
        &b""[..],
        b" ",
        b"\0\0\0",
        b"\xff\xfe\xfd",
        b"HELO me",
        b"GET / HTTP/1.1",
        b"USER\tada",
        b" USER ada",
        "\u{202e}USER".as_bytes(),
        b"\x1b[2J",
    ] {
        client.write(&[line, b"\r\n"].concat());
        let answer = client.line();
        assert!(answer.starts_with("-ERR "), "{line:?}: {answer}");
    }
    client.is_ok("USER ada");
    client.is_ok("PASS lovelace");
    for number in [
        "0",
        "2",
        "-1",
        "+1",
        "01x",
        "1 1",
        "99999999999999999999",
        "1.0",
        "\u{0661}",
    ] {
        client.is_refused(&format!("RETR {number}"), "no such letter");
    }
    // It has heard -ERR 19 times. Twenty are patience, and then it is enough.
    client.is_refused("RETR 2", "");
    client.is_refused("RETR 2", "");
    client.is_at_its_end();

    // A line ends with CR LF, and with nothing else.
    for bytes in [&b"USER ada\n"[..], b"USER ada\rx", b"\n"] {
        let mut client = post.connect();
        client.write(bytes);
        assert_eq!(client.line(), "-ERR a line ends with CR LF");
        client.is_at_its_end();
    }
    // TLS where none is asked for.
    let mut client = post.connect();
    client.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n");
    assert!(client.line().starts_with("-ERR "));
    assert_eq!(other.ask("STAT"), "+OK 0 0");
    let told = post.told_all().join("\n");
    assert!(!told.contains('\x1b') && !told.contains('\0'), "{told:?}");
}

#[test]
fn a_long_line_is_refused_and_one_without_an_end_ends_the_session() {
    let post = Post::with(&[]);
    let mut other = post.sign_in("grace");
    let mut client = post.connect();
    // RFC 2449 §4: 255 octets with CR LF.
    client.is_ok(&format!("USER {}", "x".repeat(255 - 7)));
    client.is_refused(&format!("USER {}", "x".repeat(255 - 6)), "too long");
    client.is_refused(&"x".repeat(100_000), "too long");
    client.is_ok("USER ada");
    client.is_ok("PASS lovelace");

    let mut client = post.connect();
    let some = vec![b'x'; 65_536];
    let mut sent = 0;
    // The server stops reading somewhere in these 10 MB, and then the connection ends.
    while sent < 10_000_000 && client.reader.get_mut().write_all(&some).is_ok() {
        sent += some.len();
    }
    let mut rest = Vec::new();
    let _ = client.reader.read_to_end(&mut rest);
    assert_eq!(other.ask("STAT"), "+OK 0 0");
    post.has_told("= ended: a line had no end");
    post.stayed_below(64);
}

#[test]
fn a_client_that_sends_a_byte_at_a_time_holds_up_nobody() {
    let post = Post::with(&[DOTS]);
    let mut slow = post.connect();
    for byte in b"USER ada\r\nPASS love" {
        slow.write(&[*byte]);
        thread::sleep(Duration::from_millis(10));
    }
    assert!(slow.line().starts_with("+OK"));
    let mut client = post.sign_in("ada");
    client.is_ok("QUIT");
    client.is_at_its_end();
    slow.write(b"lace\r\n");
    assert!(slow.line().starts_with("+OK ada"));
    slow.write(b"ST");
    thread::sleep(Duration::from_millis(50));
    slow.write(b"AT\r");
    thread::sleep(Duration::from_millis(50));
    slow.write(b"\n");
    assert_eq!(slow.line(), format!("+OK 1 {}", DOTS.len()));
}

#[test]
fn commands_that_come_at_once_are_answered_in_order() {
    let post = Post::with(&[DOTS, PLAIN]);
    let mut client = post.connect();
    client.write(
        b"USER ada\r\nPASS lovelace\r\nSTAT\r\nDELE 1\r\nDELE 1\r\nRSET\r\nDELE 2\r\nQUIT\r\n",
    );
    let mut answers = Vec::new();
    client.reader.read_to_end(&mut answers).unwrap();
    let answers = String::from_utf8(answers).unwrap();
    let starts: Vec<_> = answers.lines().map(|line| &line[..3]).collect();
    assert_eq!(
        starts,
        ["+OK", "+OK", "+OK", "+OK", "-ER", "+OK", "+OK", "+OK"]
    );
    assert_eq!(post.files().len(), 1);
}

#[test]
fn a_large_letter_passes_in_little_memory_even_to_who_does_not_read() {
    let line = b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
    let letter = [&b"Subject: large\r\n\r\n"[..], &line.repeat(120_000)].concat();
    let post = Post::with(&[&letter]);
    let mut client = post.sign_in("ada");
    // Nobody reads: what the server wants to send stays with it.
    client.write(b"RETR 1\r\n");
    let mut grace = post.sign_in("grace");
    assert_eq!(grace.ask("STAT"), "+OK 0 0");
    post.stayed_below(64);
    let status = client.line();
    assert_eq!(status, format!("+OK {} octets", letter.len()));
    let mut got = vec![0; letter.len()];
    client.reader.read_exact(&mut got).unwrap();
    assert!(got == letter, "the letter came with other bytes");
    assert_eq!(client.line(), ".");
    client.is_ok("QUIT");
    post.stayed_below(64);
}

#[test]
fn five_hundred_connections_are_served_or_refused() {
    let post = Post::with(&[DOTS]);
    let mut held = Vec::new();
    let (mut served, mut refused) = (0, 0);
    for _ in 0..500 {
        let mut client = Talk::with(post.at("pop3"));
        // An empty line: it may be refused and reset before it reads our words, so it says nothing.
        match client.maybe_line().as_deref() {
            Some(line) if line.starts_with("+OK ") => served += 1,
            Some(line) => {
                assert!(line.starts_with("-ERR [SYS/TEMP] too many"), "{line}");
                refused += 1;
            }
            None => refused += 1,
        }
        held.push(client);
    }
    assert_eq!((served, refused), (100, 400));
    // Another service has places of its own.
    let mut imap = Talk::with(post.at("imap"));
    assert!(imap.line().starts_with("* "));
    post.stayed_below(64);
    drop(held);
    let mut client = post.sign_in("ada");
    assert_eq!(client.ask("STAT"), format!("+OK 1 {}", DOTS.len()));
}

// ---- The clients, with the post office ----

#[test]
fn the_session_by_hand_shows_each_line_and_deletes_when_told_to() {
    let post = Post::with(&[DOTS, NO_TEXT]);
    let shown = output(post.run(BY_HAND, &["--server", post.at("pop3")]));
    let names: Vec<String> = post.files();
    let (first, second) = (&names[0], &names[1]);
    let (one, two) = (DOTS.len(), NO_TEXT.len());
    let sum = one + two;
    let expected = format!(
        "\
< +OK loopback.example has your letters
> USER ada
< +OK and the password?
> PASS ***
< +OK ada, letters: 2, octets: {sum}
> STAT
< +OK 2 {sum}
> LIST
< +OK here they are
< 1 {one}
< 2 {two}
< .
> UIDL
< +OK here they are
< 1 {first}
< 2 {second}
< .
> RETR 1
< +OK {one} octets
< From: Someone <someone@elsewhere.example>
< Subject: Dots
< 
< ..one
= that is: .one
< ..
= that is: .
< ...two
= that is: ..two
< 
< end
< .
= letter 1, {first}: {one} bytes, LIST said {one}
> RETR 2
< +OK {two} octets
< Subject: bytes
< 
< caf\u{fffd} \\u{{1b}}[2J
< .
= letter 2, {second}: {two} bytes, LIST said {two}
> QUIT
< +OK goodbye, deleted: 0
"
    );
    assert_eq!(shown, expected);
    let shown = output(post.run(BY_HAND, &["--server", post.at("pop3"), "--delete"]));
    assert!(
        shown.contains("> DELE 1\n< +OK marked: it goes when you say QUIT\n"),
        "{shown}"
    );
    assert!(
        shown.ends_with("> QUIT\n< +OK goodbye, deleted: 2\n"),
        "{shown}"
    );
    assert!(post.files().is_empty());
}

#[test]
fn a_session_that_stays_has_the_mailbox_until_it_is_killed_and_deletes_nothing() {
    let post = Post::with(&[PLAIN]);
    let mut client = Command::new(program(BY_HAND));
    let client = client.args(["--server", post.at("pop3"), "--delete", "--stay", "600"]);
    let mut client = client.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
    let client = Killed(client);
    let waits = format!(
        "= signed in at {} and waiting 600 s before QUIT",
        post.at("pop3")
    );
    let found = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line == waits);
    assert!(found, "it did not say {waits:?}");
    let ended = post.run(BY_HAND, &["--server", post.at("pop3")]);
    fails(
        ended,
        BY_HAND,
        "[IN-USE] another session has this mailbox: wait until",
    );
    drop(client);
    let mut client = post.sign_in("ada");
    assert_eq!(client.ask("STAT"), format!("+OK 1 {}", PLAIN.len()));
    post.has_told("no QUIT, no UPDATE: marked and not deleted: 1");
    // And one that stays for a moment says QUIT.
    client.is_ok("QUIT");
    client.is_at_its_end();
    let shown = output(post.run(BY_HAND, &["--server", post.at("pop3"), "--stay", "1"]));
    assert!(
        shown.ends_with("> QUIT\n< +OK goodbye, deleted: 0\n"),
        "{shown}"
    );
}

#[test]
fn a_letter_that_comes_during_a_session_is_for_the_next_one() {
    let post = Post::with(&[PLAIN]);
    let mut client = post.sign_in("ada");
    let mut smtp = Talk::with(post.at("listening"));
    assert!(smtp.line().starts_with("220 "));
    for (command, code) in [
        ("HELO elsewhere.example", "250 "),
        ("MAIL FROM:<someone@elsewhere.example>", "250 "),
        ("RCPT TO:<ada@loopback.example>", "250 "),
        ("DATA", "354 "),
        ("Subject: new\r\n\r\n..dot\r\n.", "250 "),
    ] {
        let reply = smtp.ask(command);
        assert!(reply.starts_with(code), "{command}: {reply}");
    }
    assert_eq!(client.ask("STAT"), format!("+OK 1 {}", PLAIN.len()));
    client.is_refused("RETR 2", "no such letter");
    client.is_ok("DELE 1");
    client.is_ok("QUIT");
    client.is_at_its_end();
    // The new one is there, and has not taken the place of the other.
    let mut client = post.sign_in("ada");
    let letter = client.lines("RETR 1");
    assert!(letter.contains(&"Subject: new".into()), "{letter:?}");
    assert_eq!(letter.last().map(String::as_str), Some(".dot"));
    assert!(client.ask("UIDL 1").starts_with("+OK 1 0000000002."));
}

#[test]
fn the_crate_and_mail_parser_show_what_the_letters_say() {
    let letters = [
        PLAIN,
        DOTS,
        b"",
        b"no header",
        b"Subject: a\x1b[2Jb\r\n\r\n",
    ];
    let sum: usize = letters.iter().map(|letter| letter.len()).sum();
    let post = Post::with(&letters);
    let shown = output(post.run(RECEIVE, &["--server", post.at("pop3")]));
    let expected = format!(
        "\
letters: 5, bytes: {sum}
letter 1: {} bytes
  subject: Grüße
  from:    Grace <grace@loopback.example>
  | Dear Ada
letter 2: {} bytes
  dots that the crate had left: 3
  subject: Dots
  from:    Someone <someone@elsewhere.example>
  | .one
  | .
  | ..two
  | 
  | end
",
        PLAIN.len(),
        DOTS.len()
    );
    assert!(shown.starts_with(&expected), "{shown}");
    // On its way it gets the CR LF that was missing.
    let rest = "\
letter 3: 0 bytes
  it has no header
letter 4: 11 bytes
  it has no header
letter 5: 19 bytes
  subject: a\\u{1b}[2Jb
  from:    nobody
";
    assert!(shown.ends_with(rest), "{shown}");
    assert!(!shown.contains('\x1b'), "{shown:?}");
    assert_eq!(post.files().len(), 5);
}

#[test]
fn only_the_latest_ten_letters_are_fetched_and_too_long_ones_are_left() {
    let long = [
        &b"Subject: long\r\n\r\n"[..],
        &b"x".repeat(70).repeat(20_000),
    ]
    .concat();
    let mut letters = vec![PLAIN; 11];
    letters.push(&long);
    let post = Post::with(&letters);
    let shown = output(post.run(BY_HAND, &["--server", post.at("pop3")]));
    assert!(
        !shown.contains("> RETR 2\n") && shown.contains("> RETR 3\n"),
        "{shown}"
    );
    assert!(
        shown.contains("stays: too long for this program\n= older ones, left alone: 2\n"),
        "{shown}"
    );
    let shown = output(post.run(RECEIVE, &["--server", post.at("pop3")]));
    let third = format!("letter 3: {} bytes\n", PLAIN.len());
    assert!(
        !shown.contains("letter 2: ") && shown.contains(&third),
        "{shown}"
    );
    assert!(
        shown.ends_with("letter 12: left alone, too long for this crate\n"),
        "{shown}"
    );
}

#[test]
fn letters_in_letters_without_an_end_cost_a_process_and_no_more() {
    // Some hundred are fine. Of more, a server says that the letter is short. Either the crate pop3 is too slow for it,
    // or mail-parser uses up the stack.
    let deep = |levels| "Content-Type: message/rfc822\r\n\r\n".repeat(levels);
    let post = Post::with(&[PLAIN, deep(200).as_bytes()]);
    let ended = post.run(RECEIVE, &["--server", post.at("pop3")]);
    let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    assert!(
        shown.contains("  | Dear Ada\nletter 2: 6400 bytes\n"),
        "{shown}"
    );
    let answer = format!("+OK\r\n{}.\r\n", deep(100_000));
    let server = Hostile::start("RETR", Does::Raw(answer.leak().as_bytes()));
    let ended = post.run(RECEIVE, &["--server", &server]);
    fails(ended, RECEIVE, "ended");
}

#[test]
fn a_name_is_as_good_as_an_address() {
    // On many machines, it is ::1 first, where nobody listens.
    let post = Post::with(&[PLAIN]);
    let at = post.at("pop3").replace("127.0.0.1", "localhost");
    for client in [BY_HAND, RECEIVE] {
        let shown = output(post.run(client, &["--server", &at]));
        assert!(shown.contains("Dear Ada"), "{shown}");
    }
}

#[test]
fn in_tls_the_same_comes_and_the_certificate_is_verified() {
    let post = Post::with(&[DOTS]);
    let folder = tempfile::tempdir().unwrap();
    // Another post office has another authority, whose certificate lies where the clients look first.
    let stranger = Post::with(&[]);
    for (client, server, tls) in [
        (BY_HAND, post.at("pop3"), "starttls"),
        (BY_HAND, post.at("pop3s"), "implicit"),
        (RECEIVE, post.at("pop3s"), "implicit"),
    ] {
        let flags = ["--server", server, "--tls", tls];
        // Its authority is found where the post office has put it, or where we say.
        let shown = output(post.run(client, &flags));
        assert!(shown.contains(".one"), "{shown}");
        if client == BY_HAND {
            let order = match tls {
                "starttls" => ["> STLS\n", "= TLSv1_3, with", "> USER ada\n"],
                _ => ["= TLSv1_3, with", "< +OK loopback.example", "> USER ada\n"],
            };
            let mut rest = &shown[..];
            for words in order {
                rest = rest
                    .split_once(words)
                    .unwrap_or_else(|| panic!("no {words} in:\n{shown}"))
                    .1;
            }
        }
        let ca = post.ca();
        let with_ca = [&flags[..], &["--ca", &ca]].concat();
        output(stranger.run(client, &with_ca));
        let ended = stranger.run(client, &flags);
        let says = if client == BY_HAND {
            "no password was sent: "
        } else {
            "panicked"
        };
        let line = stderr(&ended);
        fails(ended, client, says);
        assert!(
            line.contains("UnknownIssuer") || line.contains("BadSignature"),
            "{line}"
        );
        for wrong in [folder.path().join("missing.pem"), PathBuf::from(file!())] {
            let wrong = [&flags[..], &["--ca", wrong.to_str().unwrap()]].concat();
            fails(post.run(client, &wrong), client, "cannot use the CA in ");
        }
    }
    let ended = post.run(RECEIVE, &["--server", post.at("pop3"), "--tls", "starttls"]);
    fails(
        ended,
        RECEIVE,
        "the crate pop3 has no STLS: ask for --tls implicit",
    );
    // TLS where none is spoken, and none where it is.
    let ended = post.run(BY_HAND, &["--server", post.at("pop3"), "--tls", "implicit"]);
    fails(ended, BY_HAND, "no TLS, so no password was sent");
    let ended = post.run(RECEIVE, &["--server", post.at("pop3"), "--tls", "implicit"]);
    fails(ended, RECEIVE, "this is not TLS");
    post.never_told("grace");
}

#[test]
fn who_signs_in_is_told_by_flag_and_variable_and_never_shown() {
    let post = Post::with(&[PLAIN]);
    for client in [BY_HAND, RECEIVE] {
        let flags = [
            "--server",
            post.at("pop3"),
            "--user",
            "grace@loopback.example",
        ];
        for (password, says) in [
            (None, "set the environment variable LOOPBACK_MAIL_PASSWORD"),
            (
                Some(""),
                "set the environment variable LOOPBACK_MAIL_PASSWORD",
            ),
            (Some("hopp\ner"), "a control character in "),
            (Some("hopperer"), "check the name and the password"),
        ] {
            let mut command = post.command(client, &flags);
            if let Some(password) = password {
                command.env(PASSWORD, password);
            }
            let ended = command.assert();
            let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
            assert!(!shown.contains("hopp"), "{shown}");
            let line = stderr(&ended);
            assert!(!line.contains("hopp"), "{line}");
            fails(ended, client, says);
        }
        let mut command = post.command(client, &flags);
        let shown = output(command.env(PASSWORD, "hopper").assert());
        assert!(shown.contains("etters: 0"), "{shown}");
        assert!(!shown.contains("hopper"), "{shown}");
        let line_break = ["--server", post.at("pop3"), "--user", "ada\r\nDELE 1"];
        let mut command = post.command(client, &line_break);
        let ended = command.env(PASSWORD, "lovelace").assert();
        fails(ended, client, "a control character in ");
    }
    post.never_told("DELE");
}

#[test]
fn a_mailbox_in_use_is_told() {
    let post = Post::with(&[PLAIN]);
    let _first = post.sign_in("ada");
    let ended = post.run(BY_HAND, &["--server", post.at("pop3")]);
    fails(
        ended,
        BY_HAND,
        "[IN-USE] another session has this mailbox: wait until",
    );
    let ended = post.run(RECEIVE, &["--server", post.at("pop3")]);
    fails(ended, RECEIVE, "and that no other session has the mailbox");
}

#[test]
fn a_bad_flag_gives_one_line_and_exit_code_1() {
    let (_held, closed) = closed_port();
    let closed = closed.to_string();
    let post = Post::with(&[]);
    for client in [BY_HAND, RECEIVE] {
        for (flags, says) in [
            (&["--server"][..], "see --help"),
            (&["--tls", "maybe"], "see --help"),
            (&["--password", "x"], "see --help"),
            (&["--stay", "601"], "see --help"),
            (&["127.0.0.1:1"], "see --help"),
            (&["--server", "nonsense"], "write HOST:PORT"),
            (&["--server", ""], "write HOST:PORT"),
            (&["--server", "\x1b[2J\n"], "write HOST:PORT"),
            (&["--server", "127.0.0.1:99999"], "write HOST:PORT"),
            // Refused before anything is sent there.
            (
                &["--server", "192.0.2.1:110"],
                "ask for TLS with --tls implicit",
            ),
            (
                &["--server", "192.0.2.1:995", "--tls", "implicit"],
                "say who signs in, with --user",
            ),
            (
                &["--server", &closed],
                "nobody listens there: start mail_server_26 first",
            ),
        ] {
            fails(post.run(client, flags), client, says);
        }
        let help = output(post.run(client, &["--help"]));
        assert!(
            help.contains("--server") && help.contains(PASSWORD),
            "{help}"
        );
    }
    fails(
        post.run(RECEIVE, &["--judge", "--user", "x"]),
        RECEIVE,
        "see --help",
    );
}

// ---- Judging a dependency ----

/// What the crate `pop3` 1.0.6 gets wrong: what passed, and what it made of that. A newer version that mends one
/// of these fails here, and then the lesson has to change.
#[test]
fn the_faults_of_the_crate_are_those_that_the_lesson_tells() {
    let post = Post::with(&[]);
    let shown = output(post.run(RECEIVE, &["--judge"]));
    let mut faults =
        shown
            .split_terminator("\n")
            .fold(Vec::new(), |mut faults: Vec<Vec<&str>>, line| {
                if line.starts_with("   ") {
                    faults.last_mut().unwrap().push(line.trim_start());
                } else {
                    faults.push(vec![line]);
                }
                faults
            });
    let signed_in = ["< +OK", "> USER ada", "< +OK", "> PASS ***", "< +OK"];
    let mut expect = |title: &str, signs_in: bool, lines: &[&str]| {
        let fault = faults.remove(0);
        assert!(fault[0].contains(title), "{fault:?}");
        let before = if signs_in { &signed_in[..] } else { &[] };
        assert_eq!(fault[1..], [before, lines].concat(), "{title}");
    };
    expect(
        "1. a wrong password",
        false,
        &[
            "< +OK",
            "> USER ada",
            "< +OK",
            "> PASS ***",
            "< -ERR [AUTH] wrong",
            "> STAT",
            "< -ERR sign in first",
            "= login gave POP3Ok",
            "= stat gave POP3Err",
        ],
    );
    expect(
        "2. rset sends RETR",
        true,
        &["> RETR", "< -ERR which letter?", "= rset gave POP3Err"],
    );
    expect(
        "3. noop fails",
        true,
        &["> noop", "< +OK nothing done", "= noop gave POP3Err"],
    );
    expect(
        "4. the second dot",
        true,
        &[
            "> RETR 1",
            "< +OK",
            "< ..a line with one dot",
            "< .",
            "= retr gave POP3Message { raw: [\"..a line with one dot\\r\\n\"] }",
        ],
    );
    expect(
        "5. a line that is not UTF-8",
        true,
        &[
            "> RETR 1",
            "< +OK",
            "< caf\u{fffd}",
            "< +OK 999 1",
            "< .",
            "> STAT",
            "< +OK 1 20",
            "= retr gave POP3Err",
            "= stat gave POP3Stat { num_email: 999, mailbox_size: 1 }",
        ],
    );
    expect(
        "6. -ERR with +OK",
        true,
        &["> DELE 1", "< -ERR no +OK for you", "= dele gave POP3Ok"],
    );
    expect(
        "7. a line break in the name",
        false,
        &[
            "< +OK",
            "> USER ada",
            "< +OK",
            "> DELE 1",
            "< -ERR",
            "> PASS ***",
            "< -ERR",
            "= login gave POP3Ok",
        ],
    );
    expect(
        "8. a command before login",
        false,
        &["< +OK", "= it panicked: login"],
    );
    expect(
        "9. text behind the numbers of STAT",
        true,
        &[
            "> STAT",
            "< +OK 2 320 octets",
            "= it panicked: called `Option::unwrap()` on a `None` value",
        ],
    );
    expect(
        "10. a server that does not speak TLS",
        false,
        &[
            "< +OK, and this is no TLS",
            "> (the beginning of TLS)",
            "= it panicked: called `Result::unwrap()` on an `Err` value: \
            Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }",
        ],
    );
    let grows = if cfg!(target_os = "linux") {
        ", and takes more memory all the time"
    } else {
        ""
    };
    let still = format!("= after 2 s it still reads{grows}: ended");
    expect("11. a server that hangs up", true, &["> STAT", &still]);
    assert!(faults.is_empty(), "{faults:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_inside_the_fence_stays_small_and_is_gone_when_the_program_ends() {
    let post = Post::with(&[]);
    program(RECEIVE);
    thread::scope(|scope| {
        for (step, does) in [
            ("STAT", Does::HangUp),
            ("RETR", Does::EndlessAnswer(b"\r\n")),
            ("LIST", Does::Endless(b"+OK x")),
        ] {
            let mark = format!("{}-{step}", post.root.display());
            scope.spawn(move || stays_small(step, does, &mark));
        }
    });
}

#[cfg(target_os = "linux")]
fn stays_small(step: &'static str, does: Does, mark: &str) {
    let server = Hostile::start(step, does.clone());
    let mut client = Command::new(program(RECEIVE));
    let client = client.args(["--server", &server]).env("MARK", mark);
    let client = client.stdout(Stdio::null()).stderr(Stdio::null());
    let mut client = Killed(client.spawn().unwrap());
    let mut peak = 0;
    let mut commands = Vec::new();
    let end = Instant::now() + LONGEST;
    while client.0.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "not done after {LONGEST:?}");
        for inside in marked(mark).into_iter().filter(|id| *id != client.0.id()) {
            peak = peak.max(memory(inside));
            let command = fs::read(format!("/proc/{inside}/cmdline")).unwrap_or_default();
            commands.push(String::from_utf8(command).unwrap());
        }
        thread::sleep(Duration::from_millis(10));
    }
    let seen = commands
        .iter()
        .any(|command| command.ends_with("\0--inside-the-fence\0"));
    assert!(seen, "no process inside the fence was seen: {commands:?}");
    let told = commands.iter().any(|command| command.contains("lovelace"));
    assert!(!told, "a password is an argument: {commands:?}");
    assert!(
        peak > 0 && peak < 96 << 10,
        "{peak} KiB with {does:?} at {step}"
    );
    assert_eq!(marked(mark), Vec::<u32>::new(), "with {does:?} at {step}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_inside_the_fence_ends_with_a_program_that_is_killed() {
    let post = Post::with(&[]);
    let server = Hostile::start("STAT", Does::HangUp);
    let mark = post.root.display().to_string();
    let mut client = Command::new(program(RECEIVE));
    let client = client.args(["--server", &server]).env("MARK", &mark);
    let client = client.stdout(Stdio::null()).stderr(Stdio::null());
    let mut client = Killed(client.spawn().unwrap());
    let both = || marked(&mark).len();
    until("the process inside the fence is there", || both() == 2);
    client.0.kill().unwrap();
    client.0.wait().unwrap();
    until("the process inside the fence is gone", || both() == 0);
}

// ---- The clients, with servers that misbehave ----

#[test]
fn a_server_that_stops_or_hangs_up_is_told_in_one_line() {
    let mut faults = Vec::new();
    for step in [
        "greeting", "USER", "PASS", "STAT", "LIST", "UIDL", "RETR", "QUIT",
    ] {
        faults.push((BY_HAND, step, Does::Nothing, "it was silent for 5 s"));
        faults.push((BY_HAND, step, Does::HangUp, "it cut the connection"));
    }
    for step in ["STAT", "RETR"] {
        let half = Does::Raw(b"+OK half");
        faults.push((BY_HAND, step, half, "it was silent for 5 s"));
        faults.push((BY_HAND, step, Does::Reset, "it cut the connection"));
        let in_time = "the crate pop3 did not come back in time, and was ended";
        faults.push((RECEIVE, step, Does::Nothing, in_time));
        let printed = "the crate pop3 printed \"Error Reading!\", and went on reading";
        faults.push((RECEIVE, step, Does::Reset, printed));
    }
    for step in ["greeting", "LIST", "QUIT"] {
        faults.push((RECEIVE, step, Does::HangUp, "was ended"));
    }
    all_fail(faults);
}

#[test]
fn an_endless_answer_ends_the_session() {
    let line = Does::Endless(b"+OK x");
    let mut faults = vec![
        (BY_HAND, "RETR", Does::Trickle, "was not over after 15 s"),
        (RECEIVE, "RETR", Does::Trickle, "was ended"),
        (RECEIVE, "RETR", Does::EndlessAnswer(b"x\r\n"), "was ended"),
        (RECEIVE, "LIST", line.clone(), "was ended"),
    ];
    for step in ["greeting", "PASS", "LIST", "RETR"] {
        faults.push((BY_HAND, step, line.clone(), "its line is too long"));
    }
    for (step, line) in [
        ("LIST", &b"1 1\r\n"[..]),
        ("UIDL", b"1 x\r\n"),
        ("RETR", b"\r\n"),
        ("RETR", b"..\r\n"),
    ] {
        faults.push((BY_HAND, step, Does::EndlessAnswer(line), "has no end"));
    }
    all_fail(faults);
}

#[test]
fn a_refusal_or_a_malformed_answer_is_told() {
    let mut faults = Vec::new();
    for step in [
        "greeting", "USER", "PASS", "STAT", "LIST", "UIDL", "RETR", "QUIT",
    ] {
        for (answer, says) in [
            (
                &b"-ERR no\x1b[2J\r\n"[..],
                "it answered -ERR no\\u{1b}[2J: its terminal may say why",
            ),
            (
                b"-ERR [IN-USE] no\r\n",
                "wait until the other session is over",
            ),
            (b"-ERR [AUTH] no\r\n", "check the name and the password"),
            (
                b"-ERR you said lovelace\r\n",
                "it answered -ERR you said ***",
            ),
            (b"\r\n", "that is no answer"),
            (b"ok\r\n", "that is no answer"),
            (b"+OKAY\r\n", "that is no answer"),
            (b"220 smtp.example ESMTP\r\n", "that is no answer"),
            (b"\xff\xfe\r\n", "that is no answer"),
            (b"+OK\n", "does not end with CR LF"),
        ] {
            faults.push((BY_HAND, step, Does::Raw(answer), says));
        }
    }
    for step in ["LIST", "UIDL"] {
        for answer in [
            &b"+OK\r\n\r\n.\r\n"[..],
            b"+OK\r\n1\r\n.\r\n",
            b"+OK\r\nx y\r\n.\r\n",
            b"+OK\r\n-1 5\r\n.\r\n",
        ] {
            let says = "its list has a line without a number and a word";
            faults.push((BY_HAND, step, Does::Raw(answer), says));
        }
    }
    for (step, answer, says) in [
        ("STAT", &b"-ERR no\r\n"[..], "the crate does not say why"),
        ("LIST", b"-ERR no\r\n", "the server refused LIST"),
        ("RETR", b"-ERR no\r\n", "did not get letter 1"),
        ("RETR", b"+OK\r\n\xff\r\n.\r\n", "did not get letter 1"),
        ("STAT", b"+OK many few\r\n", "the crate pop3 panicked: "),
        (
            "STAT",
            b"+OK 1 99999999999\r\n",
            "the crate pop3 panicked: ",
        ),
        ("LIST", b"+OK\r\nx y\r\n.\r\n", "the crate pop3 panicked: "),
        (
            "LIST",
            b"+OK\r\n1 99999999999\r\n.\r\n",
            "the crate pop3 panicked: ",
        ),
    ] {
        faults.push((RECEIVE, step, Does::Raw(answer), says));
    }
    all_fail(faults);
}

#[test]
fn a_server_that_speaks_before_tls_gets_no_password() {
    let server = Hostile::start("STLS", Does::Raw(b"+OK\r\n+OK and one more\r\n"));
    let post = Post::with(&[]);
    let ended = post.run(BY_HAND, &["--server", &server, "--tls", "starttls"]);
    fails(
        ended,
        BY_HAND,
        "it sent something before TLS began, so no password was sent",
    );
    // And who says that there is no TLS gets none, either.
    let server = Hostile::start("STLS", Does::Raw(b"-ERR no such command\r\n"));
    let ended = post.run(BY_HAND, &["--server", &server, "--tls", "starttls"]);
    let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    assert!(!shown.contains("USER"), "{shown}");
    fails(ended, BY_HAND, "it answered -ERR no such command");
}

/// One misbehaviour: of which client, at which command, what the server does, what the client says.
type Fault = (&'static str, &'static str, Does, &'static str);

/// Every client meets its fault. Each must end in time, with one line.
#[track_caller]
fn all_fail(faults: Vec<Fault>) {
    let post = Post::with(&[]);
    for client in [BY_HAND, RECEIVE] {
        program(client);
    }
    try_all(faults, |(client, step, does, says)| {
        let server = Hostile::start(step, does.clone());
        let started = Instant::now();
        let ended = post.run(client, &["--server", &server]);
        let took = started.elapsed();
        println!("{client} at {step}, {does:?}: {took:?}, {}", stderr(&ended));
        assert!(took < LONGEST, "it took {took:?}");
        fails(ended, client, says);
    });
}

/// What a server does in place of what it should.
#[derive(Clone, Debug)]
enum Does {
    Nothing,
    HangUp,
    /// Ends the connection with a reset.
    Reset,
    Raw(&'static [u8]),
    /// These bytes, again and again.
    Endless(&'static [u8]),
    /// `+OK`, then this line again and again.
    EndlessAnswer(&'static [u8]),
    /// A byte a second, of an answer that never ends.
    Trickle,
}

/// A server that does what POP3 asks for, but at one step. It has one letter.
struct Hostile;

impl Hostile {
    /// Gives its address. Its threads end with the client, or with the test.
    fn start(step: &'static str, does: Does) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let does = does.clone();
                // An error is a client that has left.
                thread::spawn(move || drop(misbehave(client, step, &does)));
            }
        });
        address
    }
}

fn misbehave(mut client: TcpStream, step: &str, does: &Does) -> std::io::Result<()> {
    client.set_read_timeout(Some(FOR_EVER))?;
    let mut commands = BufReader::new(client.try_clone()?);
    let mut line = "greeting".to_owned();
    loop {
        let verb = line.split(' ').next().unwrap_or_default();
        match does {
            _ if verb != step => {
                let answer = match verb {
                    "STAT" => "+OK 1 20\r\n",
                    "LIST" => "+OK\r\n1 20\r\n.\r\n",
                    "UIDL" => "+OK\r\n1 one\r\n.\r\n",
                    "RETR" => "+OK\r\nSubject: x\r\n\r\nbody\r\n.\r\n",
                    _ => "+OK\r\n",
                };
                client.write_all(answer.as_bytes())?;
            }
            Does::Nothing => thread::sleep(FOR_EVER),
            Does::HangUp => return client.shutdown(Shutdown::Both),
            Does::Reset => {
                // With no time to linger, a close is a reset.
                socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
                return Ok(());
            }
            Does::Raw(bytes) => client.write_all(bytes)?,
            Does::Endless(bytes) => loop {
                client.write_all(&bytes.repeat(1000))?;
            },
            Does::EndlessAnswer(bytes) => {
                client.write_all(b"+OK\r\n")?;
                loop {
                    client.write_all(&bytes.repeat(1000))?;
                }
            }
            Does::Trickle => loop {
                client.write_all(b"+")?;
                thread::sleep(Duration::from_secs(1));
            },
        }
        let mut next = String::new();
        if commands.read_line(&mut next)? == 0 {
            return Ok(());
        }
        line = next.trim_end().to_owned();
    }
}

// ---- Other people's clients, with the post office ----

#[test]
#[ignore = "needs curl"]
fn curl_fetches_lists_and_deletes() {
    let post = Post::with(&[DOTS, PLAIN]);
    let (ca, out) = (post.ca(), post.root.join("fetched"));
    let saved = out.to_str().unwrap();
    for (url, flags) in [
        (format!("pop3://{}", post.at("pop3")), &[][..]),
        (format!("pop3://{}", post.at("pop3")), &["--ssl-reqd"]),
        (format!("pop3s://{}", post.at("pop3s")), &[]),
    ] {
        let curl = |arguments: &[&str]| {
            let always = [
                "-sS",
                "--max-time",
                "20",
                "--cacert",
                &ca,
                "--user",
                "ada:lovelace",
            ];
            foreign("curl", &[&always[..], flags, arguments].concat())
        };
        for (number, letter) in [(1, DOTS), (2, PLAIN)] {
            let Some((ok, said)) = curl(&["-o", saved, &format!("{url}/{number}")]) else {
                return;
            };
            assert!(ok, "{url} {flags:?}: {said}");
            assert_eq!(fs::read(&out).unwrap(), letter, "{url} {flags:?}");
        }
        let (ok, said) = curl(&[&url]).unwrap();
        let list = format!("1 {}\r\n2 {}\r\n", DOTS.len(), PLAIN.len());
        assert!(ok && said == list, "{url} {flags:?}: {said}");
        let (ok, said) = curl(&["-X", "UIDL", &url]).unwrap();
        assert!(
            ok && said.starts_with("1 0000000001."),
            "{url} {flags:?}: {said}"
        );
    }
    let url = format!("pop3://{}", post.at("pop3"));
    let (ok, said) = foreign("curl", &["-sS", "--user", "ada:lovelorn", &url]).unwrap();
    assert!(!ok && said.contains("curl: (67)"), "{said}");
    let url = format!("{url}/1");
    let delete = ["-sS", "--user", "ada:lovelace", "-l", "-X", "DELE", &url];
    let (ok, said) = foreign("curl", &delete).unwrap();
    assert!(ok, "{said}");
    assert_eq!(post.files().len(), 1);
}

#[test]
#[ignore = "needs python3"]
fn pythons_poplib_works_in_the_clear_and_in_tls() {
    const SCRIPT: &str = r#"
import poplib, ssl, sys
pop3, pop3s, ca, first = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
split = lambda address: (address.split(":")[0], int(address.split(":")[1]))
def stls():
    pop = poplib.POP3(*split(pop3), timeout=20)
    pop.stls(context)
    return pop
for connect in (lambda: poplib.POP3(*split(pop3), timeout=20), stls,
                lambda: poplib.POP3_SSL(*split(pop3s), timeout=20, context=context)):
    pop = connect()
    assert "TOP" in pop.capa(), pop.capa()
    pop.user("ada")
    pop.pass_("lovelace")
    assert pop.stat()[0] == 2, pop.stat()
    assert [line.split()[0] for line in pop.list()[1]] == [b"1", b"2"]
    assert len(pop.uidl()[1]) == 2 and pop.uidl(1).startswith(b"+OK 1 ")
    _, lines, octets = pop.retr(1)
    letter = b"".join(line + b"\r\n" for line in lines)
    assert letter == bytes.fromhex(first), letter
    assert pop.top(1, 0)[1][-1] == b"", pop.top(1, 0)
    pop.dele(1)
    pop.rset()
    pop.noop()
    pop.quit()
pop = poplib.POP3(*split(pop3), timeout=20)
try:
    pop.user("ada")
    pop.pass_("lovelorn")
    sys.exit("a wrong password was taken")
except poplib.error_proto as error:
    assert b"[AUTH]" in error.args[0], error
pop.user("ada")
pop.pass_("lovelace")
pop.dele(2)
pop.quit()
print("all is well")
"#;
    let post = Post::with(&[DOTS, PLAIN]);
    let ca = post.ca();
    let hex: String = DOTS.iter().map(|byte| format!("{byte:02x}")).collect();
    let arguments = ["-c", SCRIPT, post.at("pop3"), post.at("pop3s"), &ca, &hex];
    let Some((ok, said)) = foreign("python3", &arguments) else {
        return;
    };
    assert!(ok && said == "all is well\n", "{said}");
    assert_eq!(post.files().len(), 1);
}

#[test]
#[ignore = "needs openssl"]
fn inside_tls_stls_is_refused_and_a_name_from_before_is_forgotten() {
    let post = Post::with(&[]);
    let mut client = Command::new("openssl");
    let flags = [
        "s_client",
        "-quiet",
        "-verify_return_error",
        "-starttls",
        "pop3",
        "-connect",
        post.at("pop3"),
    ];
    let client = client.args(flags).arg("-CAfile").arg(post.ca());
    let pipes = client
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let Ok(mut client) = pipes.spawn() else {
        assert!(std::env::var_os("CI").is_none(), "CI must have openssl");
        eprintln!("skipped: openssl is missing");
        return;
    };
    let mut input = client.stdin.take().unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
    let _client = Killed(client);
    for (command, start) in [
        ("STLS", "-ERR we are encrypted already"),
        ("PASS lovelace", "-ERR say USER first"),
        ("USER ada", "+OK"),
        ("PASS lovelace", "+OK"),
        ("QUIT", "+OK"),
    ] {
        input
            .write_all(format!("{command}\r\n").as_bytes())
            .unwrap();
        // s_client passes on the answer to its own STLS, too.
        let answer = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| !line.contains("begin TLS"));
        let answer = answer.expect("s_client has ended");
        assert!(answer.starts_with(start), "{command}: {answer}");
    }
}

// ---- Debian's Dovecot ----

#[cfg(unix)]
#[test]
#[ignore = "needs dovecot-pop3d and openssl"]
fn our_clients_work_with_dovecot() {
    let Some(dovecot) = dovecot::Dovecot::start(&[DOTS, PLAIN]) else {
        return;
    };
    let post = Post::with(&[]);
    let ca = dovecot.ca();
    for (client, server, tls) in [
        (BY_HAND, dovecot.at("pop3"), "none"),
        (BY_HAND, dovecot.at("pop3"), "starttls"),
        (BY_HAND, dovecot.at("pop3s"), "implicit"),
        (RECEIVE, dovecot.at("pop3"), "none"),
        (RECEIVE, dovecot.at("pop3s"), "implicit"),
    ] {
        let flags = ["--server", server, "--tls", tls, "--ca", &ca];
        let shown = output(post.run(client, &flags));
        let says = match client {
            BY_HAND => format!("bytes, LIST said {}\n", DOTS.len()),
            _ => "  dots that the crate had left: 3\n  subject: Dots\n".into(),
        };
        assert!(shown.contains(&says), "{client} {tls}:\n{shown}");
        let wrong = [&flags[..], &["--user", "ada"]].concat();
        let mut command = post.command(client, &wrong);
        let ended = command.env(PASSWORD, "lovelorn").assert();
        fails(ended, client, "check the name and the password");
        if tls != "none" {
            // With the authority of another server.
            let flags = ["--server", server, "--tls", tls, "--ca", &post.ca()];
            fails(post.run(client, &flags), client, "UnknownIssuer");
        }
    }
    let shown = output(post.run(BY_HAND, &["--server", dovecot.at("pop3"), "--delete"]));
    assert_eq!(shown.matches("> DELE ").count(), 2, "{shown}");
    let shown = output(post.run(BY_HAND, &["--server", dovecot.at("pop3")]));
    assert!(shown.contains("< +OK 0 0\n"), "{shown}");
}

// ---- What the tests share ----

fn stderr(ended: &Assert) -> String {
    String::from_utf8_lossy(&ended.get_output().stderr).into_owned()
}

/// The processes whose environment has this in MARK.
#[cfg(target_os = "linux")]
fn marked(mark: &str) -> Vec<u32> {
    let mark = format!("MARK={mark}");
    let ids = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let id: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
        let has_it = environment
            .split(|byte| *byte == 0)
            .any(|value| value == mark.as_bytes());
        has_it.then_some(id)
    });
    ids.collect()
}

impl Post {
    /// A session in AUTHORIZATION. Waits while the places of others, who have just gone, are not free yet.
    fn connect(&self) -> Talk {
        let end = Instant::now() + DEADLINE;
        loop {
            let mut client = Talk::with(self.at("pop3"));
            let greeting = client.line();
            if greeting.starts_with("+OK loopback.example ") {
                return client;
            }
            assert!(greeting.starts_with("-ERR [SYS/TEMP]"), "{greeting}");
            assert!(Instant::now() < end, "no place after {DEADLINE:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// A session in TRANSACTION. Waits while another one, which ends just now, has the mailbox.
    fn sign_in(&self, name: &str) -> Talk {
        let end = Instant::now() + DEADLINE;
        loop {
            let mut client = self.connect();
            client.is_ok(&format!("USER {name}"));
            let password = if name == "ada" { "lovelace" } else { "hopper" };
            let answer = client.ask(&format!("PASS {password}"));
            if answer.starts_with("+OK") {
                return client;
            }
            assert!(answer.starts_with("-ERR [IN-USE]"), "{answer}");
            assert!(
                Instant::now() < end,
                "the mailbox is in use after {DEADLINE:?}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The names of the letters' files.
    fn files(&self) -> Vec<String> {
        let maildir = self.root.join("ada/Maildir");
        let both = ["new", "cur"].map(|part| files(&maildir.join(part)));
        let mut names: Vec<_> = both.iter().flatten().map(|file| name(file)).collect();
        names.sort();
        names
    }

    fn command(&self, client: &str, flags: &[&str]) -> assert_cmd::Command {
        let mut command = self.client(client);
        command.args(flags).timeout(DEADLINE);
        command
    }

    fn run(&self, client: &str, flags: &[&str]) -> Assert {
        self.command(client, flags).assert()
    }
}

impl Talk {
    #[track_caller]
    fn ask(&mut self, command: &str) -> String {
        self.write(format!("{command}\r\n").as_bytes());
        self.line()
    }

    #[track_caller]
    fn is_ok(&mut self, command: &str) {
        let answer = self.ask(command);
        assert!(
            answer == "+OK" || answer.starts_with("+OK "),
            "{command}: {answer}"
        );
    }

    #[track_caller]
    fn is_refused(&mut self, command: &str, why: &str) {
        let answer = self.ask(command);
        let refused = answer
            .strip_prefix("-ERR ")
            .is_some_and(|said| said.contains(why));
        assert!(refused, "{command}: {answer}");
    }

    /// The lines of an answer, with the dots that were put before some.
    #[track_caller]
    fn lines_as_sent(&mut self, command: &str) -> Vec<String> {
        self.is_ok(command);
        let mut lines = Vec::new();
        loop {
            match self.line() {
                line if line == "." => return lines,
                line => lines.push(line),
            }
        }
    }

    #[track_caller]
    fn lines(&mut self, command: &str) -> Vec<String> {
        let lines = self.lines_as_sent(command);
        let unstuff = |line: String| line.strip_prefix('.').unwrap_or(&line).to_owned();
        lines.into_iter().map(unstuff).collect()
    }
}
