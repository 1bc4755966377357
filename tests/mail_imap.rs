//! Runs Part V's IMAP: the post office's by raw sockets, `imap_session_34` against it and against servers that misbehave,
//! and, in tests that `cargo test` ignores, with curl, Python's imaplib and Debian's Dovecot.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[cfg(unix)]
#[path = "common/dovecot.rs"]
mod dovecot;
#[path = "common/post_office.rs"]
mod post_office;

use assert_cmd::assert::Assert;
use common::{DEADLINE, closed_port, fails, program};
use post_office::{FOR_EVER, PASSWORD, Post, Talk, client, files, foreign, output, try_all, until};
use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

const CLIENT: &str = "imap_session_34";

const PLAIN: &[u8] = b"From: Grace <grace@loopback.example>\r\nTo: ada@loopback.example\r\n\
    Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\nDear Ada\r\nyours\r\n";
/// Two parts, and the first one has lines that look like the end of a FETCH.
const PARTS: &[u8] =
    b"From: Someone <someone@elsewhere.example>\r\nSubject: Parts {7}\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\nnobody reads this\r\n--b\r\n\r\nfirst\r\n)\r\n\
    a OK that is all {3}\r\n--b\r\n\
    Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    PGI+c2Vjb25kPC9iPg==\r\n--b--\r\n";
const OTHER: &[u8] = b"Subject: third\r\n\r\nthree\r\n";
const LAST: &[u8] = b"Subject: fourth\r\n\r\nfour\r\n";

// ---- The post office, by raw sockets ----

#[test]
fn what_is_allowed_depends_on_the_state() {
    let post = Post::with(&[PLAIN]);
    let mut client = Talk::with(post.at("imap"));
    let greeting = client.line();
    assert!(
        greeting.starts_with("* OK [CAPABILITY IMAP4rev1 "),
        "{greeting}"
    );
    for command in [
        "LIST \"\" *",
        "SELECT INBOX",
        "FETCH 1 FLAGS",
        "IDLE",
        "STATUS INBOX (MESSAGES)",
        "CLOSE",
        "APPEND INBOX {3}",
        "CREATE x",
        "EXPUNGE",
        "UNSELECT",
    ] {
        client.says(command, &[], "BAD ");
    }
    let able = client.ok("capability");
    for word in [
        "IMAP4rev1",
        "STARTTLS",
        "AUTH=PLAIN",
        "IDLE",
        "MOVE",
        "UIDPLUS",
        "LITERAL-",
    ] {
        assert!(
            able[0].split(' ').any(|able| able == word),
            "no {word} in {able:?}"
        );
    }
    client.says("LOGIN ada lovelace", &[], "OK [CAPABILITY IMAP4rev1 ");
    let able = client.ok("CAPABILITY");
    assert!(
        !able[0].contains("STARTTLS") && !able[0].contains("AUTH="),
        "{able:?}"
    );
    for command in ["LOGIN ada lovelace", "AUTHENTICATE PLAIN", "STARTTLS"] {
        client.says(command, &[], "BAD you have signed in");
    }
    for command in [
        "FETCH 1 FLAGS",
        "SEARCH ALL",
        "STORE 1 +FLAGS (\\Seen)",
        "EXPUNGE",
        "CLOSE",
    ] {
        client.says(command, &[], "BAD open a folder first");
    }
    client.ok("SELECT INBOX");
    // A SELECT that fails closes what was open.
    client.says("SELECT nowhere", &[], "NO ");
    client.says("FETCH 1 FLAGS", &[], "BAD open a folder first");
    client.says("LOGOUT", &["* BYE until next time"], "OK ");
    client.is_at_its_end();
}

#[test]
fn there_are_three_ways_to_say_who_one_is() {
    let post = Post::with(&[]);
    // \0ada\0lovelace and \0ada\0lovelorn
    let (right, wrong) = ("AGFkYQBsb3ZlbGFjZQ==", "AGFkYQBsb3ZlbG9ybg==");
    let mut client = post.connect();
    client.says(
        &format!("AUTHENTICATE PLAIN {wrong}"),
        &[],
        "NO [AUTHENTICATIONFAILED]",
    );
    client.says(&format!("authenticate plain {right}"), &[], "OK ");
    let mut client = post.connect();
    client.write(b"a AUTHENTICATE PLAIN\r\n");
    assert_eq!(client.line(), "+ ");
    client.write(b"*\r\n");
    assert_eq!(client.line(), "a BAD you have changed your mind");
    client.write(b"b AUTHENTICATE PLAIN\r\n");
    assert_eq!(client.line(), "+ ");
    client.write(format!("{right}\r\n").as_bytes());
    assert!(client.line().starts_with("b OK "));
    let mut client = post.connect();
    client.write(b"a LOGIN {3}\r\n");
    assert_eq!(client.line(), "+ go on");
    client.write(b"ada {8+}\r\nlovelace\r\n");
    assert!(client.line().starts_with("a OK "));
    for nonsense in [
        "AUTHENTICATE PLAIN =",
        "AUTHENTICATE PLAIN eA==",
        "AUTHENTICATE",
        "LOGIN ada",
    ] {
        post.connect().says(nonsense, &[], "BAD ");
    }
    post.connect().says("AUTHENTICATE CRAM-MD5", &[], "NO ");
    // Three wrong ones, and that is it.
    let mut client = post.connect();
    for _ in 0..3 {
        client.says("LOGIN ada \"lovelorn\"", &[], "NO [AUTHENTICATIONFAILED]");
    }
    assert!(client.line().starts_with("* BYE "));
    client.is_at_its_end();
    let mut client = post.connect();
    client.says("LOGIN ada@loopback.example lovelace", &[], "OK ");
    for secret in ["lovelace", "lovelorn", right, wrong] {
        post.never_told(secret);
    }
}

#[test]
fn nor_is_a_password_told_when_one_has_signed_in_already() {
    let post = Post::with(&[PLAIN]);
    let mut client = post.sign_in();
    for command in [
        "LOGIN ada lovelace1",
        "  LOGIN ada lovelace2",
        "login {3+}\r\nada lovelace3",
        "AUTHENTICATE PLAIN AGFkYQBsb3ZlbGFjZQ==",
    ] {
        let (_, answer) = client.ask(command);
        assert!(answer.starts_with("BAD "), "{command}: {answer}");
    }
    client.write(b"LOGIN ada lovelace4\r\n");
    assert!(client.line().contains("BAD "));
    client.says("SELECT nowhere", &[], "NO ");
    client.ask("SEARCH SUBJECT author");
    client.ok("NOOP");
    post.has_told("> t NOOP");
    post.has_told("> t SEARCH SUBJECT author");
    for secret in [
        "lovelace1",
        "lovelace2",
        "lovelace3",
        "lovelace4",
        "AGFkYQBsb3ZlbGFjZQ==",
    ] {
        post.never_told(secret);
    }
}

#[test]
fn an_open_folder_is_described_and_examine_changes_nothing() {
    let post = Post::with(&[PLAIN, PARTS]);
    let mut client = post.sign_in();
    let told = client.ok("EXAMINE inbox");
    for line in [
        "* 2 EXISTS",
        "* 2 RECENT",
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
    ] {
        assert!(
            told.iter().any(|told| told == line),
            "no {line} in {told:?}"
        );
    }
    for start in [
        "* OK [UNSEEN 1]",
        "* OK [UIDNEXT 3]",
        "* OK [UIDVALIDITY 1",
        "* OK [PERMANENTFLAGS ()]",
    ] {
        assert!(
            told.iter().any(|told| told.starts_with(start)),
            "no {start} in {told:?}"
        );
    }
    for command in [
        "STORE 1 +FLAGS (\\Seen)",
        "EXPUNGE",
        "UID EXPUNGE 1",
        "MOVE 1 INBOX",
    ] {
        client.says(command, &[], "NO [READ-ONLY]");
    }
    client.ok("FETCH 1 BODY[]");
    client.says("FETCH 1 FLAGS", &["* 1 FETCH (FLAGS (\\Recent))"], "OK ");
    client.ok("CLOSE");
    // The first session that may change it takes "recent" away from the others.
    assert!(client.answer("SELECT INBOX").starts_with("OK [READ-WRITE]"));
    client.says("FETCH 1 FLAGS", &["* 1 FETCH (FLAGS (\\Recent))"], "OK ");
    let mut second = post.sign_in();
    assert!(second.ok("SELECT INBOX").contains(&"* 0 RECENT".into()));
    second.says("FETCH 1 FLAGS", &["* 1 FETCH (FLAGS ())"], "OK ");
}

#[test]
fn pieces_of_a_letter_come_as_they_are() {
    let post = Post::with(&[PLAIN, PARTS]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    assert_eq!(client.literal("FETCH 1 BODY.PEEK[]"), PLAIN);
    assert_eq!(client.literal("FETCH 2 BODY.PEEK[]"), PARTS);
    client.says("FETCH 2 FLAGS", &["* 2 FETCH (FLAGS (\\Recent))"], "OK ");
    let is = |client: &mut Talk, item: &str, expected: &str| {
        let got = client.literal(&format!("FETCH 2 {item}"));
        assert_eq!(String::from_utf8(got).unwrap(), expected, "{item}");
    };
    is(&mut client, "BODY.PEEK[2]", "PGI+c2Vjb25kPC9iPg==");
    is(
        &mut client,
        "BODY.PEEK[1]",
        "first\r\n)\r\na OK that is all {3}",
    );
    is(&mut client, "BODY.PEEK[2]<3.4>", "+c2V");
    is(&mut client, "BODY.PEEK[2]<4000.4>", "");
    is(&mut client, "BODY.PEEK[1.MIME]", "\r\n");
    is(
        &mut client,
        "BODY.PEEK[HEADER.FIELDS (subject X-None)]",
        "Subject: Parts {7}\r\n\r\n",
    );
    is(
        &mut client,
        "BODY.PEEK[HEADER.FIELDS.NOT (Content-Type MIME-VERSION)]",
        "From: Someone <someone@elsewhere.example>\r\nSubject: Parts {7}\r\n\r\n",
    );
    client.says("FETCH 2 BODY.PEEK[3]", &["* 2 FETCH (BODY[3] NIL)"], "OK ");
    let header = client.literal("FETCH 1 RFC822.HEADER");
    let text = client.literal("FETCH 1 BODY.PEEK[TEXT]");
    assert_eq!([header, text].concat(), PLAIN);
    // Whoever fetches without PEEK has read it.
    client.ok("FETCH 1 (RFC822.HEADER)");
    client.says("FETCH 1 FLAGS", &["* 1 FETCH (FLAGS (\\Recent))"], "OK ");
    assert_eq!(client.literal("FETCH 1 RFC822"), PLAIN);
    client.says(
        "FETCH 1 FLAGS",
        &["* 1 FETCH (FLAGS (\\Seen \\Recent))"],
        "OK ",
    );
    post.has_told(&format!(
        "store -> MUA  ada/Maildir/cur/0000000001.650f1c2ab3d4e:2,S, {} bytes",
        PLAIN.len()
    ));
}

#[test]
fn the_server_takes_letters_apart_for_its_clients() {
    let post = Post::with(&[
        PLAIN,
        PARTS,
        b"no header at all",
        b"",
        b"Subject: 8\xff\xfebits \x1b[2J\r\n\r\n",
    ]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    let grace = "((\"Grace\" NIL \"grace\" \"loopback.example\"))";
    client.says(
        "FETCH 1 (ENVELOPE RFC822.SIZE)",
        &[&format!(
            "* 1 FETCH (ENVELOPE (\"Mon, 02 Nov 2026 10:00:00 +0100\" \"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" {grace} {grace} \
             {grace} ((NIL NIL \"ada\" \"loopback.example\")) NIL NIL NIL NIL) RFC822.SIZE {})",
            PLAIN.len()
        )],
        "OK ",
    );
    client.says(
        "FETCH 2 BODYSTRUCTURE",
        &["* 2 FETCH (BODYSTRUCTURE ((\"TEXT\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 30 2 NIL NIL NIL NIL)\
           (\"TEXT\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"base64\" 20 0 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL))"],
        "OK ",
    );
    client.says(
        "FETCH 2 BODY",
        &[
            "* 2 FETCH (BODY ((\"TEXT\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 30 2)\
           (\"TEXT\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"base64\" 20 0) \"mixed\"))",
        ],
        "OK ",
    );
    // Whatever it is, something is said about it, in 7 bits.
    for number in 3..=5 {
        let told = client.ok(&format!(
            "FETCH {number} (ENVELOPE BODYSTRUCTURE BODY.PEEK[1] BODY.PEEK[HEADER])"
        ));
        assert!(
            told[0].is_ascii() && told[0].contains("ENVELOPE"),
            "{told:?}"
        );
    }
    let all = client.ok("FETCH 1:* FULL");
    assert_eq!(
        all.iter().filter(|line| line.starts_with("* ")).count(),
        5,
        "{all:?}"
    );
    assert!(all[0].contains(" INTERNALDATE \""), "{all:?}");
    let uids = client.ok("UID FETCH 4:2,* (FLAGS)");
    let starts: Vec<_> = uids
        .iter()
        .map(|line| line.split(" FLAGS").next().unwrap())
        .collect();
    assert_eq!(
        starts,
        [
            "* 2 FETCH (UID 2",
            "* 3 FETCH (UID 3",
            "* 4 FETCH (UID 4",
            "* 5 FETCH (UID 5"
        ]
    );
    // Of UIDs that nobody has, nothing; of numbers that nobody has, BAD.
    client.says("UID FETCH 77 FLAGS", &[], "OK ");
    client.says("FETCH 77 FLAGS", &[], "BAD ");
    client.says("FETCH 0 FLAGS", &[], "BAD ");
    client.says("FETCH 1 BINARY[1]", &[], "BAD ");
}

#[test]
fn numbers_sink_only_when_the_client_has_been_told() {
    let post = Post::with(&[PLAIN, PARTS, OTHER, LAST]);
    let (mut one, mut two) = (post.sign_in(), post.sign_in());
    one.ok("SELECT INBOX");
    two.ok("SELECT INBOX");
    one.says(
        "STORE 2 +FLAGS (\\Deleted)",
        &["* 2 FETCH (FLAGS (\\Deleted \\Recent))"],
        "OK ",
    );
    one.says("EXPUNGE", &["* 2 EXPUNGE"], "OK ");
    one.says("FETCH 2 UID", &["* 2 FETCH (UID 3)"], "OK ");
    // The other session has not been told: for it, number 3 is the third letter still, and 2 is gone.
    two.says("FETCH 3 UID", &["* 3 FETCH (UID 3)"], "OK ");
    two.says(
        "FETCH 1:4 UID",
        &[
            "* 1 FETCH (UID 1)",
            "* 3 FETCH (UID 3)",
            "* 4 FETCH (UID 4)",
        ],
        "NO [EXPUNGEISSUED]",
    );
    two.says("STORE 2 +FLAGS (\\Seen)", &[], "NO [EXPUNGEISSUED]");
    two.says("SEARCH ALL", &["* SEARCH 1 3 4"], "OK ");
    // A UID that is gone is no error.
    two.says("UID STORE 2 +FLAGS (\\Seen)", &["* 2 EXPUNGE"], "OK ");
    two.says("NOOP", &[], "OK ");
    two.says("FETCH 2 UID", &["* 2 FETCH (UID 3)"], "OK ");
    two.says("FETCH 4 UID", &[], "BAD ");
    // A new letter and a changed flag are told at once, also with a FETCH.
    one.append("INBOX", OTHER);
    one.ok("STORE 1 +FLAGS.SILENT (\\Answered)");
    two.says(
        "FETCH 1 UID",
        &[
            "* 1 FETCH (UID 1)",
            "* 1 FETCH (FLAGS (\\Answered))",
            "* 4 EXISTS",
            "* 0 RECENT",
        ],
        "OK ",
    );
    // Of two that go at once, the later one is told first, so that both numbers are right.
    one.ok("STORE 1,3 +FLAGS.SILENT (\\Deleted)");
    one.says("EXPUNGE", &["* 3 EXPUNGE", "* 1 EXPUNGE"], "OK ");
    two.says(
        "UID FETCH 3 FLAGS",
        &["* 2 FETCH (UID 3 FLAGS ())", "* 3 EXPUNGE", "* 1 EXPUNGE"],
        "OK ",
    );
}

#[test]
fn whoever_idles_is_told() {
    let post = Post::with(&[PLAIN]);
    let (mut idler, mut other) = (post.sign_in(), post.sign_in());
    other.ok("SELECT INBOX");
    idler.ok("SELECT INBOX");
    idler.write(b"a IDLE\r\n");
    assert!(idler.line().starts_with("+ "));
    other.append("INBOX", OTHER);
    assert_eq!(idler.line(), "* 2 EXISTS");
    idler.line();
    other.ok("STORE 1 +FLAGS (\\Flagged)");
    assert_eq!(idler.line(), "* 1 FETCH (FLAGS (\\Flagged))");
    other.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    assert_eq!(idler.line(), "* 1 FETCH (FLAGS (\\Flagged \\Deleted))");
    other.ok("EXPUNGE");
    assert_eq!(idler.line(), "* 1 EXPUNGE");
    // A letter from the world.
    post.deliver(LAST);
    assert_eq!(idler.line(), "* 2 EXISTS");
    idler.line();
    idler.write(b"DONE\r\n");
    assert!(idler.line().starts_with("a OK "));
    idler.says("FETCH 2 UID", &["* 2 FETCH (UID 3)"], "OK ");
    for end in ["NOOP", "", "b DONE"] {
        idler.write(b"a IDLE\r\n");
        assert!(idler.line().starts_with("+ "));
        idler.write(format!("{end}\r\n").as_bytes());
        assert!(idler.line().starts_with("a BAD "));
    }
    // Without a folder, there is nothing to tell.
    idler.ok("UNSELECT");
    idler.write(b"a IDLE\r\nDONE\r\n");
    assert!(idler.line().starts_with("+ "));
    assert!(idler.line().starts_with("a OK "));
    // Whoever hangs up while idling leaves no trace.
    let mut gone = post.sign_in();
    gone.ok("SELECT INBOX");
    gone.write(b"a IDLE\r\n");
    gone.line();
    drop(gone);
    post.has_told("ended: the client closed the connection");
}

#[test]
fn a_literal_is_counted_and_not_read() {
    let post = Post::with(&[]);
    let mut client = post.sign_in();
    let letter = b"Subject: }{3}\r\n\r\n{3}\r\n}\r\na LOGOUT\r\n* BYE\r\n";
    client.append("INBOX", letter);
    client.ok("EXAMINE INBOX");
    assert_eq!(client.literal("FETCH 1 BODY.PEEK[]"), letter);
    client.says("SEARCH SUBJECT {5}", &[], "+ go on");
    client.write(b"}{3}\r\r\n");
    assert_eq!(
        client.line(),
        "* SEARCH",
        "a CR within a literal is no line end"
    );
    assert!(client.line().starts_with("t OK "));
    // The line goes on behind a literal, with another one.
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    client.write(b"a SEARCH SUBJECT {4+}\r\n}{3} BODY {1}\r\n");
    assert_eq!(client.line(), "+ go on");
    client.write(b"}\r\n");
    assert_eq!(client.line(), "* SEARCH 1");
    assert!(client.line().starts_with("a OK "));
    // Flags and a date are kept.
    client.write(b"b APPEND INBOX (\\Seen \\Flagged $Mine) \"02-Nov-2020 10:11:12 +0100\" {6}\r\n");
    assert_eq!(client.line(), "+ go on");
    client.write(b"a: b\r\n\r\n");
    assert_eq!(client.line(), "* 2 EXISTS");
    client.line();
    assert!(client.line().starts_with("b OK [APPENDUID 1"));
    client.says(
        "FETCH 2 (FLAGS INTERNALDATE)",
        &["* 2 FETCH (FLAGS (\\Flagged \\Seen) INTERNALDATE \"02-Nov-2020 09:11:12 +0000\")"],
        "OK ",
    );
    // What is no letter, and where there is no folder.
    for (command, bytes, answer) in [
        ("APPEND INBOX", &b"a: b\n"[..], "NO "),
        ("APPEND INBOX", b"a: b\r", "NO "),
        ("APPEND INBOX", b"", "NO "),
        ("APPEND nowhere", b"a: b\r\n", "NO [TRYCREATE]"),
        ("APPEND ../x", b"a: b\r\n", "NO [TRYCREATE]"),
        ("APPEND INBOX", b"a:\0b\r\n", "BAD "),
    ] {
        client.write(format!("c {command} {{{}}}\r\n", bytes.len()).as_bytes());
        assert_eq!(client.line(), "+ go on");
        client.write(&[bytes, b"\r\n"].concat());
        let told = client.line();
        assert!(
            told.starts_with(&format!("c {answer}")),
            "{command} {bytes:?}: {told}"
        );
    }
    client.says(
        "STATUS INBOX (MESSAGES)",
        &["* STATUS INBOX (MESSAGES 2)"],
        "OK ",
    );
}

#[test]
fn a_literal_that_is_too_long_is_refused_before_it_comes() {
    let post = Post::with(&[]);
    let mut client = post.sign_in();
    for command in [
        "APPEND INBOX {4294967295}",
        "APPEND INBOX {11000000}",
        "SELECT {70000}",
        "SEARCH TEXT {70000}",
    ] {
        client.says(command, &[], "NO [TOOBIG]");
    }
    client.says("APPEND INBOX {99999999999999999999}", &[], "BAD ");
    client.ok("NOOP");
    // Nobody has signed in: nothing long is taken.
    let mut stranger = post.connect();
    stranger.says("LOGIN {2000}", &[], "NO [TOOBIG]");
    // What comes unasked, and is not taken, must not be read as commands.
    for command in [
        "APPEND INBOX {5000+}",
        "BLAH {9+}",
        "NOOP {9+}",
        "APPEND INBOX \"\" {9+}",
    ] {
        let mut client = post.sign_in();
        client.write(format!("a {command}\r\nb CREATE injected\r\n").as_bytes());
        let told = client.line();
        assert!(told.starts_with("* BYE"), "{command}: {told}");
        client.is_at_its_end();
    }
    // Cut in the middle: nothing was delivered.
    client.write(b"a APPEND INBOX {100}\r\n");
    client.line();
    client.write(b"Subject: half");
    drop(client);
    let mut client = post.sign_in();
    client.says("LIST \"\" *", &["* LIST () \".\" INBOX"], "OK ");
    client.says(
        "STATUS INBOX (MESSAGES)",
        &["* STATUS INBOX (MESSAGES 0)"],
        "OK ",
    );
}

#[test]
fn folders_are_made_listed_renamed_and_removed() {
    let post = Post::with(&[PLAIN, PARTS]);
    let mut client = post.sign_in();
    for folder in [
        "Work.2026",
        "Work.2026.June",
        "\"two words\"",
        "&AOk-",
        "Sent.",
    ] {
        client.ok(&format!("CREATE {folder}"));
    }
    let list = |client: &mut Talk, pattern: &str| {
        let told = client.ok(&format!("LIST \"\" {pattern}"));
        let name = |line: String| line.split("\".\" ").nth(1).unwrap().to_owned();
        told.into_iter().map(name).collect::<Vec<_>>()
    };
    let all = [
        "&AOk-",
        "INBOX",
        "Sent",
        "Work",
        "Work.2026",
        "Work.2026.June",
        "\"two words\"",
    ];
    assert_eq!(list(&mut client, "*"), all);
    assert_eq!(
        list(&mut client, "%"),
        ["&AOk-", "INBOX", "Sent", "Work", "\"two words\""]
    );
    assert_eq!(list(&mut client, "Work.%"), ["Work.2026"]);
    assert_eq!(list(&mut client, "w*"), Vec::<String>::new());
    assert_eq!(list(&mut client, "inbox"), ["INBOX"]);
    assert_eq!(list(&mut client, &"*".repeat(5_000)), all);
    client.says("LIST \"\" Work", &["* LIST (\\Noselect) \".\" Work"], "OK ");
    client.says("LIST Work. %", &["* LIST () \".\" Work.2026"], "OK ");
    client.says("LIST \"\" \"\"", &["* LIST (\\Noselect) \".\" \"\""], "OK ");
    client.says("LSUB \"\" Sent", &["* LSUB () \".\" Sent"], "OK ");
    client.ok("SUBSCRIBE Sent");
    client.says("CREATE Sent", &[], "NO [ALREADYEXISTS]");
    for name in [
        "..",
        "../grace",
        "a/b",
        "a..b",
        ".",
        "\"a\\\\b\"",
        "a:b",
        "\"*\"",
        "\"a\"\"",
        "x\u{e9}",
    ] {
        let answer = client.answer(&format!("CREATE {name}"));
        assert!(
            answer.starts_with("NO [CANNOT]") || answer.starts_with("BAD "),
            "{name}: {answer}"
        );
    }
    // What is below INBOX, in whatever letters, is below the one that is there.
    client.ok("CREATE inbox.sub");
    client.says(
        "LIST \"\" inbox*",
        &["* LIST () \".\" INBOX", "* LIST () \".\" inbox.sub"],
        "OK ",
    );
    client.says("DELETE INBOX", &[], "NO [CANNOT]");
    client.says("DELETE nowhere", &[], "NO [NONEXISTENT]");
    client.says("RENAME nowhere x", &[], "NO [NONEXISTENT]");
    client.says("RENAME Sent INBOX", &[], "NO [ALREADYEXISTS]");
}

#[test]
fn copies_moves_and_names_of_folders_keep_the_letters() {
    let post = Post::with(&[PLAIN, PARTS, OTHER]);
    let mut client = post.sign_in();
    client.ok("CREATE Work.2026");
    client.ok("SELECT INBOX");
    client.ok("STORE 1 +FLAGS.SILENT (\\Flagged)");
    client.says("COPY 1 nowhere", &[], "NO [TRYCREATE]");
    let answer = client.answer("COPY 1:2 Work.2026");
    assert!(
        answer.starts_with("OK [COPYUID 1") && answer.contains(" 1:2 1:2] "),
        "{answer}"
    );
    client.says("UID COPY 77 Work.2026", &[], "OK ");
    let told = client.ok("MOVE 3 Work.2026");
    assert!(
        told[0].starts_with("* OK [COPYUID 1") && told[1] == "* 3 EXPUNGE",
        "{told:?}"
    );
    // Only those that are named go, of those that are flagged.
    client.ok("STORE 1:2 FLAGS.SILENT (\\Deleted)");
    client.says("UID EXPUNGE 2:9", &["* 2 EXPUNGE"], "OK ");
    client.says(
        "FETCH 1 FLAGS",
        &["* 1 FETCH (FLAGS (\\Deleted \\Recent))"],
        "OK ",
    );
    client.says(
        "STORE 1 -FLAGS (\\Deleted)",
        &["* 1 FETCH (FLAGS (\\Recent))"],
        "OK ",
    );
    client.ok("RENAME Work.2026 Old.2026");
    client.says("STATUS Work.2026 (MESSAGES)", &[], "NO [NONEXISTENT]");
    client.says(
        "STATUS Old.2026 (MESSAGES UNSEEN)",
        &["* STATUS Old.2026 (MESSAGES 3 UNSEEN 3)"],
        "OK ",
    );
    client.ok("SELECT Old.2026");
    client.says(
        "FETCH 1 (UID FLAGS)",
        &["* 1 FETCH (UID 1 FLAGS (\\Flagged))"],
        "OK ",
    );
    assert_eq!(client.literal("FETCH 3 BODY.PEEK[]"), OTHER);
    // CLOSE removes what is flagged, and tells nothing; UNSELECT leaves it.
    client.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    client.ok("UNSELECT");
    client.says(
        "STATUS Old.2026 (MESSAGES)",
        &["* STATUS Old.2026 (MESSAGES 3)"],
        "OK ",
    );
    client.ok("SELECT Old.2026");
    client.says("CLOSE", &[], "OK ");
    client.says(
        "STATUS Old.2026 (MESSAGES)",
        &["* STATUS Old.2026 (MESSAGES 2)"],
        "OK ",
    );
    // INBOX moves what is in it, and stays.
    client.ok("RENAME INBOX Was");
    client.says(
        "STATUS INBOX (MESSAGES)",
        &["* STATUS INBOX (MESSAGES 0)"],
        "OK ",
    );
    client.says(
        "STATUS Was (MESSAGES)",
        &["* STATUS Was (MESSAGES 1)"],
        "OK ",
    );
    // Whose folder goes away under it hears so. A new one of that name is another folder.
    let mut other = post.sign_in();
    other.ok("SELECT Was");
    client.ok("DELETE Was");
    client.ok("CREATE Was");
    other.write(b"a NOOP\r\n");
    assert!(other.line().starts_with("* BYE "));
    other.is_at_its_end();
}

/// As copying into the folder itself is allowed, so is this (RFC 6851 §3.3).
#[test]
fn a_letter_that_is_moved_to_where_it_is_is_there_once_and_has_a_new_uid() {
    let post = Post::with(&[PLAIN, OTHER]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    let told = client.ok("MOVE 1 INBOX");
    assert!(told[0].contains("[COPYUID 1") && told[0].contains(" 1 3] "));
    assert_eq!(told[1..3], ["* 1 EXPUNGE", "* 2 EXISTS"], "{told:?}");
    client.says(
        "FETCH 1:2 UID",
        &["* 1 FETCH (UID 2)", "* 2 FETCH (UID 3)"],
        "OK ",
    );
    assert_eq!(client.literal("FETCH 2 BODY.PEEK[]"), PLAIN);
}

#[test]
fn search_finds_what_is_asked_for() {
    let post = Post::with(&[PLAIN, PARTS, OTHER]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    client.ok("STORE 3 +FLAGS.SILENT (\\Seen \\Answered)");
    for (keys, found) in [
        ("ALL", "1 2 3"),
        ("SEEN", "3"),
        ("UNSEEN", "1 2"),
        ("ANSWERED UNDELETED", "3"),
        ("RECENT", "1 2 3"),
        ("NEW", "1 2"),
        ("OLD", ""),
        ("NOT SEEN", "1 2"),
        ("OR SEEN 1", "1 3"),
        ("(SEEN ANSWERED) NOT FLAGGED", "3"),
        ("2:*", "2 3"),
        ("*", "3"),
        ("UID 2:1", "1 2"),
        ("UID 9:*", "3"),
        ("SUBJECT parts", "2"),
        ("SUBJECT \"\"", "1 2 3"),
        ("FROM gRaCe", "1"),
        ("TO ada", "1"),
        ("CC ada", ""),
        ("BODY \"<b>second\"", "2"),
        ("BODY Grace", ""),
        ("TEXT Grace", "1"),
        ("TEXT \"subject: third\"", "3"),
        ("HEADER MIME-Version 1.0", "2"),
        ("HEADER Content-Type \"\"", "2"),
        ("HEADER X-None \"\"", ""),
        ("LARGER 200", "2"),
        ("SMALLER 200", "1 3"),
        ("SENTON 2-Nov-2026", "1"),
        ("SENTSINCE 3-Nov-2026", ""),
        ("SENTBEFORE 3-Nov-2026", "1"),
        ("BEFORE 1-Jan-2020", ""),
        ("SINCE 1-Jan-2020", "1 2 3"),
        ("KEYWORD mine", ""),
        ("UNKEYWORD mine", "1 2 3"),
        ("CHARSET us-ascii ALL", "1 2 3"),
    ] {
        let expected = format!("* SEARCH {found}");
        client.says(&format!("SEARCH {keys}"), &[expected.trim_end()], "OK ");
    }
    client.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    client.ok("EXPUNGE");
    client.says("UID SEARCH ALL", &["* SEARCH 2 3"], "OK ");
    client.says("SEARCH ALL", &["* SEARCH 1 2"], "OK ");
    client.says("SEARCH CHARSET KOI8-R ALL", &[], "NO [BADCHARSET");
    for nonsense in [
        "SEARCH",
        "SEARCH WRONG",
        "SEARCH OR SEEN",
        "SEARCH (",
        "SEARCH BEFORE 99-Nov-2026",
    ] {
        client.says(nonsense, &[], "BAD ");
    }
    let deep = format!("SEARCH {}ALL", "NOT ".repeat(8_000));
    client.says(&deep, &[], "BAD ");
}

#[test]
fn words_that_are_not_ascii_are_found() {
    let post = Post::with(&[PLAIN]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    client.write("a SEARCH CHARSET UTF-8 SUBJECT {7+}\r\ngrÜße\r\n".as_bytes());
    assert_eq!(client.line(), "* SEARCH 1");
    assert!(client.line().starts_with("a OK "));
}

#[test]
fn garbage_is_refused_and_disturbs_nobody() {
    let post = Post::with(&[PLAIN]);
    let mut other = post.sign_in();
    other.ok("SELECT INBOX");
    let mut client = post.sign_in();
    for line in [
        &b""[..],
        b" ",
        b"a",
        b"a ",
        b"* OK",
        b"+ x NOOP",
        b"a  NOOP",
        b"a NOOP ",
        b"\xff\xfe\xfd",
        b"a \0",
        b"{3}",
        b"a FETCH",
        b"a FETCH 1",
        b"a FETCH 1 (",
        b"a FETCH 1 BODY[",
        b"a FETCH 1:2:3 FLAGS",
        b"a FETCH 99999999999 FLAGS",
    ] {
        client.write(&[line, b"\r\n"].concat());
        let answer = client.line();
        let tag = if line.starts_with(b"a") { "a" } else { "*" };
        assert!(
            answer.starts_with(&format!("{tag} BAD ")),
            "{line:?}: {answer}"
        );
    }
    client.ok("NOOP");
    for _ in 0..3 {
        client.says("WHAT", &[], "BAD ");
    }
    assert!(
        client.line().starts_with("* BYE "),
        "20 mistakes are enough"
    );
    client.is_at_its_end();
    for bytes in [&b"a NOOP\n"[..], b"a NO\rOP\r\n", b"\n\n\n"] {
        let mut client = post.sign_in();
        client.write(bytes);
        let answer = client.line();
        assert!(answer.starts_with("* BYE "), "{bytes:?}: {answer}");
        client.is_at_its_end();
    }
    let mut client = post.sign_in();
    client.write(&[b"a SELECT ", &b"x".repeat(40_000)[..], b"\r\n"].concat());
    assert!(client.line().starts_with("* BYE "));
    client.is_at_its_end();
    other.says("FETCH 1 UID", &["* 1 FETCH (UID 1)"], "OK ");
}

#[test]
fn ten_mebibytes_without_a_line_end_end_the_session() {
    let post = Post::with(&[]);
    let mut client = post.sign_in();
    let much = vec![b'x'; 1 << 20];
    for _ in 0..10 {
        if client.reader.get_mut().write_all(&much).is_err() {
            break;
        }
    }
    if let Some(line) = client.maybe_line() {
        assert!(line.starts_with("* BYE "), "{line}");
    }
    post.stayed_below(128);
}

#[test]
fn commands_may_come_all_at_once_or_byte_by_byte() {
    let post = Post::with(&[PLAIN]);
    let mut client = post.sign_in();
    client.write(b"a SELECT INBOX\r\nb FETCH 1 UID\r\nc SEARCH ALL\r\nd LOGOUT\r\n");
    let mut lines = Vec::new();
    while let Some(line) = client.maybe_line() {
        lines.push(line);
    }
    let tagged: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split_once(" OK "))
        .map(|(tag, _)| tag)
        .collect();
    assert!(tagged.ends_with(&["b", "c", "d"]), "{lines:?}");
    assert!(
        lines.contains(&"* 1 FETCH (UID 1)".into()) && lines.contains(&"* SEARCH 1".into()),
        "{lines:?}"
    );
    let mut client = post.sign_in();
    for byte in b"a STATUS {5+}\r\nINBOX (MESSAGES)\r\n" {
        client.write(&[*byte]);
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(client.line(), "* STATUS INBOX (MESSAGES 1)");
}

#[test]
fn what_waits_behind_starttls_is_no_command_inside_tls() {
    let post = Post::with(&[]);
    let mut client = post.connect();
    client.write(b"a STARTTLS\r\nb LOGIN ada lovelace\r\n");
    assert!(client.line().starts_with("* BYE "));
    client.is_at_its_end();
    let mut client = post.connect();
    client.says("STARTTLS", &[], "OK ");
    // No TLS, but text.
    client.write(b"b LOGIN ada lovelace\r\n");
    let mut rest = Vec::new();
    let _ = client.reader.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("b OK"), "{rest:?}");
    post.has_told("the handshake failed");
    post.never_told("b LOGIN");
}

/// Linux answers on all of 127.0.0.0/8; so two ends with different addresses are to be had on one machine.
#[cfg(target_os = "linux")]
#[test]
fn from_another_address_no_password_is_taken_in_the_clear() {
    let post = Post::with(&[]);
    let mut client = Talk::from_another_address(post.at("imap"));
    let greeting = client.line();
    assert!(greeting.contains(" STARTTLS LOGINDISABLED]"), "{greeting}");
    assert!(!greeting.contains("AUTH="), "{greeting}");
    for command in [
        "LOGIN ada lovelace",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE PLAIN AGFkYQBsb3ZlbGFjZQ==",
    ] {
        client.says(command, &[], "NO [PRIVACYREQUIRED]");
    }
    client.says("STARTTLS", &[], "OK ");
}

#[test]
fn letters_within_letters_without_an_end_end_nothing() {
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    let wide = format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n{}",
        "--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n".repeat(900)
    );
    let post = Post::with(&[deep.as_bytes(), wide.as_bytes(), PLAIN]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    client.ok("FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY.PEEK[1.1.1])");
    client.says("SEARCH SUBJECT gr", &["* SEARCH 3"], "OK ");
}

#[test]
fn a_letter_asked_for_a_hundred_times_takes_no_more_memory() {
    let large = [
        b"Subject: large\r\n\r\n".to_vec(),
        b"x".repeat(5_000_000),
        b"\r\n".to_vec(),
    ]
    .concat();
    let post = Post::with(&[&large]);
    let mut client = post.sign_in();
    client.ok("SELECT INBOX");
    let items = "BODY.PEEK[] ".repeat(100);
    client.write(format!("a FETCH 1 ({})\r\n", items.trim_end()).as_bytes());
    let (mut count, mut bytes) = (0, [0; 65_536]);
    let mut tail = Vec::new();
    while !tail.ends_with(b"a OK that is all\r\n") {
        let read = match client.reader.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.unwrap(),
        };
        assert!(read > 0, "it hung up after {count} bytes");
        count += read;
        tail.extend_from_slice(&bytes[..read]);
        tail.drain(..tail.len().saturating_sub(100));
    }
    assert!(count > 100 * large.len(), "{count}");
    post.stayed_below(128);
}

#[test]
fn five_hundred_connections_are_served_or_refused() {
    let post = Post::with(&[PLAIN]);
    let mut first = post.sign_in();
    let mut held: Vec<_> = (0..500).map(|_| Talk::with(post.at("imap"))).collect();
    let (mut served, mut refused) = (0, 0);
    for client in &mut held {
        match client.line() {
            line if line.starts_with("* OK ") => served += 1,
            line => {
                assert!(line.starts_with("* BYE [UNAVAILABLE] too many"), "{line}");
                refused += 1;
            }
        }
    }
    assert_eq!((served, refused), (99, 401));
    let told = first.ok("SELECT INBOX");
    assert!(told.contains(&"* 1 EXISTS".into()), "{told:?}");
    // Another service has places of its own.
    assert!(Talk::with(post.at("pop3")).line().starts_with("+OK "));
    post.stayed_below(128);
    drop(held);
    until("a place becomes free", || {
        let greeting = Talk::with(post.at("imap")).line();
        greeting.starts_with("* OK ")
    });
}

#[test]
fn what_append_has_acknowledged_survives_a_kill_and_nothing_half_is_shown() {
    let mut post = Post::with(&[]);
    for count in 1..=5 {
        let mut client = post.sign_in();
        client.append("INBOX", PARTS);
        // Another one is on its way.
        let (_, asked) = client.ask(&format!("APPEND INBOX {{{}}}", PLAIN.len()));
        assert!(asked.starts_with("+ "), "{asked}");
        client.write(&PLAIN[..PLAIN.len() / 2]);
        post = post.killed_and_started();
        let mut client = post.sign_in();
        let told = client.ok("SELECT INBOX");
        assert!(told.contains(&format!("* {count} EXISTS")), "{told:?}");
        assert_eq!(client.literal("FETCH * BODY.PEEK[]"), PARTS);
        let left = files(&post.root.join("ada/Maildir/tmp"));
        assert!(left.is_empty(), "{left:?}");
    }
}

// ---- imap_session_34 with the post office ----

#[test]
fn the_session_shows_each_line_and_leaves_nothing_behind() {
    let post = Post::with(&[PLAIN, PARTS]);
    let flags = |tls: &str| {
        let server = if tls == "implicit" {
            post.at("imaps")
        } else {
            post.at("imap")
        };
        [
            "--server".to_owned(),
            server.to_owned(),
            "--tls".into(),
            tls.into(),
        ]
    };
    for tls in ["none", "starttls", "implicit"] {
        let shown = output(post.run(&flags(tls)));
        let places = [
            "< * OK [CAPABILITY IMAP4rev1 ",
            "> A0001 ",
            " LOGIN \"ada\" \"***\"\n",
            " LIST \"\" *\n",
            " EXAMINE \"INBOX\"\n",
            "= letters in INBOX: 2, not seen: 2\n",
            "= the newest: Parts {7}, ",
            " BODY.PEEK[1]<0.200>\n",
            "{30}\n< first\n< )\n< a OK that is all {3})\n",
            " CREATE \"loopback-34-desk\"\n",
            " APPEND \"loopback-34-desk\" (\\Draft) {",
            "< + go on\n",
            "> In here, {3}\n",
            " UID STORE 1 +FLAGS (\\Flagged)\n",
            " UID MOVE 1 \"loopback-34-archive\"\n",
            "= letters in the archive: 1\n",
            " EXPUNGE\n< * 1 EXPUNGE\n< A",
            "= gone: [1]\n",
            " DELETE \"loopback-34-archive\"\n",
            " LOGOUT\n< * BYE ",
        ]
        .map(|words| {
            shown
                .find(words)
                .unwrap_or_else(|| panic!("no {words:?} in:\n{shown}"))
        });
        assert!(places.is_sorted(), "{places:?} in:\n{shown}");
        assert!(!shown.contains("lovelace"), "{shown}");
        assert_eq!(
            shown.contains("= TLSv1_3, with the certificate of 127.0.0.1"),
            tls != "none"
        );
    }
    let mut client = post.sign_in();
    client.says("LIST \"\" *", &["* LIST () \".\" INBOX"], "OK ");
    client.says(
        "STATUS INBOX (MESSAGES RECENT UNSEEN)",
        &["* STATUS INBOX (MESSAGES 2 RECENT 2 UNSEEN 2)"],
        "OK ",
    );
    // What an earlier session left, if it was cut, is no obstacle.
    client.ok("CREATE loopback-34-archive");
    output(post.run(&flags("none")));
    client.says("LIST \"\" *", &["* LIST () \".\" INBOX"], "OK ");
}

#[test]
fn an_empty_mailbox_is_no_error() {
    let post = Post::with(&[]);
    let shown = output(post.run(&["--server", post.at("imap")]));
    assert!(
        shown.contains("= letters in INBOX: 0, not seen: 0\n"),
        "{shown}"
    );
}

#[test]
fn who_waits_hears_of_a_new_letter() {
    let post = Post::with(&[]);
    let server = post.at("imap");
    let mut client = post.command(&["--server", server, "--wait", "30"]);
    let client = thread::spawn(move || client.assert());
    post.has_told("= signed in: ada");
    until("it idles", || {
        post.told()
            .iter()
            .any(|line| line.starts_with("[1] > A") && line.ends_with(" IDLE"))
    });
    post.deliver(PLAIN);
    let shown = output(client.join().unwrap());
    assert!(
        shown.contains("\n< * 1 EXISTS\n< * 1 RECENT\n= news, and nobody had asked\n> DONE\n"),
        "{shown}"
    );
    let shown = output(post.run(&["--server", server, "--wait", "1"]));
    assert!(shown.contains("\n= no news for 1 s\n> DONE\n"), "{shown}");
}

#[test]
fn who_signs_in_is_told_by_flag_and_variable_and_never_shown() {
    let post = Post::with(&[]);
    let server = ["--server", post.at("imap"), "--user", "grace"];
    fails(
        post.run(&server),
        CLIENT,
        "set the environment variable LOOPBACK_MAIL_PASSWORD",
    );
    for (password, right) in [
        ("hopper", true),
        ("lovelorn", false),
        ("a\"b\\c", false),
        ("hop per", false),
    ] {
        let ended = post.command(&server).env(PASSWORD, password).assert();
        let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
        assert!(!shown.contains(password), "{password}:\n{shown}");
        if right {
            output(ended);
        } else {
            fails(
                ended,
                CLIENT,
                "wrong name or password: check the name and the password",
            );
        }
    }
    let ended = post
        .command(&server)
        .env(PASSWORD, "a\r\nb LOGOUT")
        .assert();
    fails(ended, CLIENT, "invalid character");
}

#[test]
fn the_certificate_is_verified_before_anything_is_said() {
    let (post, other) = (Post::with(&[]), Post::with(&[]));
    let foreign = other.root.join("ca.pem");
    for (server, tls) in [
        (post.at("imap"), "starttls"),
        (post.at("imaps"), "implicit"),
    ] {
        let flags = [
            "--server",
            server,
            "--tls",
            tls,
            "--ca",
            foreign.to_str().unwrap(),
        ];
        let ended = post.run(&flags);
        let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
        assert!(!shown.contains("LOGIN"), "{shown}");
        fails(
            ended,
            CLIENT,
            "no TLS, so no password was sent: invalid peer certificate: ",
        );
        let nothing = ["--server", server, "--tls", tls, "--ca", "no/such/file"];
        fails(
            post.run(&nothing),
            CLIENT,
            "cannot use the CA in no/such/file",
        );
    }
}

#[test]
fn a_bad_flag_gives_one_line_and_exit_code_1() {
    let post = Post::with(&[]);
    let (_held, closed) = closed_port();
    for (flags, says) in [
        (&["--server", "nonsense"][..], "write HOST:PORT"),
        (&["--server", ""], "write HOST:PORT"),
        (&["--server", "\x1b[2J:1"], "write HOST:PORT"),
        (
            &["--server", "192.0.2.1:143"],
            "it is not on this machine: ask for TLS",
        ),
        (
            &["--server", "192.0.2.1:143", "--tls", "implicit"],
            "say who signs in, with --user",
        ),
        (&["--tls", "maybe"], "see --help"),
        (&["--wait", "1501"], "see --help"),
        (&["--password", "x"], "see --help"),
        (&["one"], "see --help"),
        (
            &["--server", &closed.to_string()],
            "nobody listens there: start mail_server_26 first",
        ),
    ] {
        fails(post.run(flags), CLIENT, says);
    }
    let help = output(post.run(&["--help"]));
    assert!(help.contains("LOOPBACK_MAIL_PASSWORD"), "{help}");
}

// ---- Servers that misbehave ----

const GREETING: &str = "* OK ready\r\n";
const STEPS: [&str; 16] = [
    "greeting",
    "CAPABILITY",
    "LOGIN",
    "LIST",
    "EXAMINE",
    "SEARCH",
    "FETCH",
    "CREATE",
    "APPEND",
    "literal",
    "SELECT",
    "UID SEARCH",
    "UID STORE",
    "UID MOVE",
    "EXPUNGE",
    "LOGOUT",
];

#[test]
fn a_server_that_stops_or_hangs_up_is_told_in_one_line() {
    let mut faults = Vec::new();
    for step in STEPS {
        faults.push((step, Does::Nothing, "no whole answer for 5 s: is it busy?"));
        // After LOGOUT, hanging up is what it is for.
        if step != "LOGOUT" {
            faults.push((step, Does::HangUp, "it cut the connection"));
        }
    }
    all_fail(faults);
}

#[test]
fn an_endless_or_senseless_answer_ends_the_session() {
    let mut faults = Vec::new();
    for step in ["greeting", "CAPABILITY", "LOGIN", "FETCH", "SELECT"] {
        faults.push((step, Does::Endless(b"x"), "its line is too long"));
        faults.push((
            step,
            Does::Endless(b"* 1 EXISTS\r\n"),
            "its answers have no end",
        ));
    }
    for step in ["greeting", "FETCH"] {
        let slow = "no whole answer for 5 s: is it busy?";
        faults.push((step, Does::Trickle, slow));
    }
    let slow = "was not over after 15 s: the server is too slow";
    faults.push(("CAPABILITY", Does::Late, slow));
    faults.retain(|(step, does, _)| {
        !(*step == "greeting" && matches!(does, Does::Endless(b"* 1 EXISTS\r\n")))
    });
    for huge in [
        &b"* 1 FETCH (BODY[1]<0> {4294967295}\r\n"[..],
        b"* 1 FETCH (BODY[1]<0> {500000000}\r\n",
        b"* 1 FETCH (BODY[1]<0> {99999999999999999999}\r\n",
    ] {
        faults.push((
            "FETCH",
            Does::Raw(huge),
            "it wants to send more than this program takes",
        ));
    }
    for (step, raw, says) in [
        (
            "greeting",
            &b"+OK POP3 ready\r\n"[..],
            "is it an IMAP server?",
        ),
        ("greeting", b"220 SMTP\r\n", "is it an IMAP server?"),
        ("greeting", b"* BYE too many\r\n", "it does not let us in"),
        ("greeting", b"\x1b[2J\r\n", "is it an IMAP server?"),
        (
            "LOGIN",
            b"A0002 NO [AUTHENTICATIONFAILED] \x1b[2J\r\n",
            "check the name and the password",
        ),
        ("CREATE", b"A0009 NO no \x1b[31mroom\r\n", "it answered no "),
        (
            "APPEND",
            b"A0011 NO [TRYCREATE] no\r\n",
            "it did not take the draft",
        ),
        (
            "UID SEARCH",
            b"* SEARCH\r\nA0013 OK\r\n",
            "the draft that it took is not in its folder",
        ),
        ("FETCH", b"* 1 FETCH what\r\n", "is it an IMAP server?"),
    ] {
        faults.push((step, Does::Raw(raw), says));
    }
    all_fail(faults);
}

#[test]
fn a_server_that_refuses_passwords_gets_none() {
    let folder = tempfile::tempdir().unwrap();
    for (capability, tls, says) in [
        (
            "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nA0001 OK x\r\n",
            "none",
            "it takes no password like this",
        ),
        (
            "* CAPABILITY IMAP4rev1 LoginDisabled\r\nA0001 OK x\r\n",
            "none",
            "it takes no password like this",
        ),
    ] {
        let (server, heard) = hostile("CAPABILITY", Does::Raw(capability.as_bytes()));
        let ended = run_in(folder.path(), &["--server", &server, "--tls", tls]);
        fails(ended, CLIENT, says);
        assert!(!heard.lock().unwrap().contains("LOGIN"), "{heard:?}");
    }
    let post = Post::with(&[]);
    // STARTTLS refused, or with something behind it that is not encrypted.
    for (answer, says) in [
        (&b"A0001 NO not today\r\n"[..], "it answered not today"),
        (b"A0001 BAD what?\r\n", "it answered what?"),
        (
            b"A0001 OK go\r\n* CAPABILITY IMAP4rev1",
            "it sent something before TLS began",
        ),
        (
            b"A0001 OK go\r\n* OK injected\r\n",
            "it sent something before TLS began",
        ),
        (
            b"A0001 OK go\r\nA0002 OK injected\r\n",
            "it sent something before TLS began",
        ),
        (
            b"A0001 OK go\r\nnot TLS, but text, and enough of it\r\n",
            "so no password was sent",
        ),
    ] {
        let (server, heard) = hostile("STARTTLS", Does::Raw(answer));
        let kept = post.ca();
        let flags = ["--server", &server, "--tls", "starttls", "--ca", &kept];
        fails(run_in(folder.path(), &flags), CLIENT, says);
        assert!(!heard.lock().unwrap().contains("lovelace"), "{heard:?}");
    }
}

#[test]
fn a_password_that_the_server_repeats_is_shown_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (server, heard) = hostile(
        "LOGIN",
        Does::Raw(b"* OK you said s3cret\\\"word\r\nA0002 NO not by \"s3cret\\\"word\"\r\n"),
    );
    let mut command = client(CLIENT, folder.path());
    command
        .args(["--server", &server, "--user", "ada"])
        .env(PASSWORD, "s3cret\"word");
    let ended = command.timeout(DEADLINE).assert();
    let output = ended.get_output();
    let shown = [&output.stdout[..], &output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    assert!(heard.lock().unwrap().contains("s3cret"), "{heard:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    fails(ended, CLIENT, "it answered not by");
}

/// A step, what the server does there, and what the client says then.
type Fault = (&'static str, Does, &'static str);

/// Every client meets its fault. Each must end in time, with one line.
#[track_caller]
fn all_fail(faults: Vec<Fault>) {
    let folder = tempfile::tempdir().unwrap();
    program(CLIENT);
    try_all(faults, |(step, does, says)| {
        let (server, _) = hostile(step, does);
        let begun = Instant::now();
        let ended = run_in(folder.path(), &["--server", &server]);
        let took = begun.elapsed();
        let out = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
        let odd = out.contains(|c: char| c.is_control() && c != '\n');
        assert!(!odd, "it prints a control character:\n{out:?}");
        println!("{step}, {does:?}: {took:?}\n{out}");
        fails(ended, CLIENT, says);
    });
}

fn run_in(folder: &Path, flags: &[&str]) -> Assert {
    let mut command = client(CLIENT, folder);
    command.args(flags).timeout(FOR_EVER).assert()
}

#[derive(Clone, Copy, Debug)]
enum Does {
    Nothing,
    HangUp,
    Raw(&'static [u8]),
    /// These bytes, again and again.
    Endless(&'static [u8]),
    /// A byte now and then, of a line that has no end.
    Trickle,
    /// Everything that it should, but late, from here on.
    Late,
}

/// A server that does what the client asks for, but at one step. Gives its address, and what it has heard.
fn hostile(step: &'static str, does: Does) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = Arc::new(Mutex::new(String::new()));
    let log = heard.clone();
    thread::spawn(move || {
        if let Ok((client, _)) = listener.accept() {
            // An error is a client that has left.
            let _ = misbehave(client, step, does, &log);
        }
    });
    (address, heard)
}

fn misbehave(
    mut client: TcpStream,
    step: &str,
    does: Does,
    log: &Mutex<String>,
) -> std::io::Result<()> {
    client.set_read_timeout(Some(FOR_EVER))?;
    let mut lines = BufReader::new(client.try_clone()?);
    let (mut tag, mut command) = (String::new(), "greeting".to_owned());
    let mut late = false;
    loop {
        let is_step = match step {
            "greeting" | "literal" => command == step,
            step => command.starts_with(step),
        };
        late |= is_step && matches!(does, Does::Late);
        if late {
            thread::sleep(Duration::from_secs(3));
        } else if is_step {
            match does {
                Does::Late => {}
                Does::Nothing => thread::sleep(FOR_EVER),
                Does::HangUp => return client.shutdown(Shutdown::Both),
                Does::Raw(bytes) => {
                    client.write_all(bytes)?;
                    let mut rest = Vec::new();
                    lines.read_to_end(&mut rest)?;
                    log.lock()
                        .unwrap()
                        .push_str(&String::from_utf8_lossy(&rest));
                    return Ok(());
                }
                Does::Endless(bytes) => {
                    let much = bytes.repeat(1_000);
                    loop {
                        client.write_all(&much)?;
                    }
                }
                Does::Trickle => {
                    client.write_all(b"* OK ")?;
                    loop {
                        client.write_all(b"x")?;
                        thread::sleep(Duration::from_millis(200));
                    }
                }
            }
        }
        let data = match command.split(' ').next().unwrap_or_default() {
            "greeting" => GREETING,
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 MOVE\r\n",
            "LIST" => "* LIST () \".\" INBOX\r\n",
            "EXAMINE" | "SELECT" => "* 1 EXISTS\r\n* FLAGS (\\Seen)\r\n",
            "SEARCH" => "* SEARCH 1\r\n",
            "UID" if command.starts_with("UID SEARCH") => "* SEARCH 1\r\n",
            "FETCH" => "* 1 FETCH (UID 1)\r\n",
            "EXPUNGE" => "* 1 EXPUNGE\r\n",
            "APPEND" => "+ go on\r\n",
            "LOGOUT" => "* BYE\r\n",
            _ => "",
        };
        client.write_all(data.as_bytes())?;
        if command.starts_with("APPEND") {
            let count = command
                .rsplit_once('{')
                .and_then(|(_, rest)| rest.strip_suffix('}'));
            let mut literal = vec![0; count.and_then(|count| count.parse().ok()).unwrap_or(0) + 2];
            lines.read_exact(&mut literal)?;
            command = "literal".into();
            continue;
        }
        if command != "greeting" {
            client.write_all(format!("{tag} OK done\r\n").as_bytes())?;
        }
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        log.lock().unwrap().push_str(&line);
        let words = line.trim_end().split_once(' ').unwrap_or_default();
        (tag, command) = (words.0.to_owned(), words.1.to_owned());
    }
}

// ---- With other programs ----

#[test]
#[ignore = "needs curl"]
fn curl_lists_fetches_searches_and_appends() {
    let post = Post::with(&[PLAIN, PARTS]);
    let letter = post.folder.path().join("letter.eml");
    fs::write(&letter, OTHER).unwrap();
    let ca = post.ca();
    for (scheme, server, tls) in [
        ("imap", post.at("imap"), &[][..]),
        ("imap", post.at("imap"), &["--ssl-reqd"]),
        ("imaps", post.at("imaps"), &[]),
    ] {
        let curl = |path: &str, more: &[&str]| {
            let url = format!("{scheme}://{server}/{path}");
            let common = [
                "-sS",
                "--max-time",
                "20",
                "-u",
                "ada:lovelace",
                "--cacert",
                &ca,
                &url,
            ];
            foreign("curl", &[&common[..], tls, more].concat())
        };
        let Some((ok, said)) = curl("", &[]) else {
            return;
        };
        assert!(ok && said == "* LIST () \".\" INBOX\r\n", "{said}");
        let (ok, said) = curl("INBOX;MAILINDEX=2", &[]).unwrap();
        assert!(ok && said.as_bytes() == PARTS, "{said}");
        let (ok, said) = curl("INBOX;UID=1;SECTION=TEXT", &[]).unwrap();
        assert!(ok && said == "Dear Ada\r\nyours\r\n", "{said}");
        let (ok, said) = curl("INBOX?SUBJECT%20parts", &[]).unwrap();
        assert!(ok && said == "* SEARCH 2\r\n", "{said}");
        for (request, says) in [
            ("CREATE Kept", ""),
            ("STATUS Kept (MESSAGES)", "* STATUS Kept (MESSAGES 0)\r\n"),
        ] {
            let (ok, said) = curl("", &["-X", request]).unwrap();
            assert!(ok && said == says, "{request}: {said}");
        }
        let (ok, said) = curl("Kept", &["-T", letter.to_str().unwrap()]).unwrap();
        assert!(ok, "{said}");
        let (ok, said) = curl("Kept;MAILINDEX=1", &[]).unwrap();
        assert!(ok && said.as_bytes() == OTHER, "{said}");
        let (ok, said) = curl("", &["-X", "DELETE Kept"]).unwrap();
        assert!(ok, "{said}");
        let (ok, _) = curl("", &["-u", "ada:lovelorn"]).unwrap();
        assert!(!ok, "a wrong password was taken");
    }
}

#[test]
#[ignore = "needs python3"]
fn pythons_imaplib_works_in_the_clear_and_in_tls() {
    const SCRIPT: &str = r#"
import imaplib, ssl, sys
imap, imaps, ca, letter = sys.argv[1:]
letter = bytes.fromhex(letter)
context = ssl.create_default_context(cafile=ca)
split = lambda address: (address.split(":")[0], int(address.split(":")[1]))
def starttls():
    m = imaplib.IMAP4(*split(imap), timeout=20)
    m.starttls(context)
    return m
def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]
for connect in (lambda: imaplib.IMAP4(*split(imap), timeout=20), starttls,
                lambda: imaplib.IMAP4_SSL(*split(imaps), timeout=20, ssl_context=context)):
    m = connect()
    assert "IMAP4REV1" in m.capabilities and "AUTH=PLAIN" in m.capabilities, m.capabilities
    try:
        m.login("ada", "lovelorn")
        sys.exit("a wrong password was taken")
    except imaplib.IMAP4.error as error:
        assert "AUTHENTICATIONFAILED" in str(error), error
    ok(m.authenticate("PLAIN", lambda challenge: b"\0ada\0lovelace"))
    assert ok(m.list()) == [b'() "." INBOX'], m.list()
    assert ok(m.select("INBOX")) == [b"2"]
    assert ok(m.search(None, "FROM", "grace")) == [b"1"]
    assert ok(m.uid("SEARCH", "ALL")) == [b"1 2"]
    assert ok(m.fetch("1", "(BODY.PEEK[])"))[0][1] == letter
    ok(m.store("1", "+FLAGS", "\\Flagged"))
    assert b"Flagged" in ok(m.fetch("1", "(FLAGS)"))[0]
    ok(m.store("1", "-FLAGS", "\\Flagged"))
    ok(m.create("Kept"))
    ok(m.subscribe("Kept"))
    assert len(ok(m.lsub())) == 2
    ok(m.append("Kept", "(\\Seen)", imaplib.Time2Internaldate(0), b"Subject: x\n\nappended\n"))
    ok(m.copy("1", "Kept"))
    assert ok(m.status("Kept", "(MESSAGES UNSEEN)")) == [b"Kept (MESSAGES 2 UNSEEN 1)"]
    ok(m.select("Kept"))
    assert ok(m.fetch("2", "(RFC822)"))[0][1] == letter
    ok(m.store("1:2", "+FLAGS", "\\Deleted"))
    assert len(ok(m.expunge())) == 2
    ok(m.check())
    ok(m.close())
    ok(m.rename("Kept", "Other"))
    ok(m.delete("Other"))
    ok(m.noop())
    m.logout()
print("all is well")
"#;
    let post = Post::with(&[PLAIN, PARTS]);
    let ca = post.ca();
    let hex: String = PLAIN.iter().map(|byte| format!("{byte:02x}")).collect();
    let arguments = ["-c", SCRIPT, post.at("imap"), post.at("imaps"), &ca, &hex];
    let Some((ok, said)) = foreign("python3", &arguments) else {
        return;
    };
    assert!(ok && said == "all is well\n", "{said}");
}

#[cfg(unix)]
#[test]
#[ignore = "needs dovecot-imapd and openssl"]
fn the_session_works_with_dovecot() {
    let Some(dovecot) = dovecot::Dovecot::start(&[PLAIN, PARTS]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let ca = dovecot.ca();
    for (server, tls) in [
        (dovecot.at("imap"), "none"),
        (dovecot.at("imap"), "starttls"),
        (dovecot.at("imaps"), "implicit"),
    ] {
        let flags = ["--server", server, "--tls", tls, "--ca", &ca];
        let shown = output(run_in(folder.path(), &flags));
        for words in [
            "= letters in INBOX: 2, not seen: 2\n",
            " LOGIN \"ada\" \"***\"\n",
            "= letters in the archive: 1\n",
            "= gone: [1]\n",
        ] {
            assert!(shown.contains(words), "{tls}: no {words:?} in:\n{shown}");
        }
        let mut command = client(CLIENT, folder.path());
        command
            .args(flags)
            .args(["--user", "ada"])
            .env(PASSWORD, "lovelorn");
        fails(
            command.timeout(DEADLINE).assert(),
            CLIENT,
            "check the name and the password",
        );
    }
    let shown = output(run_in(
        folder.path(),
        &["--server", dovecot.at("imap"), "--wait", "1"],
    ));
    assert!(shown.contains("= folders: 1\n"), "left behind:\n{shown}");
    assert!(shown.contains("= no news for 1 s\n"), "{shown}");
}

// ---- What the tests share ----

impl Post {
    /// A session in which nobody has signed in.
    fn connect(&self) -> Talk {
        let mut client = Talk::with(self.at("imap"));
        let greeting = client.line();
        assert!(greeting.starts_with("* OK "), "{greeting}");
        client
    }

    /// A session of ada's.
    fn sign_in(&self) -> Talk {
        let mut client = self.connect();
        client.ok("LOGIN ada lovelace");
        client
    }

    /// Brings a letter for ada from another server.
    fn deliver(&self, letter: &[u8]) {
        let mut smtp = Talk::with(self.at("listening"));
        let letter = [letter, b"."].concat();
        for line in [
            &b""[..],
            b"HELO elsewhere.example",
            b"MAIL FROM:<someone@elsewhere.example>",
            b"RCPT TO:<ada@loopback.example>",
            b"DATA",
            &letter,
            b"QUIT",
        ] {
            if !line.is_empty() {
                smtp.write(&[line, b"\r\n"].concat());
            }
            let reply = smtp.line();
            assert!(reply.starts_with(['2', '3']), "{reply}");
        }
    }

    fn command(&self, flags: &[impl AsRef<OsStr>]) -> assert_cmd::Command {
        let mut command = self.client(CLIENT);
        command.args(flags).timeout(FOR_EVER);
        command
    }

    fn run(&self, flags: &[impl AsRef<OsStr>]) -> Assert {
        self.command(flags).assert()
    }
}

impl Talk {
    /// Sends a command, and gives the untagged lines and what stands behind the tag; or a `+`, for that is no end either.
    #[track_caller]
    fn ask(&mut self, command: &str) -> (Vec<String>, String) {
        self.write(format!("t {command}\r\n").as_bytes());
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if line.starts_with("+ ") {
                return (lines, line);
            }
            match line.strip_prefix("t ") {
                Some(answer) => return (lines, answer.to_owned()),
                None => lines.push(line),
            }
        }
    }

    /// The untagged lines of a command that is done.
    #[track_caller]
    fn ok(&mut self, command: &str) -> Vec<String> {
        let (lines, answer) = self.ask(command);
        assert!(answer.starts_with("OK "), "{command}: {answer}");
        lines
    }

    #[track_caller]
    fn answer(&mut self, command: &str) -> String {
        self.ask(command).1
    }

    /// Holds an answer to its lines, and to the beginning of what stands behind the tag.
    #[track_caller]
    fn says(&mut self, command: &str, lines: &[&str], start: &str) {
        let (told, answer) = self.ask(command);
        assert!(answer.starts_with(start), "{command}: {answer}");
        assert_eq!(told, lines, "{command}");
    }

    /// Sends a command whose answer has one literal, and gives that.
    #[track_caller]
    fn literal(&mut self, command: &str) -> Vec<u8> {
        self.write(format!("t {command}\r\n").as_bytes());
        let line = self.line();
        let count = line
            .rsplit_once('{')
            .and_then(|(_, rest)| rest.strip_suffix('}'));
        let count = count.and_then(|count| count.parse().ok());
        let mut bytes = vec![0; count.unwrap_or_else(|| panic!("{command}: no literal in {line}"))];
        self.reader.read_exact(&mut bytes).unwrap();
        let rest = self.line();
        assert!(rest.ends_with(')'), "{command}: {rest}");
        while !self.line().starts_with("t OK ") {}
        bytes
    }

    /// Puts a letter into a folder.
    #[track_caller]
    fn append(&mut self, folder: &str, letter: &[u8]) {
        let (_, asked) = self.ask(&format!("APPEND {folder} {{{}}}", letter.len()));
        assert!(asked.starts_with("+ "), "{asked}");
        self.write(&[letter, b"\r\n"].concat());
        loop {
            let line = self.line();
            if let Some(answer) = line.strip_prefix("t ") {
                assert!(answer.starts_with("OK [APPENDUID 1"), "{answer}");
                return;
            }
        }
    }
}
