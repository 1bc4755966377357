//! Runs `mail_server_26` as a process, and judges how it takes letters: what it answers, prints, keeps and survives.
//!
//! The client here is a hand-written one, so that it can misbehave. The last tests, which `cargo test` ignores, bring clients
//! that nobody here wrote: curl and Python's smtplib. What takes TLS or shorter limits is tested in the package `post_office`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/post_office.rs"]
mod post_office;

use common::{DEADLINE, fails, program, run};
use post_office::{Post, SERVER, Talk};
use std::{
    collections::HashMap,
    fs,
    io::{BufRead, Read, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

const FREE: &str = "127.0.0.1:0";
const GRACE: &str = "grace@loopback.example";
/// base64 of NUL, `ada`, NUL, `lovelace`
const ADA: &str = "AGFkYQBsb3ZlbGFjZQ==";
const SERVICES: [&str; 7] = [
    "listening",
    "submission",
    "submissions",
    "pop3",
    "pop3s",
    "imap",
    "imaps",
];

// ---- Starting and ending ----

#[test]
fn it_tells_where_everything_is_in_this_order() {
    let server = Post::start();
    let lines = server.told();
    for (line, service) in lines.iter().zip(SERVICES) {
        let bound = line.strip_prefix(&format!("{service} on "));
        let bound: SocketAddr = bound.expect("in this order").parse().unwrap();
        assert_ne!(bound.port(), 0);
    }
    let root = server.root;
    let rest = [
        format!("mail is kept in {}", root.display()),
        format!("its CA's certificate is {}", root.join("ca.pem").display()),
        "accounts: ada (password lovelace), grace (password hopper), at loopback.example".into(),
    ];
    assert_eq!(lines[7..], rest);
    let pem = fs::read_to_string(root.join("ca.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"));
}

#[test]
fn a_bad_argument_gives_one_line_and_exit_code_1() {
    for address in ["nonsense", "127.0.0.1:25", "", "\x1b[2J\n"] {
        let says = format!("{address:?} is not an address: write an IP address, or IP:0");
        fails(run(SERVER, [address]).stdout(""), SERVER, &says);
    }
    fails(run(SERVER, [FREE, "a", "b"]), SERVER, "too many arguments");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let ended = run(SERVER, [Path::new(FREE), &file]).stdout("");
    fails(
        ended,
        SERVER,
        &format!("cannot keep letters in {}", file.display()),
    );
}

#[test]
fn a_second_one_leaves_the_folder_of_the_first_alone() {
    let server = Post::start();
    let ca = fs::read(server.ca()).unwrap();
    let ended = run(SERVER, [Path::new(FREE), &server.root]).stdout("");
    fails(ended, SERVER, "another post office is open in");
    assert_eq!(fs::read(server.ca()).unwrap(), ca);
}

#[test]
fn without_a_folder_it_takes_one_for_its_owner_among_the_temporary_files() {
    let temporary = tempfile::tempdir().unwrap();
    let mut command = Command::new(program(SERVER));
    command
        .arg(FREE)
        .env("TMPDIR", temporary.path())
        .env("TMP", temporary.path());
    let server = Post::by(command, temporary);
    let root = &server.root;
    assert!(server.told()[7].ends_with(root.to_str().unwrap()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(""), 0o700);
        assert_eq!(mode("ada/Maildir/new"), 0o700);
    }
}

#[test]
fn a_taken_port_gives_one_line_and_exit_code_1() {
    // An address that nobody else has reason to use, so that the course's ports are free there. Not each system has it.
    let Ok(_held) = TcpListener::bind("127.26.26.26:7143") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let ended = run(SERVER, [Path::new("127.26.26.26"), folder.path()]).stdout("");
    fails(ended, SERVER, "another program has 127.26.26.26:7143");
    assert!(!folder.path().join("ca.pem").exists());
}

// ---- A letter's way ----

#[test]
fn a_letter_passes_each_role_and_gets_its_marks() {
    let server = Post::start();
    let mut client = server.sign_in();
    client.mail("ada@loopback.example", &[GRACE]);
    let text = "From: Ada <ada@loopback.example>\r\nBcc: secret\r\n secret, too\r\nSubject: Hello\r\n\r\nHello!\r\nBcc: is text here\r\n";
    let reply = client.data(text.as_bytes());
    assert!(reply.starts_with("250 2.0.0 "), "{reply}");
    client.say("QUIT");
    server.has_told("[1] = ended");

    let (name, letter) = server.only_letter("grace");
    let letter = String::from_utf8(letter).unwrap();
    let mut lines = letter.split("\r\n");
    let mut next = || lines.next().unwrap();
    assert_eq!(next(), "Return-Path: <ada@loopback.example>");
    assert_eq!(next(), "Received: from client.example ([127.0.0.1])");
    let by = next();
    assert!(
        by.starts_with("  by loopback.example with ESMTPA id "),
        "{by}"
    );
    let id = by.rsplit(' ').next().unwrap();
    assert!(
        id.len() == 13 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    let date = next()
        .strip_prefix("  for <grace@loopback.example>; ")
        .unwrap();
    assert!(date.len() == 31 && date.ends_with(" +0000"), "{date}");
    assert!(
        next().starts_with("Date: ") && next() == format!("Message-ID: <{id}@loopback.example>")
    );
    let rest: Vec<&str> = lines.collect();
    let expected =
        "From: Ada <ada@loopback.example>\r\nSubject: Hello\r\n\r\nHello!\r\nBcc: is text here\r\n";
    assert_eq!(rest.join("\r\n"), expected);
    assert!(name.starts_with("0000000001."), "{name}");

    let printed = server.told();
    let start = printed.iter().position(|line| line == "[1] > .").unwrap() + 1;
    let size = letter.len();
    let expected = [
        format!(
            "[1] MUA -> MSA  <ada@loopback.example> to <grace@loopback.example>, {} bytes",
            text.len()
        ),
        "  Received: from client.example ([127.0.0.1])".into(),
        format!("    by loopback.example with ESMTPA id {id}"),
        format!("    for <grace@loopback.example>; {date}"),
        format!("  Date: {date}"),
        format!("  Message-ID: <{id}@loopback.example>"),
        format!("[1] MSA -> MTA  {id} for 1 recipient"),
        format!("[1] MTA -> MDA  {id} to <grace@loopback.example>, who is here"),
        "  Return-Path: <ada@loopback.example>".into(),
        format!("[1] MDA -> store  grace/Maildir/new/{name}, {size} bytes"),
        format!("[1] < {reply}"),
    ];
    assert_eq!(printed[start..start + expected.len()], expected);
}

#[test]
fn a_letter_from_another_server_comes_from_an_mta_and_is_not_completed() {
    let server = Post::start();
    let mut client = server.greet();
    client.mail(
        "someone@elsewhere.example",
        &["ADA@Loopback.Example", "Postmaster", GRACE],
    );
    let text = "Bcc: stays\r\nReturn-Path: <forged@elsewhere.example>\r\n\r\nHello\r\n";
    assert_eq!(client.data(text.as_bytes())[..3], *"250");
    for account in ["ada", "grace"] {
        let (_, letter) = server.only_letter(account);
        let letter = String::from_utf8(letter).unwrap();
        assert!(letter.starts_with(
            "Return-Path: <someone@elsewhere.example>\r\nReceived: from client.example"
        ));
        assert!(
            letter.ends_with(" +0000\r\nBcc: stays\r\n\r\nHello\r\n"),
            "{letter}"
        );
        // To one of many, nothing is told of the others.
        assert!(
            letter.contains("with ESMTP id") && !letter.contains("for <"),
            "{letter}"
        );
        assert!(!letter.contains("forged"), "{letter}");
    }
    let printed = server.has_told("MTA -> MTA");
    let to = "<ADA@Loopback.Example>, <Postmaster>, <grace@loopback.example>";
    let carried = format!("<someone@elsewhere.example> to {to}, {} bytes", text.len());
    assert!(printed.ends_with(&carried), "{printed}");
    server.never_told("MSA");
}

#[test]
fn dots_and_bytes_arrive_as_they_were() {
    let server = Post::start();
    let mut client = server.greet();
    client.mail("", &[GRACE]);
    client.say("DATA");
    client.write(b"A: b\r\n\r\n..\r\n...two\r\n..one\r\na.\r\n\xff\x00\x80 \xc3\xa9\r\n\r\n.\r\n");
    assert_eq!(client.reply()[..3], *"250");
    let (_, letter) = server.only_letter("grace");
    assert!(letter.starts_with(b"Return-Path: <>\r\n"));
    let body = b"A: b\r\n\r\n.\r\n..two\r\n.one\r\na.\r\n\xff\x00\x80 \xc3\xa9\r\n\r\n";
    assert!(letter.ends_with(body), "{}", letter.escape_ascii());
}

#[test]
fn a_text_without_a_header_does_not_become_one() {
    let server = Post::start();
    let mut client = server.greet();
    client.mail("a@b.example", &[GRACE]);
    assert_eq!(client.data(b"hello\r\n")[..3], *"250");
    assert!(
        server
            .only_letter("grace")
            .1
            .ends_with(b"+0000\r\n\r\nhello\r\n")
    );
}

#[test]
fn a_letter_that_goes_round_in_circles_is_stopped() {
    let server = Post::start();
    let mut client = server.greet();
    for (hops, code) in [(100, "250"), (101, "554")] {
        client.mail("a@b.example", &[GRACE]);
        let text = "Received: from x\r\n  by y\r\n".repeat(hops) + "\r\nReceived: text\r\n";
        let reply = client.data(text.as_bytes());
        assert_eq!(reply[..3], *code, "{reply}");
    }
    server.only_letter("grace");
}

// ---- Commands ----

#[test]
fn each_command_has_its_reply() {
    let server = Post::start();
    let mut client = server.connect();
    assert_eq!(client.heard, ["220 loopback.example ESMTP post office"]);
    for (command, reply) in [
        ("MAIL FROM:<a@b.example>", "503 5.5.1 "),
        ("RCPT TO:<ada@loopback.example>", "503 5.5.1 "),
        ("DATA", "503 5.5.1 "),
        ("EHLO", "501 5.5.4 "),
        ("EHLO two words", "501 5.5.4 "),
        ("EHLO (comment)", "501 5.5.4 "),
        ("HELO [127.0.0.1]", "250 loopback.example"),
        ("EHLO [IPv6:::1]", "250-loopback.example "),
        ("NOOP", "250 2.0.0 "),
        ("noop whatever", "250 2.0.0 "),
        ("RSET", "250 2.0.0 "),
        ("RSET now", "501 5.5.4 "),
        ("VRFY ada", "252 2.0.0 "),
        ("HELP", "214 2.0.0 "),
        ("EXPN list", "502 5.5.1 "),
        ("XYZZY", "500 5.5.1 "),
        ("", "500 5.5.1 "),
    ] {
        let got = client.say(command);
        assert!(got.starts_with(reply), "{command}: {got}");
    }
    let mut client = server.greet();
    for (command, reply) in [
        ("MAIL FROM:a@b.example", "501 5.5.4 "),
        ("MAIL FROM:<a@b.example", "501 5.5.4 "),
        ("MAIL FROM:<a>", "501 5.1.7 "),
        ("MAIL FROM:<a@b..example>", "501 5.1.7 "),
        ("MAIL FROM:<a@b.example> SIZE=x", "501 5.5.4 "),
        ("MAIL FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4 "),
        ("MAIL FROM:<a@b.example> SMTPUTF8", "555 5.5.4 "),
        (
            "MAIL FROM:<a@b.example> SIZE=99999999999999999999",
            "552 5.3.4 ",
        ),
        (
            "mail from: <\"a b>\"@b.example> size=10 BODY=8BITMIME",
            "250 2.1.0 ",
        ),
        ("MAIL FROM:<a@b.example>", "503 5.5.1 "),
        ("DATA", "554 5.5.1 "),
        ("RCPT TO:<>", "501 5.1.3 "),
        ("RCPT TO:<ada@loopback.example> NOTIFY=NEVER", "555 5.5.4 "),
        (
            "RCPT TO:<@x.example,@y.example:ada@loopback.example>",
            "250 2.1.5 ",
        ),
        ("RSET", "250 2.0.0 "),
        ("RCPT TO:<ada@loopback.example>", "503 5.5.1 "),
        ("MAIL FROM:<>", "250 2.1.0 "),
        ("EHLO again.example", "250-"),
        ("RCPT TO:<ada@loopback.example>", "503 5.5.1 "),
        ("QUIT", "221 2.0.0 "),
    ] {
        let got = client.say(command);
        assert!(got.starts_with(reply), "{command}: {got}");
    }
    assert!(client.has_ended());
}

#[test]
fn ehlo_offers_what_this_port_has() {
    let server = Post::start();
    let offers = |port: &str| {
        let mut client = server.connect_to(port);
        client
            .say("EHLO client.example")
            .lines()
            .map(|line| line[4..].to_owned())
            .collect::<Vec<_>>()
    };
    let common = [
        "PIPELINING",
        "SIZE 10485760",
        "8BITMIME",
        "ENHANCEDSTATUSCODES",
        "STARTTLS",
    ];
    let relay = offers("listening");
    assert_eq!(relay[1..], [&common[..], &["HELP"]].concat());
    let submission = offers("submission");
    assert_eq!(
        submission[1..],
        [&common[..], &["AUTH PLAIN LOGIN", "HELP"]].concat()
    );
}

#[test]
fn nobody_s_letter_is_carried_further_and_nobody_writes_in_another_s_name() {
    let server = Post::start();
    let mut relay = server.greet();
    relay.say("MAIL FROM:<someone@elsewhere.example>");
    for (recipient, reply) in [
        ("x@elsewhere.example", "550 5.7.1 "),
        ("ada%elsewhere.example@loopback.example", "550 5.1.1 "),
        ("ada@elsewhere.example@loopback.example", "501 5.1.3 "),
        ("\"ada@elsewhere.example\"@loopback.example", "550 5.1.1 "),
        ("@loopback.example:ada@elsewhere.example", "550 5.7.1 "),
        ("../ada@loopback.example", "501 5.1.3 "),
        ("ada@[127.0.0.1]", "550 5.7.1 "),
        ("nobody@loopback.example", "550 5.1.1 "),
    ] {
        let got = relay.say(&format!("RCPT TO:<{recipient}>"));
        assert!(got.starts_with(reply), "{recipient}: {got}");
    }
    assert_eq!(relay.say("DATA")[..3], *"554");
    // One address, in other words (RFC 5321 §4.1.2 and §2.4).
    for recipient in ["\"ada\"@loopback.example", "\"a\\da\"@LOOPBACK.example"] {
        let got = relay.say(&format!("RCPT TO:<{recipient}>"));
        assert!(got.starts_with("250 "), "{recipient}: {got}");
    }
    assert_eq!(
        relay.say("AUTH PLAIN")[..3],
        *"502",
        "signing in is for the other port"
    );

    let mut user = server.connect_to("submission");
    user.say("EHLO client.example");
    assert_eq!(
        user.say("MAIL FROM:<ada@loopback.example>")[..9],
        *"530 5.7.0"
    );
    assert_eq!(user.say(&format!("AUTH PLAIN {ADA}"))[..3], *"235");
    for sender in [
        "grace@loopback.example",
        "ada@elsewhere.example",
        "",
        "postmaster@elsewhere.example",
    ] {
        let got = user.say(&format!("MAIL FROM:<{sender}>"));
        assert!(got.starts_with("550 5.7.1 "), "{sender}: {got}");
    }
    assert_eq!(user.say("MAIL FROM:<ada@loopback.example>")[..3], *"250");
    assert_eq!(
        user.say("RCPT TO:<someone@elsewhere.example>")[..9],
        *"550 5.7.1"
    );
}

// ---- Signing in ----

#[test]
fn each_way_of_signing_in_works_and_can_be_given_up() {
    let server = Post::start();
    let dialogues: [&[(&str, &str)]; 8] = [
        &[(&format!("AUTH PLAIN {ADA}"), "235")],
        // ada@loopback.example, and an identity of her own
        &[(
            "auth plain YWRhQGxvb3BiYWNrLmV4YW1wbGUAYWRhQGxvb3BiYWNrLmV4YW1wbGUAbG92ZWxhY2U=",
            "235",
        )],
        &[
            ("AUTH PLAIN", "334 "),
            (ADA, "235"),
            (&format!("AUTH PLAIN {ADA}"), "503"),
        ],
        &[
            ("AUTH LOGIN", "334 VXNlcm5hbWU6"),
            ("YWRh", "334 UGFzc3dvcmQ6"),
            ("bG92ZWxhY2U=", "235"),
        ],
        &[
            ("AUTH LOGIN YWRh", "334 UGFzc3dvcmQ6"),
            ("bG92ZWxhY2U=", "235"),
        ],
        &[
            ("AUTH PLAIN", "334 "),
            ("*", "501"),
            ("AUTH LOGIN", "334"),
            ("*", "501"),
            ("NOOP", "250"),
        ],
        &[
            ("AUTH", "501"),
            ("AUTH CRAM-MD5", "504"),
            ("AUTH PLAIN a b", "501"),
            ("AUTH PLAIN =", "501"),
            ("AUTH PLAIN AAA", "501"),
        ],
        // grace acts as ada
        &[
            ("AUTH PLAIN YWRhAGdyYWNlAGhvcHBlcg==", "501"),
            ("AUTH LOGIN", "334"),
            ("*ada", "334"),
            ("x", "501"),
        ],
    ];
    for dialogue in dialogues {
        let mut client = server.connect_to("submission");
        assert_eq!(client.say("AUTH PLAIN")[..3], *"503", "EHLO comes first");
        client.say("EHLO client.example");
        for (command, reply) in dialogue {
            let got = client.say(command);
            assert!(
                got.starts_with(reply),
                "{command}: {got}, {:?}",
                client.heard
            );
        }
    }
    let printed = server.told_all().join("\n");
    for secret in [ADA, "bG92ZWxhY2U", "lovelaceA", "YWRhAGdyYWNl"] {
        assert!(
            !printed.contains(secret),
            "{secret} was printed:\n{printed}"
        );
    }
    assert!(
        printed.contains("> AUTH PLAIN ***") && printed.contains("> ***"),
        "{printed}"
    );
}

#[test]
fn the_third_wrong_password_is_the_last_and_slow() {
    let server = Post::start();
    let mut client = server.connect_to("submission");
    client.say("EHLO client.example");
    let start = Instant::now();
    // ada with x, nobody with x, grace with ada's
    for attempt in ["AGFkYQB4", "AG5vYm9keQB4", "AGdyYWNlAGxvdmVsYWNl"] {
        let got = client.say(&format!("AUTH PLAIN {attempt}"));
        assert_eq!(got, "535 5.7.8 name or password is wrong");
    }
    assert!(
        start.elapsed() >= Duration::from_millis(1500),
        "guessing is fast"
    );
    assert!(client.reply().starts_with("421 4.7.0 "));
    assert!(client.has_ended());
    server.sign_in();
}

#[cfg(target_os = "linux")] // where all of 127.0.0.0/8 is there without being asked for
#[test]
fn nobody_signs_in_in_the_clear_from_another_address() {
    let server = Post::start();
    let mut client = Talk::from_another_address(server.at("submission"));
    assert_eq!(client.reply()[..3], *"220");
    let offers = client.say("EHLO client.example");
    assert!(
        offers.contains("STARTTLS") && !offers.contains("AUTH"),
        "{offers}"
    );
    for attempt in [format!("AUTH PLAIN {ADA}"), "AUTH LOGIN".into()] {
        assert!(client.say(&attempt).starts_with("538 5.7.11 "), "{attempt}");
    }
    assert_eq!(client.say("MAIL FROM:<ada@loopback.example>")[..3], *"530");
}

#[test]
fn what_may_be_a_password_is_not_printed_wherever_it_stands() {
    let server = Post::start();
    let mut client = server.connect_to("submission");
    client.say("EHLO client.example");
    for line in [
        "AUTH PLAIN SECRET",
        "AUTH  PLAIN SECRET",
        " AUTH PLAIN SECRET",
        "AUTH\tPLAIN SECRET",
        "\x01AUTH PLAIN SECRET",
        "AUTH SECRET",
        "AUTHPLAIN SECRET",
        "PASS SECRET",
        "LOGIN ada SECRET",
        "AGFkYQBTRUNSRVQ=SECRET",
        // base64 of hopper, as it comes from a client that does not hear a refusal
        "aG9wcGVy",
    ] {
        assert_eq!(client.say(line)[..1], *"5", "{line}");
    }
    client.write(b"AUTH PLAIN SECR"); // and never more
    drop(client);
    server.has_told("[1] = ended");
    let lines = server.told();
    let is_told = |line: &&String| line.contains("SECR") || line.contains("aG9w");
    assert_eq!(lines.iter().find(is_told), None);
    server.has_told("[1] > PASS ***");
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    let server = Post::start();
    let mut client = server.greet();
    client.say("NOOP \x1b[2J\u{9b}2J\x07");
    client.say("MAIL FROM:<a\x1b[2J@b.example>");
    let lines = server.told_all();
    server.has_told("[1] > NOOP \\u{1b}[2J");
    assert!(
        lines.iter().all(|line| !line.contains(char::is_control)),
        "{lines:?}"
    );
}

// ---- Lines, and what may hide behind them ----

#[test]
fn a_pipelined_group_gets_its_replies_in_order() {
    let server = Post::start();
    let mut client = server.greet();
    client.write(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<nobody@loopback.example>\r\nRCPT TO:<ada@loopback.example>\r\nRCPT TO:<grace@loopback.example>\r\nDATA\r\n");
    let codes: Vec<String> = (0..5).map(|_| client.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["250", "550", "250", "250", "354"]);
    client.write(b"A: b\r\n\r\none\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<ada@loopback.example>\r\nDATA\r\n");
    let codes: Vec<String> = (0..4).map(|_| client.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["250", "250", "250", "354"]);
    client.write(b"A: b\r\n\r\ntwo\r\n.\r\nQUIT\r\n");
    assert_eq!(
        [client.reply(), client.reply()].map(|reply| reply[..3].to_owned()),
        ["250", "221"]
    );
    assert_eq!(
        (server.letters("ada").len(), server.letters("grace").len()),
        (2, 1)
    );
}

#[test]
fn a_command_in_single_bytes_is_a_command() {
    let server = Post::start();
    let mut client = server.greet();
    for byte in b"NOOP\r\nMAIL FROM:<>\r\n" {
        client.write(&[*byte]);
    }
    assert_eq!(
        [client.reply(), client.reply()].map(|reply| reply[..3].to_owned()),
        ["250", "250"]
    );
}

#[test]
fn a_command_with_a_bare_cr_or_lf_is_refused_and_ends_the_session() {
    let server = Post::start();
    for bad in [
        &b"NOOP\n"[..],
        b"NOOP\rNOOP\r\n",
        b"NOOP\nMAIL FROM:<>\r\n",
        b"\n",
        b"NOOP\r\r\n",
        b"EHLO a\r.\n\r\n",
    ] {
        let mut client = server.greet();
        client.write(bad);
        let reply = client.reply();
        assert!(reply.starts_with("500 5.5.2 lines end in CR LF"), "{reply}");
        assert!(client.has_ended(), "{}", bad.escape_ascii());
    }
}

#[test]
fn no_second_letter_can_be_smuggled_in_a_first() {
    let server = Post::start();
    let smuggled = b"MAIL FROM:<root@loopback.example>\r\nRCPT TO:<grace@loopback.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";
    for end in [
        &b"\n.\n"[..],
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\r\n.\r\r\n",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
        b"\r\r\n.\n",
    ] {
        let mut client = server.greet();
        client.mail("someone@elsewhere.example", &["ada@loopback.example"]);
        client.say("DATA");
        client.write(&[b"A: b\r\n\r\none".as_slice(), end, smuggled, b"NOOP\r\n"].concat());
        let shown = end.escape_ascii().to_string();
        // The first letter ends where `smuggled` does; behind it is one command, and one reply to it.
        let expected = if end.contains(&0) { "250" } else { "554" };
        let reply = client.reply();
        assert_eq!(reply[..3], *expected, "{shown}: {reply}");
        assert_eq!(client.reply()[..3], *"250", "{shown}");
        assert_eq!(client.say("QUIT")[..3], *"221", "{shown}");
        assert!(client.has_ended(), "{shown}");
    }
    assert!(server.letters("grace").is_empty());
    // NUL bytes are no line ends: these two letters have the text in them.
    assert_eq!(server.letters("ada").len(), 2);
}

#[test]
fn nothing_that_came_before_tls_is_obeyed_in_it() {
    let server = Post::start();
    for port in ["listening", "submission"] {
        let mut client = server.connect_to(port);
        client.say("EHLO client.example");
        client.write(b"STARTTLS\r\nMAIL FROM:<ada@loopback.example>\r\n");
        let reply = client.reply();
        assert!(reply.starts_with("503 5.5.0 "), "{reply}");
        assert!(client.has_ended());
        let mut client = server.connect_to(port);
        assert_eq!(client.say("STARTTLS now")[..3], *"501");
        assert_eq!(client.say("STARTTLS")[..3], *"220");
        client.write(b"EHLO in.the.clear\r\n");
        // A fatal alert, and no reply that could be read.
        let mut rest = Vec::new();
        let _ = client.reader.read_to_end(&mut rest);
        assert!(
            !rest.starts_with(b"250") && rest.len() < 100,
            "{}",
            rest.escape_ascii()
        );
    }
    let mut implicit = Talk::with(server.at("submissions"));
    implicit.write(b"EHLO in.the.clear\r\n");
    let mut rest = Vec::new();
    let _ = implicit.reader.read_to_end(&mut rest);
    assert!(rest.len() < 100, "{}", rest.escape_ascii());
    server.never_told("> EHLO in.the.clear");
}

// ---- Too much ----

#[test]
fn a_line_that_is_too_long_is_refused_and_the_next_is_read() {
    let server = Post::start();
    let mut client = server.greet();
    let noop = |length: usize| format!("NOOP {}", "x".repeat(length - 7));
    assert_eq!(client.say(&noop(1000))[..3], *"250");
    assert_eq!(client.say(&noop(1001))[..9], *"500 5.5.2");
    assert_eq!(client.say(&noop(500_000))[..9], *"500 5.5.2");
    assert_eq!(client.say("NOOP")[..3], *"250");
    // In a letter: 1000 octets, and the dot that was put before a line's own is not one of them.
    for (line, code) in [
        ("x".repeat(998), "250"),
        (".".repeat(998), "250"),
        ("x".repeat(999), "500"),
        ("x".repeat(500_000), "500"),
    ] {
        client.mail("", &[GRACE]);
        let reply = client.data(format!("A: b\r\n\r\n{line}\r\n").as_bytes());
        assert_eq!(reply[..3], *code, "{}: {reply}", line.len());
    }
    assert_eq!(server.letters("grace").len(), 2);
}

#[test]
fn a_letter_that_is_too_big_is_refused_at_its_end() {
    let server = Post::start();
    let mut client = server.greet();
    assert_eq!(client.say("MAIL FROM:<> SIZE=10485761")[..9], *"552 5.3.4");
    let line = format!("{}\r\n", "x".repeat(998));
    for (size, code) in [(10_485_760, "250"), (10_485_761, "552")] {
        client.mail("", &[GRACE]);
        let mut text = line.repeat(size / 1000 + 1);
        text.truncate(size - 2);
        let reply = client.data(format!("{text}\r\n").as_bytes());
        assert_eq!(reply[..3], *code, "{size}: {reply}");
    }
    assert_eq!(client.say("NOOP")[..3], *"250");
    assert_eq!(server.letters("grace").len(), 1);
}

#[test]
fn one_recipient_too_many_is_told_to_come_again_and_the_others_get_their_letter() {
    let server = Post::start();
    let mut client = server.greet();
    client.mail("", &[GRACE; 100]);
    for _ in 0..50 {
        assert_eq!(
            client.say("RCPT TO:<ada@loopback.example>")[..9],
            *"452 4.5.3"
        );
    }
    assert_eq!(client.data(b"\r\nx\r\n")[..3], *"250");
    server.only_letter("grace");
    assert!(server.letters("ada").is_empty());
}

#[test]
fn who_makes_many_mistakes_has_to_go() {
    let server = Post::start();
    let mut client = server.greet();
    client.say("MAIL FROM:<>");
    for guess in 0..20 {
        assert_eq!(
            client.say(&format!("RCPT TO:<user{guess}@loopback.example>"))[..3],
            *"550"
        );
    }
    assert!(client.reply().starts_with("421 4.7.0 "));
    assert!(client.has_ended());
}

#[test]
fn ten_megabytes_without_a_line_end_are_refused_and_take_no_memory() {
    let server = Post::start();
    for in_letter in [false, true] {
        let mut client = server.greet();
        if in_letter {
            client.mail("", &[GRACE]);
            client.say("DATA");
        }
        let mut writing = client.reader.get_ref().try_clone().unwrap();
        let writer = thread::spawn(move || {
            let megabyte = vec![b'x'; 1_000_000];
            // The server closes in between.
            (0..10).all(|_| writing.write_all(&megabyte).is_ok())
        });
        let reply = client.reply();
        assert!(reply.starts_with("500 5.5.2 "), "{reply}");
        writer.join().unwrap();
    }
    server.stayed_below(100);
    assert_eq!(server.greet().say("NOOP")[..3], *"250");
}

#[test]
fn many_big_letters_at_once_are_bounded_together() {
    let server = Post::start();
    let line = format!("{}\r\n", "x".repeat(998));
    let almost_all = line.repeat(9_500);
    let mut clients: Vec<Talk> = (0..10)
        .map(|_| {
            let mut client = server.greet();
            client.mail("", &[GRACE]);
            client.say("DATA");
            client.write(almost_all.as_bytes());
            client
        })
        .collect();
    // 95 MB have been sent, and the last of them may still be in the sockets.
    server.stayed_below(200);
    let mut codes: HashMap<String, usize> = HashMap::new();
    for client in &mut clients {
        client.write(b".\r\n");
        *codes.entry(client.reply()[..9].to_owned()).or_default() += 1;
    }
    assert!(
        codes["250 2.0.0"] > 0 && codes["452 4.3.1"] > 0,
        "{codes:?}"
    );
    assert_eq!(codes["250 2.0.0"] + codes["452 4.3.1"], 10, "{codes:?}");
    assert_eq!(server.letters("grace").len(), codes["250 2.0.0"]);
    // What they had is free again.
    clients[0].mail("", &[GRACE]);
    assert_eq!(clients[0].data(almost_all.as_bytes())[..3], *"250");
    server.stayed_below(200);
}

#[test]
fn five_hundred_connections_are_served_or_refused_and_disturb_nobody() {
    let server = Post::start();
    let mut first = server.greet();
    first.mail("", &[GRACE]);
    let mut codes: HashMap<String, usize> = HashMap::new();
    let mut held = Vec::new();
    for _ in 0..500 {
        held.push(Talk::with(server.at("listening")));
    }
    for client in &mut held {
        *codes.entry(client.reply()[..3].to_owned()).or_default() += 1;
    }
    assert_eq!((codes["220"], codes["421"]), (99, 401), "{codes:?}");
    assert_eq!(first.data(b"\r\nx\r\n")[..3], *"250");
    // Another service has places of its own.
    server.sign_in();
    server.stayed_below(150);
    drop(held);
    // Their places become free as the server notices.
    let deadline = Instant::now() + DEADLINE;
    while !Talk::with(server.at("listening"))
        .reply()
        .starts_with("220")
    {
        assert!(Instant::now() < deadline, "no place became free");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn who_is_slow_or_silent_or_sends_garbage_disturbs_nobody() {
    let server = Post::start();
    let _silent: Vec<Talk> = (0..5).map(|_| server.greet()).collect();
    let mut slow = server.greet();
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..20 {
        slow.write(b"N");
        let mut wild = Talk::with(server.at("listening"));
        let mut garbage = Vec::new();
        for _ in 0..500 {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            garbage.extend_from_slice(&noise.to_le_bytes());
        }
        // The server may have closed before all is written.
        let _ = wild.reader.get_mut().write_all(&garbage);
        let mut good = server.greet();
        good.mail("", &[GRACE]);
        assert_eq!(good.data(b"\r\nx\r\n")[..3], *"250", "round {round}");
    }
    assert_eq!(server.letters("grace").len(), 20);
    slow.write(b"\r\n");
    assert_eq!(slow.reply()[..3], *"500");
}

#[test]
fn a_letter_without_its_end_is_not_delivered() {
    let server = Post::start();
    for (number, end) in ["", "\r\n", "\r\n.", "\r\n.\r"].into_iter().enumerate() {
        let mut client = server.greet();
        client.mail("", &[GRACE]);
        client.say("DATA");
        client.write(format!("A: b\r\n\r\ntext{end}").as_bytes());
        drop(client);
        server.has_told(&format!("[{}] = ended: the client closed", number + 1));
    }
    assert!(server.letters("grace").is_empty());
    assert!(
        fs::read_dir(server.root.join("grace/Maildir/tmp"))
            .unwrap()
            .next()
            .is_none()
    );
}

// ---- Killed ----

#[test]
fn what_was_acknowledged_survives_a_kill_and_nothing_half_is_shown() {
    let mut server = Post::start();
    let acknowledged = Arc::new(Mutex::new(Vec::<String>::new()));
    for round in 0..8 {
        let before = acknowledged.lock().unwrap().len();
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let acknowledged = Arc::clone(&acknowledged);
                let client = Talk::with(server.at("listening"));
                thread::spawn(move || {
                    send_until_killed(client, &format!("{round}-{sender}"), &acknowledged)
                })
            })
            .collect();
        // In the middle of it: each round a little later.
        let deadline = Instant::now() + DEADLINE;
        while acknowledged.lock().unwrap().len() < before + 1 + 3 * round {
            assert!(Instant::now() < deadline, "no letter was delivered");
            thread::sleep(Duration::from_millis(1));
        }
        server = server.killed_and_started();
        for sender in senders {
            sender.join().unwrap();
        }
    }
    for account in ["ada", "grace"] {
        let mut there: HashMap<String, usize> = HashMap::new();
        for (name, letter) in server.letters(account) {
            let letter = String::from_utf8(letter).unwrap();
            let whole = letter
                .strip_suffix("\r\nend\r\n")
                .unwrap_or_else(|| panic!("{name} is cut"));
            let subject = whole.split("Subject: ").nth(1).unwrap();
            *there
                .entry(subject.split("\r\n").next().unwrap().to_owned())
                .or_default() += 1;
            assert_eq!(whole.matches("line").count(), 2_000, "{name}");
        }
        let acknowledged = acknowledged.lock().unwrap();
        assert!(acknowledged.len() > 50, "{}", acknowledged.len());
        for subject in acknowledged.iter() {
            assert_eq!(
                there.get(subject),
                Some(&1),
                "{subject} was acknowledged, {account}"
            );
        }
        let left = fs::read_dir(server.root.join(account).join("Maildir/tmp"))
            .unwrap()
            .count();
        assert_eq!(left, 0, "what a killed one left is removed");
    }
    // And it goes on where it was.
    let mut client = server.greet();
    client.mail("", &[GRACE]);
    assert_eq!(client.data(b"\r\nx\r\n")[..3], *"250");
}

/// Sends letter after letter to both, noting each that was acknowledged, until the server is gone.
fn send_until_killed(client: Talk, name: &str, acknowledged: &Mutex<Vec<String>>) {
    let mut stream = client.reader;
    let mut ask = |bytes: &[u8], replies: usize| -> Option<String> {
        stream.get_mut().write_all(bytes).ok()?;
        let mut line = String::new();
        for _ in 0..replies {
            line.clear();
            stream
                .read_line(&mut line)
                .ok()
                .filter(|count| *count > 0)?;
        }
        line.ends_with("\r\n").then_some(line)
    };
    let text = "line of a letter\r\n".repeat(2_000) + "end\r\n.\r\n";
    let mut greeted = ask(b"HELO a\r\n", 2);
    for number in 0.. {
        if greeted.take().is_none() && number == 0 {
            return;
        }
        let subject = format!("{name}-{number}");
        let envelope = b"MAIL FROM:<>\r\nRCPT TO:<ada@loopback.example>\r\nRCPT TO:<grace@loopback.example>\r\nDATA\r\n";
        let Some(go) = ask(envelope, 4) else { return };
        assert_eq!(go[..3], *"354");
        let letter = format!("Subject: {subject}\r\n\r\n{text}");
        let Some(reply) = ask(letter.as_bytes(), 1) else {
            return;
        };
        assert_eq!(reply[..3], *"250", "{reply}");
        acknowledged.lock().unwrap().push(subject);
    }
}

// ---- Talks that nobody here wrote ----

#[test]
#[ignore = "needs curl"]
fn curl_sends_in_the_clear_with_starttls_and_in_tls() {
    let server = Post::start();
    let file = server.root.join("letter.txt");
    fs::write(
        &file,
        "From: Ada <ada@loopback.example>\r\nSubject: by curl\r\n\r\n.\r\n..dots\r\nbye\r\n",
    )
    .unwrap();
    let ca = &server.ca();
    let ways: [(&str, &str, &[&str], &str); 7] = [
        ("smtp", "submission", &["--user", "ada:lovelace"], "ESMTPA"),
        (
            "smtp",
            "submission",
            &["--user", "ada:lovelace", "--login-options", "AUTH=LOGIN"],
            "ESMTPA",
        ),
        (
            "smtp",
            "submission",
            &["--user", "ada:lovelace", "--ssl-reqd", "--cacert", ca],
            "ESMTPSA",
        ),
        (
            "smtp",
            "submission",
            &[
                "--user",
                "ada:lovelace",
                "--ssl-reqd",
                "--cacert",
                ca,
                "--tls-max",
                "1.2",
            ],
            "ESMTPSA",
        ),
        (
            "smtps",
            "submissions",
            &["--user", "ada:lovelace", "--cacert", ca],
            "ESMTPSA",
        ),
        ("smtp", "listening", &[], "ESMTP"),
        (
            "smtp",
            "listening",
            &["--ssl-reqd", "--cacert", ca],
            "ESMTPS",
        ),
    ];
    for (number, (scheme, service, options, protocol)) in ways.into_iter().enumerate() {
        let (code, complaint) = curl(scheme, server.at(service), options, &file);
        assert_eq!(
            (code, &*complaint),
            (0, ""),
            "{scheme} {service} {options:?}"
        );
        let letters = server.letters("grace");
        assert_eq!(letters.len(), number + 1);
        let letter = String::from_utf8_lossy(&letters[number].1).into_owned();
        assert!(
            letter.contains(&format!(" with {protocol} id ")),
            "{letter}"
        );
        assert!(
            letter.ends_with("\r\n\r\n.\r\n..dots\r\nbye\r\n"),
            "{letter}"
        );
    }
    // A wrong password, no password, a certificate that nobody vouches for.
    for (scheme, service, options, code) in [
        ("smtp", "submission", &["--user", "ada:x"][..], 67),
        ("smtp", "submission", &[], 55),
        ("smtps", "submissions", &["--user", "ada:lovelace"], 60),
    ] {
        let (got, _) = curl(scheme, server.at(service), options, &file);
        assert_eq!(got, code, "{scheme} {service} {options:?}");
    }
    assert_eq!(server.letters("grace").len(), ways.len());
}

/// Sends the file from ada to grace. Gives the exit code and the complaint.
fn curl(scheme: &str, server: &str, options: &[&str], file: &Path) -> (i32, String) {
    let mut curl = assert_cmd::Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--disable",
        "--noproxy",
        "*",
        "--max-time",
        "15",
    ]);
    curl.args(["--mail-from", "ada@loopback.example", "--mail-rcpt", GRACE]);
    curl.args(options).arg("--upload-file").arg(file);
    curl.arg(format!("{scheme}://{server}/client.example"));
    let ended = curl.timeout(DEADLINE).assert();
    let output = ended.get_output();
    let complaint = String::from_utf8_lossy(&output.stderr)
        .trim_end()
        .to_owned();
    (output.status.code().unwrap_or(-1), complaint)
}

const SMTPLIB: &str = r#"
import smtplib, ssl, sys
relay, submission, submissions, ca = sys.argv[1:]
trust = ssl.create_default_context(cafile=ca)
def where(port): return ('127.0.0.1', int(port))
text = 'Subject: by smtplib\r\n\r\n.\r\n..dots \xe9\r\n'.encode('latin-1')
def send(client, sender, to):
    print(client.sendmail(sender, to, text, ['BODY=8BITMIME']))
    print(client.quit()[0])
with smtplib.SMTP(*where(relay), timeout=10) as client:
    send(client, 'someone@elsewhere.example', ['grace@loopback.example', 'nobody@loopback.example'])
for way in ['clear', 'starttls', 'implicit']:
    implicit = way == 'implicit'
    client = smtplib.SMTP_SSL(*where(submissions), timeout=10, context=trust) if implicit else smtplib.SMTP(*where(submission), timeout=10)
    if way == 'starttls': client.starttls(context=trust)
    print(client.login('ada@loopback.example', 'lovelace')[0])
    send(client, 'ada@loopback.example', ['grace@loopback.example'])
client = smtplib.SMTP(*where(submission), timeout=10)
client.ehlo()
print(client.verify('ada')[0], client.noop()[0], client.rset()[0], client.has_extn('pipelining'), client.esmtp_features['size'])
try: client.login('ada', 'x')
except smtplib.SMTPAuthenticationError as error: print(error.smtp_code)
client.user, client.password = 'ada', 'lovelace'
print(client.auth('LOGIN', client.auth_login)[0], client.auth_login.__name__)
try: client.sendmail('grace@loopback.example', ['ada@loopback.example'], text)
except smtplib.SMTPSenderRefused as error: print(error.smtp_code)
"#;

#[test]
#[ignore = "needs Python 3"]
fn pythons_smtplib_sends_in_the_clear_with_starttls_and_in_tls() {
    let server = Post::start();
    let mut python = assert_cmd::Command::new("python3");
    python.args(["-c", SMTPLIB]);
    for service in ["listening", "submission", "submissions"] {
        python.arg(server.at(service).rsplit(':').next().unwrap());
    }
    let ended = python.arg(server.ca()).timeout(DEADLINE).assert().success();
    let printed = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    let refused = "{'nobody@loopback.example': (550, b'5.1.1 nobody here has this name')}\n221\n";
    let sent = "235\n{}\n221\n".repeat(3);
    let rest = "252 250 250 True 10485760\n535\n235 auth_login\n550\n";
    assert_eq!(printed, format!("{refused}{sent}{rest}"));
    let letters = server.letters("grace");
    assert_eq!(letters.len(), 4);
    for (_, letter) in letters {
        assert!(
            letter.ends_with(b"\r\n\r\n.\r\n..dots \xe9\r\n"),
            "{}",
            letter.escape_ascii()
        );
    }
}

// ---- The server as a process, and a client that does what the test says ----

impl Post {
    #[track_caller]
    fn connect_to(&self, service: &str) -> Talk {
        let mut client = Talk::with(self.at(service));
        assert_eq!(client.reply()[..3], *"220");
        client
    }

    #[track_caller]
    fn connect(&self) -> Talk {
        self.connect_to("listening")
    }

    /// A session on the relay's port, after EHLO.
    #[track_caller]
    fn greet(&self) -> Talk {
        let mut client = self.connect();
        assert_eq!(client.say("EHLO client.example")[..3], *"250");
        client
    }

    /// A session on the submission port, as ada.
    #[track_caller]
    fn sign_in(&self) -> Talk {
        let mut client = self.connect_to("submission");
        client.say("EHLO client.example");
        assert_eq!(client.say(&format!("AUTH PLAIN {ADA}"))[..3], *"235");
        client
    }

    #[track_caller]
    fn only_letter(&self, account: &str) -> (String, Vec<u8>) {
        let mut letters = self.letters(account);
        assert_eq!(letters.len(), 1, "letters of {account}");
        letters.remove(0)
    }
}

impl Talk {
    /// The next reply: all its lines, with `\n` between them.
    #[track_caller]
    fn reply(&mut self) -> String {
        let mut reply = self.line();
        let mut last = reply.clone();
        while last.as_bytes().get(3) == Some(&b'-') {
            last = self.line();
            reply = format!("{reply}\n{last}");
        }
        reply
    }

    #[track_caller]
    fn say(&mut self, command: &str) -> String {
        self.write(format!("{command}\r\n").as_bytes());
        self.reply()
    }

    /// The envelope.
    #[track_caller]
    fn mail(&mut self, sender: &str, recipients: &[&str]) {
        assert_eq!(self.say(&format!("MAIL FROM:<{sender}>"))[..3], *"250");
        for recipient in recipients {
            assert_eq!(self.say(&format!("RCPT TO:<{recipient}>"))[..3], *"250");
        }
    }

    /// The letter, whole lines; dots are doubled here.
    #[track_caller]
    fn data(&mut self, letter: &[u8]) -> String {
        assert_eq!(self.say("DATA")[..3], *"354");
        let mut stuffed = Vec::new();
        for line in letter.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                stuffed.push(b'.');
            }
            stuffed.extend_from_slice(line);
        }
        self.write(&[&stuffed, &b".\r\n"[..]].concat());
        self.reply()
    }

    /// Has the server closed the connection, with nothing more to say?
    fn has_ended(&mut self) -> bool {
        let mut rest = Vec::new();
        self.reader.read_to_end(&mut rest).is_ok() && rest.is_empty()
    }
}
