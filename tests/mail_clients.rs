//! Runs Part V's clients that compose, send, check and compare as processes: against the post office, against servers
//! that misbehave at each step, and, in tests that `cargo test` ignores, with Debian's smtp-sink and Dovecot.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[cfg(target_os = "linux")]
#[path = "common/dovecot.rs"]
mod dovecot;
#[path = "common/post_office.rs"]
mod post_office;

use assert_cmd::assert::Assert;
use common::{closed_port, fails, program};
use post_office::{FOR_EVER, PASSWORD, Post, files, output, try_all};
use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

const CHECK: &str = "mailbox_check_27";
const COMPOSE: &str = "mail_compose_28";
const READ: &str = "mail_read_29";
const BY_HAND: &str = "smtp_by_hand_30";
const SEND: &str = "mail_send_31";
const TLS: &str = "mail_tls_35";
const ROUND_TRIP: &str = "mail_round_trip_36";

/// The longest that a client may take: 20 s for a round trip, and what two busy cores add to it.
const LONGEST: Duration = Duration::from_secs(45);

/// ada's password, and what it looks like in AUTH PLAIN and AUTH LOGIN: never in any output.
const SECRETS: [&str; 3] = ["lovelace", "AGFkYQBsb3ZlbGFjZQ==", "bG92ZWxhY2U="];

// ---- Arguments ----

#[test]
fn a_bad_argument_gives_one_line_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let run = |client, arguments: &[&str]| run(client, arguments, folder.path());
    for client in [CHECK, BY_HAND, SEND, TLS, ROUND_TRIP] {
        let way: &[&str] = if client == TLS { &["implicit"] } else { &[] };
        let with = |arguments: &[&'static str]| [way, arguments].concat();
        fails(run(client, &with(&["--nonsense"])), client, "--nonsense");
        fails(run(client, &with(&["--ca"])), client, "--ca");
        fails(run(client, &with(&["--x\x1b[2J\n"])), client, "see --help");
        let server = if client == ROUND_TRIP {
            "--smtp"
        } else {
            "--server"
        };
        for place in ["nonsense", "127.0.0.1", "127.0.0.1:x", "", ":"] {
            let ended = run(client, &with(&[server, place]));
            fails(ended, client, "write HOST:PORT");
        }
        // Nothing here goes anywhere: without TLS, they do not so much as connect.
        if client != TLS {
            let ended = run(client, &with(&[server, "192.0.2.1:25"]));
            fails(ended, client, "it is not on this machine: ask for TLS");
        }
        let ended = run(
            client,
            &with(&[server, "192.0.2.1:25", "--tls", "implicit"]),
        );
        let says = if client == TLS {
            "--tls"
        } else {
            "say who signs in, with --user"
        };
        fails(ended, client, says);
        let help = output(run(client, &["--help"]));
        assert!(help.contains("LOOPBACK_MAIL_PASSWORD"), "{help}");
    }
    fails(run(TLS, &["upside-down"]), TLS, "upside-down");
    for client in [BY_HAND, SEND] {
        for address in ["", "nobody", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "a b@c"] {
            let ended = run(client, &["--to", address]);
            fails(ended, client, "");
            let ended = run(client, &["--from", address]);
            fails(ended, client, "");
        }
        let both = run(client, &["--user", "x", "--no-auth"]);
        fails(both, client, "--no-auth");
    }
    for text in ["é", "\r", "\0", "\x1b"] {
        if text != "\0" {
            let ended = run(BY_HAND, &["--text", text]);
            fails(ended, BY_HAND, "write --text in ASCII");
        }
    }
    fails(run(COMPOSE, &["a", "b"]), COMPOSE, "too many arguments");
    fails(run(READ, &["a", "b", "c"]), READ, "too many arguments");
}

#[test]
fn without_the_password_in_the_environment_nobody_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    for client in [CHECK, BY_HAND, SEND, TLS, ROUND_TRIP] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let server = if client == ROUND_TRIP {
            "--smtp"
        } else {
            "--server"
        };
        let mut arguments = vec![server, &at, "--user", "ada@loopback.example"];
        if client == TLS {
            arguments.insert(0, "implicit");
        }
        for password in [None, Some("")] {
            let ended = run_with(client, &arguments, folder.path(), password);
            fails(
                ended,
                client,
                "set the environment variable LOOPBACK_MAIL_PASSWORD",
            );
        }
        listener.set_nonblocking(true).unwrap();
        let came = listener.accept().map(drop).map_err(|error| error.kind());
        assert_eq!(came, Err(ErrorKind::WouldBlock), "{client} connected");
    }
}

#[test]
fn a_closed_port_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (_held, closed) = closed_port();
    for client in [CHECK, BY_HAND, SEND, ROUND_TRIP] {
        let ended = run(client, arguments(client, closed), folder.path());
        fails(
            ended,
            client,
            "nobody listens there: start mail_server_26 first",
        );
    }
    // It looks for the CA first.
    let ended = run(
        TLS,
        ["implicit", "--server", &closed.to_string()],
        folder.path(),
    );
    fails(ended, TLS, "start mail_server_26, or give --ca");
    let ended = run(
        TLS,
        ["unknown-ca", "--server", &closed.to_string()],
        folder.path(),
    );
    fails(
        ended,
        TLS,
        "nobody listens there: start mail_server_26 first",
    );
}

// ---- Composing and reading ----

#[test]
fn the_letter_is_the_same_each_time_and_goes_on_the_wire_as_it_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.eml");
    let shown = output(run(COMPOSE, [&file], folder.path()));
    let letter = fs::read(&file).unwrap();
    let wire = String::from_utf8(letter.clone()).unwrap();
    assert!(wire.is_ascii(), "{wire}");
    for line in wire.split_inclusive('\n') {
        assert!(line.ends_with("\r\n") && line.len() <= 1000, "{line:?}");
    }
    // What is drawn is the letter: without the tree in front and the line ends written out, the same lines.
    let drawn = shown.lines().skip(1).take(wire.lines().count());
    let drawn = drawn.map(|line| line.trim_start_matches(['│', '├', '└', '─']).to_owned());
    for (drawn, sent) in drawn.zip(wire.lines()) {
        let drawn = drawn.strip_suffix("\\r\\n").expect("a line end");
        assert!(drawn.ends_with(sent), "{drawn:?} is not {sent:?}");
        let margin = &drawn[..drawn.len() - sent.len()];
        assert!(margin.chars().all(|c| " │├└─".contains(c)), "{drawn:?}");
    }
    assert!(shown.contains(&format!("\n{} bytes\n", letter.len())));
    // The blind copy is in the envelope, and nowhere in the letter.
    assert!(shown.starts_with(
        "envelope: from ada@loopback.example, to grace@loopback.example, postmaster@"
    ));
    assert!(!wire.contains("postmaster") && !wire.to_lowercase().contains("bcc"));

    let again = output(run(
        COMPOSE,
        [folder.path().join("again.eml")],
        folder.path(),
    ));
    assert_eq!(fs::read(folder.path().join("again.eml")).unwrap(), letter);
    assert_eq!(again.replace("again.eml", "letter.eml"), shown);
    fails(
        run(COMPOSE, [&file], folder.path()),
        COMPOSE,
        "choose another name",
    );
    assert_eq!(fs::read(&file).unwrap(), letter);
}

#[test]
fn the_composed_letter_is_read_as_it_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let (file, saved) = (
        folder.path().join("letter.eml"),
        folder.path().join("saved"),
    );
    output(run(COMPOSE, [&file], folder.path()));
    let shown = output(run(READ, [&file, &saved], folder.path()));
    for line in [
        "From: Ada 阿达 <ada@loopback.example>\n",
        "To: Grace \"Amazing\" Hopper <grace@loopback.example>\n",
        "Subject: Grüße aus London: a table and a picture 一个表格和一张图\n",
        "\n1 multipart/mixed\n├─ 2 multipart/alternative\n│  ├─ 3 text/plain, ",
        "│  └─ 4 multipart/related\n│     ├─ 5 text/html, ",
        "\n└─ 7 text/csv, utf-8, quoted-printable, 22 bytes, \"Tabelle 表格.csv\"\n",
        "\n| größer als 0 = gültig. Von Ada, mit schönen Grüßen.\n| .this line begins with a dot\n| 这一行是中文。\n",
        "\nsaved 103 bytes as attachment.png\nsaved 22 bytes as Tabelle 表格.csv\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in:\n{shown}");
    }
    let picture = fs::read(saved.join("attachment.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.ends_with(b"IEND\xaeB`\x82"));
    let table = fs::read_to_string(saved.join("Tabelle 表格.csv")).unwrap();
    assert_eq!(table.replace("\r\n", "\n"), "n,n²\n1,1\n2,4\n3,9\n");
}

#[test]
fn the_hard_letter_is_read_as_far_as_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let shown = output(run(READ, [""; 0], folder.path()));
    for line in [
        "From: André Pirard (from Liège) <someone@elsewhere.example>\n",
        "To: Lovelace, Ada <ada@loopback.example>, 李子 <grace@loopback.example>\n",
        "Received: from mx.elsewhere.example (mx.elsewhere.example [192.0.2.25]) by loopback.example with",
        "| “That is 5 €”, she said, in one line.\n| --a boundary is no line of its own here\n",
        "| <p>“That is 5 €”, she said.</p>\n",
        "\"../../.ssh/authorized_keys\"\n",
        "\"表格.csv\"\n",
        "message/rfc822, ",
        "| How much is it?\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in:\n{shown}");
    }
}

#[test]
fn letters_in_the_charsets_of_china_and_japan_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.eml");
    // "中文" in GB2312, "你好" in GBK and in GB18030, "日本" in ISO-2022-JP.
    let letter = "From: =?gb2312?B?1tDOxA==?= <someone@elsewhere.example>\r\n\
        Subject: =?GBK?Q?=C4=E3=BA=C3?= =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\r\n\
        Content-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6ww==\r\n";
    fs::write(&file, letter).unwrap();
    let shown = output(run(READ, [&file], folder.path()));
    for line in [
        "From: 中文 <someone@elsewhere.example>\n",
        "Subject: 你好日本\n",
        "\n| 你好\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in:\n{shown}");
    }
}

#[test]
fn no_name_of_an_attachment_leaves_the_folder_or_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("in/saved");
    fs::create_dir_all(&saved).unwrap();
    fs::write(saved.join("mine.txt"), "mine").unwrap();
    let target = folder.path().join("target");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&target, saved.join("link")).unwrap();
    let long = "n".repeat(1000) + ".pdf";
    let wide = "汉".repeat(300) + ".pdf";
    let names = [
        ("../../escaped", "escaped"),
        ("/etc/passwd", "passwd"),
        ("C:\\\\temp\\\\y.txt", "y.txt"),
        ("..\\\\..\\\\w", "w"),
        ("x.txt::$DATA", "$DATA"),
        ("..", "attachment"),
        (".", "attachment (2)"),
        ("", "attachment.bin"),
        ("a/", "attachment (3)"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1.x.y", "_com1.x.y"),
        ("LPT9", "_LPT9"),
        ("console.txt", "console.txt"),
        ("a\x1b[2Jb", "a_[2Jb"),
        ("a|b<c>?*", "a_b_c___"),
        ("dot. ", "dot"),
        ("evil\u{202e}gpj.exe", "evil_gpj.exe"),
        ("same", "same"),
        ("same", "same (2)"),
        ("mine.txt", "mine (2).txt"),
        ("link", if cfg!(unix) { "link (2)" } else { "link" }),
        (&long, &long[long.len() - 150..]),
        // 4 bytes of the extension, and 48 times 3.
        (&wide, &wide[wide.len() - 148..]),
    ];
    let mut letter = String::from("From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (name, _) in names {
        let part = format!(
            "--b\r\nContent-Type: application/x\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\nx\r\n"
        );
        letter += &part;
    }
    let file = folder.path().join("names.eml");
    fs::write(&file, letter + "--b--\r\n").unwrap();
    let shown = output(run(READ, [&file, &saved], folder.path()));
    let said: Vec<_> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("saved 1 bytes as "))
        .collect();
    let expected: Vec<_> = names.iter().map(|(_, safe)| *safe).collect();
    assert_eq!(said, expected);
    for name in expected {
        assert_eq!(fs::read(saved.join(name)).unwrap(), b"x", "{name}");
    }
    assert_eq!(fs::read(saved.join("mine.txt")).unwrap(), b"mine");
    assert!(!target.exists(), "a link was followed");
    let mut outside: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    outside.sort();
    assert_eq!(outside, ["in", "names.eml"], "something left the folder");
    assert_eq!(fs::read_dir(folder.path().join("in")).unwrap().count(), 1);
    // A folder that cannot be one.
    fails(
        run(READ, [&file, &file], folder.path()),
        READ,
        "cannot save into",
    );
}

#[test]
fn a_bad_letter_ends_neither_in_a_panic_nor_never() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, letter: &[u8]| {
        let file = folder.path().join(name);
        fs::write(&file, letter).unwrap();
        run(READ, [&file], folder.path())
    };
    fails(
        read("empty", b""),
        READ,
        "this is no letter: it has no headers",
    );
    let missing = run(READ, [folder.path().join("missing")], folder.path());
    fails(missing, READ, "cannot read");
    fails(
        run(READ, [folder.path()], folder.path()),
        READ,
        "cannot read",
    );
    let huge = folder.path().join("huge");
    fs::File::create(&huge).unwrap().set_len(30 << 20).unwrap();
    fails(
        run(READ, [&huge], folder.path()),
        READ,
        "longer than 25 MiB",
    );

    // Cut anywhere, a letter is still read.
    let letter = include_bytes!("../examples/mail/letters/hard.eml");
    for length in [1, 10, 100, 700, 900, 1200, 1500, 1700, letter.len() - 1] {
        output(read("cut", &letter[..length]));
    }
    let shown = output(read(
        "charset",
        b"Content-Type: text/plain; charset=no-such\r\n\r\ncaf\xe9\r\n",
    ));
    assert!(shown.contains("| caf\u{fffd}\n"), "{shown}");
    let shown = output(read(
        "control",
        b"Subject: \x1b[2J =?utf-8?q?=1b]0;x=07=0d=0a?=\r\n\r\n\x1b[31mred\x9b\x07\r\n",
    ));
    assert!(shown.contains("| ?[31mred"), "{shown}");
    output(read("bytes", &(0..=255).collect::<Vec<u8>>().repeat(100)));

    let nested = |part: &str| format!("From: a\r\n{}", part.repeat(10_000)).into_bytes();
    for deep in [
        nested("Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n"),
        nested("Content-Type: message/rfc822\r\n\r\n"),
        (0..10_000).fold(b"From: a\r\n".to_vec(), |mut all, n| {
            all.extend(
                format!("Content-Type: multipart/mixed; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n")
                    .bytes(),
            );
            all
        }),
    ] {
        let shown = output(read("deep", &deep));
        assert!(shown.contains("… and deeper: not shown"), "{shown}");
        assert!(shown.len() < 10_000, "{} bytes are shown", shown.len());
    }
    let many = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        "--b\r\n\r\nx\r\n".repeat(5_000)
    );
    let shown = output(read("many", many.as_bytes()));
    assert!(shown.contains("… and more: not shown"), "{shown}");
}

#[test]
fn a_letter_that_is_too_much_for_mail_parser_costs_a_process_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let read = |letter: String| {
        let file = folder.path().join("letter.eml");
        fs::write(&file, letter).unwrap();
        run(READ, [&file], folder.path())
    };
    // Letters in letters, encoded as RFC 2046 forbids it: mail-parser copies them by calling itself.
    let inside = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    let inside: String = inside.replace("=", "=3D");
    let encoded =
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    let ended = read(format!("From: a\r\n{encoded}From: b\r\n{inside}"));
    fails(
        ended,
        READ,
        "mail-parser broke down: this letter has too much in it",
    );
    // Parts whose boundary never comes: each is looked for in all that follows.
    let part = "--b\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n";
    let ended = read(format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        part.repeat(400_000)
    ));
    fails(
        ended,
        READ,
        "gave up after 10 s: this letter has too much in it",
    );
}

// ---- Against the post office ----

#[test]
fn a_letter_by_hand_shows_every_line_and_arrives() {
    let post = Post::start();
    let shown = output(run(
        BY_HAND,
        ["--server", post.at("submission")],
        post.folder.path(),
    ));
    let order = [
        "< 220 ",
        "> EHLO [127.0.0.1]",
        "< 250-",
        "< 250 ",
        "> AUTH PLAIN ***",
        "< 235 ",
        "> MAIL FROM:<ada@loopback.example>",
        "> RCPT TO:<grace@loopback.example>",
        "> DATA",
        "< 354 ",
        "> From: ada@loopback.example",
        "> \n",
        "> ..this line begins with a dot.",
        "> .\n< 250 ",
        "accepted for grace@loopback.example",
        "> QUIT",
        "< 221 ",
    ];
    in_order(&shown, &order);
    let [letter] = &post.texts("grace")[..] else {
        panic!("not one letter");
    };
    assert!(
        letter.starts_with("Return-Path: <ada@loopback.example>\r\nReceived: from [127.0.0.1] ")
    );
    assert!(letter.ends_with("\r\nSubject: By hand\r\n\r\nDear Grace,\r\n.this line begins with a dot.\r\nYours, Ada\r\n"), "{letter}");
}

#[test]
fn dots_pass_through_smtp_as_they_are() {
    let post = Post::start();
    let text = ".\n..\n...\n.a\n\n.\nend";
    let at = post.at("submission");
    output(run(
        BY_HAND,
        ["--server", at, "--text", text],
        post.folder.path(),
    ));
    let file = post.folder.path().join("dots.eml");
    fs::write(&file, format!("From: ada@loopback.example\n\n{text}\n")).unwrap();
    output(run(
        SEND,
        [OsStr::new("--server"), at.as_ref(), file.as_os_str()],
        post.folder.path(),
    ));
    let letters = post.texts("grace");
    assert_eq!(letters.len(), 2);
    for letter in letters {
        let body = letter.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(body, format!("{text}\n").replace('\n', "\r\n"));
    }
}

#[test]
fn each_recipient_is_accepted_or_refused_alone() {
    let post = Post::start();
    let to = "grace@loopback.example,nobody@loopback.example,postmaster@loopback.example,someone@elsewhere.example";
    let at = post.at("submission");
    let shown = output(run(
        BY_HAND,
        ["--server", at, "--to", to],
        post.folder.path(),
    ));
    assert!(
        shown.contains("not for nobody@loopback.example: 550 5.1.1 "),
        "{shown}"
    );
    assert!(
        shown.contains("not for someone@elsewhere.example: 550 5.7.1 "),
        "{shown}"
    );
    assert!(
        shown.contains("accepted for grace@loopback.example, postmaster@loopback.example\n"),
        "{shown}"
    );

    let ended = run(SEND, ["--server", at, "--to", to], post.folder.path());
    let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    assert!(
        shown.contains("accepted for grace@loopback.example: 250 "),
        "{shown}"
    );
    assert!(
        shown.contains("refused for nobody@loopback.example: permanent error (550): 5.1.1 "),
        "{shown}"
    );
    assert!(
        shown.contains("accepted for postmaster@loopback.example: 250 "),
        "{shown}"
    );
    assert!(
        shown.contains("refused for someone@elsewhere.example: permanent error (550): 5.7.1 "),
        "{shown}"
    );
    fails(ended, SEND, "2 of 4 recipients refused");
    assert_eq!(post.texts("grace").len(), 2);
    assert_eq!(post.texts("ada").len(), 2);

    let ended = run(
        BY_HAND,
        ["--server", at, "--to", "nobody@loopback.example"],
        post.folder.path(),
    );
    let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    assert!(
        shown.contains("> QUIT\n< 221 ") && !shown.contains("> DATA"),
        "{shown}"
    );
    fails(ended, BY_HAND, "no recipient was accepted");
    assert_eq!(post.texts("grace").len(), 2);
}

#[test]
fn mail_from_elsewhere_comes_in_on_the_port_for_relays() {
    let post = Post::start();
    let at = post.at("listening");
    let from = [
        "--server",
        at,
        "--no-auth",
        "--from",
        "someone@elsewhere.example",
    ];
    for client in [BY_HAND, SEND] {
        output(run(client, from, post.folder.path()));
        // The other way round, it would be an open relay.
        let out = [&from[..], &["--to", "else@elsewhere.example"]].concat();
        let ended = run(client, out, post.folder.path());
        fails(ended, client, "recipient");
        // And nobody signs in here.
        let ended = run(client, ["--server", at], post.folder.path());
        fails(ended, client, "");
    }
    let letters = post.texts("grace");
    assert_eq!(letters.len(), 2);
    for letter in letters {
        assert!(
            letter.starts_with("Return-Path: <someone@elsewhere.example>\r\n"),
            "{letter}"
        );
    }
}

#[test]
fn a_composed_letter_is_sent_as_it_is_in_the_file() {
    let post = Post::start();
    let file = post.folder.path().join("letter.eml");
    output(run(COMPOSE, [&file], post.folder.path()));
    let letter = fs::read_to_string(&file).unwrap();
    let unix = post.folder.path().join("unix.eml");
    fs::write(&unix, letter.replace("\r\n", "\n")).unwrap();
    for (tls, service) in [
        ("none", "submission"),
        ("starttls", "submission"),
        ("implicit", "submissions"),
    ] {
        for file in [&file, &unix] {
            let arguments = [
                OsStr::new("--tls"),
                tls.as_ref(),
                "--server".as_ref(),
                post.at(service).as_ref(),
                file.as_os_str(),
            ]
            .map(OsStr::to_owned);
            output(run(SEND, arguments, post.folder.path()));
        }
    }
    let letters = post.texts("grace");
    assert_eq!(letters.len(), 6);
    for came in letters {
        assert!(came.ends_with(&letter), "{came}");
        let added = came.strip_suffix(&letter).unwrap();
        assert!(
            added.starts_with("Return-Path: <ada@loopback.example>\r\nReceived: "),
            "{added}"
        );
    }
    let empty = post.folder.path().join("empty.eml");
    fs::write(&empty, "").unwrap();
    fails(run(SEND, [&empty], post.folder.path()), SEND, "it is empty");
    let missing = run(
        SEND,
        [post.folder.path().join("missing")],
        post.folder.path(),
    );
    fails(missing, SEND, "no letter in ");
}

#[test]
fn a_wrong_password_is_refused_and_not_shown() {
    let post = Post::start();
    let wrong = "grace's cat";
    for (client, service, more) in [
        (BY_HAND, "submission", &[][..]),
        (SEND, "submission", &[]),
        (CHECK, "imap", &[]),
        (CHECK, "pop3", &["--protocol", "pop3"]),
        (CHECK, "submission", &["--protocol", "smtp"]),
        (TLS, "submission", &["starttls"]),
    ] {
        let at = post.at(service);
        let arguments = [more, &["--server", at, "--user", "ada@loopback.example"]].concat();
        let ended = run_with(client, &arguments, post.folder.path(), Some(wrong));
        let shown = format!("{:?}", ended.get_output());
        assert!(!shown.contains(wrong), "the password is shown: {shown}");
        fails(ended, client, "check the name and the password");
        // And with the right one it works, with the address as the name.
        let mut arguments = arguments.clone();
        if matches!(client, BY_HAND | SEND) {
            arguments.extend(["--to", "grace@loopback.example"]);
        }
        output(run_with(
            client,
            &arguments,
            post.folder.path(),
            Some("lovelace"),
        ));
    }
    assert_eq!(post.texts("grace").len(), 2);
}

#[test]
fn a_check_tells_what_it_finds_and_changes_nothing() {
    let post = Post::start();
    for _ in 0..3 {
        let at = post.at("submission");
        output(run(
            BY_HAND,
            ["--server", at, "--to", "ada@loopback.example"],
            post.folder.path(),
        ));
    }
    let kept =
        || ["new", "cur", "tmp"].map(|part| files(&post.root.join("ada/Maildir").join(part)));
    let before = kept();
    assert_eq!(before.concat().len(), 3);
    for (protocol, found) in [
        ("imap", "= letters in INBOX: 3\n"),
        ("pop3", "= letters: 3, bytes: "),
        ("smtp", "= it can: "),
    ] {
        for (tls, says) in [
            ("none", "= not encrypted"),
            ("starttls", "= TLSv1_3"),
            ("implicit", "= TLSv1_3"),
        ] {
            let service = match (protocol, tls) {
                ("smtp", "implicit") => "submissions".into(),
                ("smtp", _) => "submission".into(),
                (_, "implicit") => format!("{protocol}s"),
                _ => protocol.to_owned(),
            };
            let at = post.at(&service);
            let arguments = ["--protocol", protocol, "--tls", tls, "--server", at];
            let shown = output(run(CHECK, arguments, post.folder.path()));
            for line in [found, says, "= ready: ada may sign in here\n"] {
                assert!(
                    shown.contains(line),
                    "{arguments:?}: no {line:?} in:\n{shown}"
                );
            }
            let secret = shown.find("***").expect("hidden");
            if tls != "none" {
                assert!(shown.find(says).unwrap() < secret, "{shown}");
            }
        }
    }
    assert_eq!(kept(), before, "the check has changed something");
}

#[test]
fn tls_begins_before_the_password_or_there_is_none() {
    let post = Post::start();
    let tls = |way: &str, service: &str| {
        run(TLS, [way, "--server", post.at(service)], post.folder.path())
    };
    let shown = output(tls("implicit", "submissions"));
    in_order(
        &shown,
        &[
            "= TLSv1_3, ",
            "< 220 ",
            "> EHLO ",
            "> AUTH PLAIN ***",
            "< 235 ",
            "> QUIT",
            "< 221 ",
        ],
    );
    assert!(shown.starts_with("= TLSv1_3"), "{shown}");
    let shown = output(tls("starttls", "submission"));
    in_order(
        &shown,
        &[
            "< 220 ",
            "> EHLO ",
            "< 250-STARTTLS",
            "> STARTTLS",
            "< 220 ",
            "= TLSv1_3",
            "> EHLO ",
            "> AUTH PLAIN ***",
            "< 235 ",
        ],
    );
    let inside = shown.split_once("= TLSv1_3").unwrap().1;
    assert!(
        !inside.contains("STARTTLS"),
        "offered inside TLS, too: {inside}"
    );

    for (way, service, says) in [
        (
            "downgrade",
            "submission",
            "no STARTTLS is offered, so no password was sent",
        ),
        (
            "unknown-ca",
            "submissions",
            "so no password was sent: invalid peer certificate: UnknownIssuer: nobody whom we trust",
        ),
        (
            "wrong-name",
            "submissions",
            "so no password was sent: invalid peer certificate: certificate not valid for name \"mail.elsewhere.example\"",
        ),
        // The wrong port for it: TLS where a greeting comes, a greeting where TLS is to come.
        ("implicit", "submission", "this is not TLS"),
    ] {
        let ended = tls(way, service);
        let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
        assert!(!shown.contains("AUTH PLAIN *"), "{shown}");
        fails(ended, TLS, says);
    }
    // Another post office's CA is none for this one.
    let other = Post::start();
    let at = post.at("submissions");
    let arguments = ["implicit", "--server", at, "--ca", &other.ca()];
    fails(
        run(TLS, arguments, post.folder.path()),
        TLS,
        "so no password was sent: invalid peer certificate",
    );
    for (client, tls) in [
        (SEND, "implicit"),
        (SEND, "starttls"),
        (BY_HAND, "implicit"),
        (CHECK, "starttls"),
        (CHECK, "implicit"),
    ] {
        let service = match (client, tls) {
            (CHECK, "implicit") => "imaps",
            (CHECK, _) => "imap",
            (_, "implicit") => "submissions",
            _ => "submission",
        };
        let at = post.at(service);
        let arguments = ["--tls", tls, "--server", at, "--ca", &other.ca()];
        fails(
            run(client, arguments, post.folder.path()),
            client,
            "no password was sent",
        );
    }
    // None of them got as far as AUTH: of all these sessions, the server has heard of those that were to be, and of this.
    output(tls("implicit", "submissions"));
    post.has_told("[13] < 221 ");
    let told = post.told().join("\n");
    assert_eq!(told.matches("> AUTH ").count(), 3, "{told}");
    // Without a word, it is the way that the standard prefers.
    let arguments = ["--server", post.at("submissions")];
    let shown = output(run(TLS, arguments, post.folder.path()));
    in_order(&shown, &["= TLSv1_3", "< 220 ", "> AUTH PLAIN ***"]);
}

#[test]
fn the_round_trip_is_byte_for_byte() {
    let post = Post::start();
    for tls in ["none", "starttls", "implicit"] {
        let s = if tls == "implicit" { "s" } else { "" };
        let at = ["submission", "pop3", "imap"].map(|service| post.at(&format!("{service}{s}")));
        let arguments = [
            "--tls", tls, "--smtp", at[0], "--pop3", at[1], "--imap", at[2],
        ];
        let shown = output(run(ROUND_TRIP, arguments, post.folder.path()));
        let end = "  and the rest is what was sent, byte for byte\n";
        assert_eq!(shown.matches(end).count(), 2, "{shown}");
        assert_eq!(
            shown
                .matches("  added: Return-Path: <ada@loopback.example>\n")
                .count(),
            2,
            "{shown}"
        );
        assert_eq!(
            shown.matches("  added: Received: from ").count(),
            2,
            "{shown}"
        );
        assert_eq!(shown.matches("  added: ").count(), 4, "{shown}");
    }
    assert_eq!(post.texts("grace").len(), 3);
    // The letters that have come before do not confuse it, nor does the account of a reader with one name for all.
    let at = ["submission", "pop3", "imap"].map(|service| post.at(service));
    let arguments = [
        "--user",
        "ada@loopback.example",
        "--smtp",
        at[0],
        "--pop3",
        at[1],
        "--imap",
        at[2],
    ];
    output(run_with(
        ROUND_TRIP,
        arguments,
        post.folder.path(),
        Some("lovelace"),
    ));
    assert_eq!(post.texts("ada").len(), 1);
}

#[test]
fn a_provider_that_rewrites_letters_is_told_what_differs() {
    let post = Post::start();
    let at = ["submission", "pop3"].map(|service| post.at(service));
    // Between the client and POP3: somebody who changes what passes.
    for (from, to, says) in [
        // A header, written anew, and one more in the middle.
        (
            "MIME-Version: 1.0\r\n",
            "MIME-version: 1.0\r\nX-Scanned: yes\r\n",
            Ok("  no longer as it was: MIME-Version: 1.0\n"),
        ),
        // The text, with another encoding of the same.
        (
            "dot first\r\n",
            "dot=20first\r\n",
            Ok("  and the text and the attachment are what was sent\n"),
        ),
        // Another text.
        (
            "dot first",
            "dot lost!",
            Err("the text or the attachment is not what was sent"),
        ),
        // Another byte in the attachment.
        (
            "AAECAwQF",
            "AAECAwQG",
            Err("the text or the attachment is not what was sent"),
        ),
    ] {
        let changed = changing(at[1], from, to);
        let changed_imap = changing(post.at("imap"), "no such", "thing");
        let arguments = ["--smtp", at[0], "--pop3", &changed, "--imap", &changed_imap];
        let ended = run(ROUND_TRIP, arguments, post.folder.path());
        match says {
            Ok(says) => {
                let shown = output(ended);
                assert!(shown.contains(says), "no {says:?} in:\n{shown}");
            }
            Err(says) => fails(ended, ROUND_TRIP, says),
        }
    }
}

// ---- A server that misbehaves ----

/// Which client, in which protocol, at which step of it, what the server does there, and what the client must say.
type Fault = (&'static str, Protocol, &'static str, Does, &'static str);

/// The steps at which a client can be let down, the farewell left out: what is said there changes nothing any more.
fn steps() -> Vec<(&'static str, Protocol, &'static str)> {
    let smtp = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."];
    let mut steps = Vec::new();
    for client in [BY_HAND, SEND, ROUND_TRIP] {
        steps.extend(smtp.map(|step| (client, Protocol::Smtp, step)));
    }
    steps.extend(["greeting", "EHLO", "AUTH"].map(|step| (CHECK, Protocol::Smtp, step)));
    let pop3 = ["greeting", "USER", "PASS", "STAT"];
    steps.extend(pop3.map(|step| (CHECK, Protocol::Pop3, step)));
    steps.extend(pop3.map(|step| (ROUND_TRIP, Protocol::Pop3, step)));
    steps.extend(["TOP"].map(|step| (ROUND_TRIP, Protocol::Pop3, step)));
    let imap = ["greeting", "LOGIN", "EXAMINE"];
    steps.extend(imap.map(|step| (CHECK, Protocol::Imap, step)));
    steps.extend(imap.map(|step| (ROUND_TRIP, Protocol::Imap, step)));
    steps.extend(["CAPABILITY"].map(|step| (CHECK, Protocol::Imap, step)));
    steps.extend(["SEARCH", "FETCH"].map(|step| (ROUND_TRIP, Protocol::Imap, step)));
    steps
}

#[test]
fn a_server_that_stops_answering_is_not_waited_for_for_ever() {
    let silent = |(client, protocol, step)| {
        (
            client,
            protocol,
            step,
            Does::Nothing,
            "it was silent for 5 s",
        )
    };
    let mut faults: Vec<_> = steps().into_iter().map(silent).collect();
    for way in ["implicit", "starttls"] {
        faults.push((
            TLS,
            Protocol::Smtp,
            if way == "implicit" {
                "handshake"
            } else {
                "STARTTLS"
            },
            Does::Nothing,
            "it was silent for 5 s",
        ));
    }
    all_fail(faults);
}

#[test]
fn a_server_that_hangs_up_is_told_at_every_step() {
    let hangs_up = |(client, protocol, step)| {
        let says = if client == SEND {
            "incomplete response"
        } else {
            "it "
        };
        (client, protocol, step, Does::HangUp, says)
    };
    let mut faults: Vec<_> = steps().into_iter().map(hangs_up).collect();
    faults.push((
        TLS,
        Protocol::Smtp,
        "handshake",
        Does::HangUp,
        "no password was sent: it cut the connection",
    ));
    faults.push((TLS, Protocol::Smtp, "STARTTLS", Does::HangUp, "it hung up"));
    all_fail(faults);
}

#[test]
fn a_server_that_is_slow_without_an_end_is_left() {
    let mut faults = Vec::new();
    for (client, protocol, step) in steps() {
        if matches!(step, "greeting" | "AUTH" | "LOGIN" | "PASS" | ".") {
            let says = if client == ROUND_TRIP {
                "not back after 20 s"
            } else {
                "was not over after 15 s"
            };
            faults.push((client, protocol, step, Does::Trickle, says));
        }
    }
    faults.push((
        TLS,
        Protocol::Smtp,
        "STARTTLS",
        Does::Trickle,
        "was not over after 15 s",
    ));
    all_fail(faults);
}

#[test]
fn a_reply_without_an_end_fills_no_memory() {
    let mut faults = Vec::new();
    for (client, protocol, step) in steps() {
        // A line that never ends.
        let says = match client {
            SEND => "SMTP response line too long",
            _ => "its line is too long",
        };
        faults.push((client, protocol, step, Does::Endless("a"), says));
        // Lines that never end.
        match (client, protocol, step) {
            (SEND, ..) => faults.push((
                client,
                protocol,
                step,
                Does::Endless("250-more\r\n"),
                // lettre gives up at 16 KiB, or takes more than its time to parse them again for each line.
                "the session with",
            )),
            (_, Protocol::Smtp, _) => {
                faults.push((client, protocol, step, Does::Endless("250-more\r\n"), ""))
            }
            (_, Protocol::Imap, "greeting") | (_, Protocol::Pop3, _) => {}
            (_, Protocol::Imap, _) => faults.push((
                client,
                protocol,
                step,
                Does::Endless("* OK more\r\n"),
                "its answer has no end",
            )),
        }
    }
    faults.push((
        CHECK,
        Protocol::Pop3,
        "CAPA",
        Does::Endless("+OK more\r\n"),
        "its answer has no end",
    ));
    faults.push((
        ROUND_TRIP,
        Protocol::Pop3,
        "TOP",
        Does::Endless("+OK more\r\n"),
        "its letter has no end",
    ));
    faults.push((
        ROUND_TRIP,
        Protocol::Imap,
        "FETCH",
        Does::Says("* 1 FETCH (BODY[] {99999999999}\r\n"),
        "a letter that is too long",
    ));
    faults.push((
        ROUND_TRIP,
        Protocol::Imap,
        "FETCH",
        Does::Says("* 1 FETCH (BODY[] {1048577}\r\n"),
        "a letter that is too long",
    ));
    faults.push((
        ROUND_TRIP,
        Protocol::Imap,
        "FETCH",
        Does::Says("* 1 FETCH (BODY[] {-1}\r\n"),
        "a letter that is too long",
    ));
    faults.push((
        TLS,
        Protocol::Smtp,
        "STARTTLS",
        Does::Endless("a"),
        "its line is too long",
    ));
    all_fail(faults);
}

#[test]
fn what_is_no_reply_is_told_and_shown_without_control_characters() {
    let mut faults = Vec::new();
    for (client, protocol, step) in steps() {
        let says = match (client, protocol) {
            (BY_HAND, _) => "that is no reply: is it an SMTP server?",
            (SEND, _) => "is it an SMTP server",
            (_, Protocol::Imap) if step != "greeting" => "that is no answer: is it an IMAP server?",
            _ => "\u{fffd}?[2J nonsense",
        };
        if (client, protocol, step) != (ROUND_TRIP, Protocol::Imap, "FETCH") {
            faults.push((
                client,
                protocol,
                step,
                Does::Bytes(b"\xff\x1b[2J nonsense\r\n"),
                says,
            ));
        }
    }
    for client in [BY_HAND, TLS] {
        for reply in [
            "25\r\n",
            "250+x\r\n",
            "2500 x\r\n",
            "+25 x\r\n",
            "250-x\r\n251 x\r\n",
            "\r\n",
            "\u{663} x\r\n",
        ] {
            faults.push((
                client,
                Protocol::Smtp,
                "EHLO",
                Does::Says(reply),
                "that is no reply: is it an SMTP server?",
            ));
        }
        faults.push((
            client,
            Protocol::Smtp,
            "EHLO",
            Does::Says("250 bare line end\n"),
            "does not end with CR LF",
        ));
    }
    all_fail(faults);
}

#[test]
fn a_refusal_is_told_at_every_step() {
    let mut faults = Vec::new();
    for (client, protocol, step) in steps() {
        let (reply, says) = match (client, protocol, step) {
            (SEND, _, "AUTH") => (
                "535 no\x1b[2J\r\n",
                "permanent error (535): no?[2J: check the name and the password",
            ),
            (SEND, _, "greeting" | "EHLO") => (
                "421 no\x1b[2J\r\n",
                "transient error (421): no?[2J: no letter was sent",
            ),
            (SEND, ..) => ("554 no\x1b[2J\r\n", "1 of 1 recipients refused"),
            (BY_HAND, _, "RCPT") => ("550 no\x1b[2J\r\n", "no recipient was accepted"),
            (_, Protocol::Smtp, _) => ("554 no\x1b[2J\r\n", "554 no?[2J"),
            (_, Protocol::Pop3, _) => ("-ERR no\x1b[2J\r\n", "-ERR no?[2J"),
            (_, Protocol::Imap, "greeting") => ("* BYE no\x1b[2J\r\n", "* BYE no?[2J"),
            (_, Protocol::Imap, _) => ("TAG NO no\x1b[2J\r\n", " NO no?[2J"),
        };
        faults.push((client, protocol, step, Does::Says(reply), says));
    }
    for reply in ["454 no TLS today\r\n", "502 no TLS\r\n"] {
        faults.push((TLS, Protocol::Smtp, "STARTTLS", Does::Says(reply), "no TLS"));
    }
    all_fail(faults);
}

#[test]
fn a_server_that_repeats_what_it_did_not_like_shows_no_password() {
    let mut faults = Vec::new();
    for (client, protocol, step) in steps() {
        if matches!(step, "AUTH" | "PASS" | "LOGIN") {
            faults.push((client, protocol, step, Does::Repeats, "***"));
        }
    }
    assert_eq!(faults.len(), 8);
    all_fail(faults);
}

#[test]
fn who_offers_no_auth_gets_no_password() {
    let post = Post::start();
    for client in [BY_HAND, SEND, CHECK] {
        let server = Hostile::start(
            Protocol::Smtp,
            "EHLO",
            Does::Says("250-AUTH GSSAPI\r\n250 SIZE 1\r\n"),
        );
        let ended = run(client, server.arguments(client, &post), post.folder.path());
        fails(
            ended,
            client,
            if client == SEND {
                "No compatible authentication mechanism"
            } else {
                "it offers no AUTH PLAIN, so no password was sent"
            },
        );
        let heard = server.heard();
        assert!(!heard.contains("AUTH"), "{client} said {heard:?}");
    }
    let server = Hostile::start(
        Protocol::Imap,
        "CAPABILITY",
        Does::Says("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done\r\n"),
    );
    let ended = run(CHECK, server.arguments(CHECK, &post), post.folder.path());
    fails(ended, CHECK, "it wants no password like this: ask for TLS");
    assert!(!server.heard().contains("LOGIN "), "{:?}", server.heard());
}

#[test]
fn who_offers_no_starttls_or_says_more_in_the_clear_gets_no_password() {
    let post = Post::start();
    let post = &post;
    thread::scope(|scope| {
        // It listens in the clear only, so what it hears is all that was said.
        for (client, protocol) in [
            (SEND, Protocol::Smtp),
            (CHECK, Protocol::Smtp),
            (CHECK, Protocol::Pop3),
            (CHECK, Protocol::Imap),
            (ROUND_TRIP, Protocol::Smtp),
            (TLS, Protocol::Smtp),
        ] {
            let (refuses, goes_on) = match protocol {
                Protocol::Smtp => (
                    "502 no such command\r\n",
                    "220 go on\r\n250 AUTH PLAIN\r\n250 2.0.0 welcome\r\n",
                ),
                Protocol::Pop3 => ("-ERR no such command\r\n", "+OK go on\r\n+OK more\r\n"),
                Protocol::Imap => (
                    "TAG BAD no such command\r\n",
                    "TAG OK go on\r\n* OK more\r\n",
                ),
            };
            let step = if protocol == Protocol::Pop3 {
                "STLS"
            } else {
                "STARTTLS"
            };
            for (says, offered) in [(refuses, true), (goes_on, true), (refuses, false)] {
                scope.spawn(move || {
                    let mut server = Hostile::start(protocol, step, Does::Says(says));
                    if !offered {
                        server = Hostile::start(
                            protocol,
                            "EHLO",
                            Does::Says("250-AUTH PLAIN\r\n250 SIZE 1\r\n"),
                        );
                    }
                    let mut arguments = server.arguments(client, post);
                    if client == TLS {
                        arguments[0] = "starttls".into();
                    } else {
                        arguments.extend(["--tls".into(), "starttls".into()]);
                    }
                    let ended = run(client, &arguments, post.folder.path());
                    let complaint =
                        String::from_utf8_lossy(&ended.get_output().stderr).into_owned();
                    fails(ended, client, "");
                    if says == goes_on {
                        assert!(
                            complaint.contains("is somebody in between?"),
                            "{client}: {complaint}"
                        );
                    }
                    let heard = server.heard();
                    for secret in ["AUTH", "PASS", "LOGIN", "lovelace"] {
                        assert!(!heard.contains(secret), "{client} said {heard:?}");
                    }
                    assert_eq!(
                        heard.contains(step),
                        offered || client == CHECK || client == ROUND_TRIP,
                        "{client} said {heard:?}"
                    );
                });
            }
        }
    });
}

#[test]
fn tls_that_is_cut_anywhere_is_an_error() {
    let post = Post::start();
    let at = post.at("submissions");
    let clients = |at: &str| {
        [
            (TLS, vec!["implicit"]),
            (BY_HAND, vec!["--tls", "implicit"]),
            (SEND, vec!["--tls", "implicit"]),
            (CHECK, vec!["--protocol", "smtp", "--tls", "implicit"]),
        ]
        .map(|(client, first)| {
            let mut all: Vec<String> = first.into_iter().map(str::to_owned).collect();
            all.extend(["--server".into(), at.to_owned()]);
            (client, all)
        })
    };
    for bytes in [0, 5, 100, 400, 700] {
        let cut = cutting(at, bytes);
        for (client, arguments) in clients(&cut) {
            let ended = run(client, arguments, post.folder.path());
            fails(ended, client, "");
        }
    }
    assert!(post.texts("grace").is_empty());
}

#[test]
fn a_farewell_that_fails_undoes_nothing() {
    let post = Post::start();
    let post = &post;
    thread::scope(|scope| {
        for (client, protocol) in [
            (BY_HAND, Protocol::Smtp),
            (SEND, Protocol::Smtp),
            (CHECK, Protocol::Smtp),
            (CHECK, Protocol::Pop3),
            (CHECK, Protocol::Imap),
        ] {
            let imap = protocol == Protocol::Imap;
            let step = if imap { "LOGOUT" } else { "QUIT" };
            for does in [
                Does::Nothing,
                Does::HangUp,
                Does::Says("500 what?\r\n"),
                Does::Endless("a"),
            ] {
                scope.spawn(move || {
                    let server = Hostile::start(protocol, step, does);
                    output(run(
                        client,
                        server.arguments(client, post),
                        post.folder.path(),
                    ));
                });
            }
        }
    });
}

// ---- With Debian's programs ----

#[cfg(target_os = "linux")]
mod with_debians_programs {
    use super::*;
    use dovecot::{Dovecot, own_ip};
    use post_office::{Killed, foreign, missing, name};
    use std::{
        process::{Command, Stdio},
        time::Instant,
    };

    #[test]
    #[ignore = "needs smtp-sink"]
    fn smtp_sink_takes_letters_by_hand_and_from_lettre() {
        let folder = tempfile::tempdir().unwrap();
        let Some(sink) = Sink::start(folder.path()) else {
            return;
        };
        for client in [BY_HAND, SEND] {
            for more in [&[][..], &["--no-auth"]] {
                let to = ["--to", "grace@loopback.example,someone@elsewhere.example"];
                let arguments = [&["--server", &sink.address][..], &to, more].concat();
                let shown = output(run(client, arguments, folder.path()));
                assert!(
                    shown.contains("accepted for grace@loopback.example"),
                    "{shown}"
                );
            }
        }
        let ended = run(
            CHECK,
            ["--protocol", "smtp", "--server", &sink.address],
            folder.path(),
        );
        assert!(output(ended).contains("= it can: "));
        // It has no TLS. Which CA we would trust does not matter.
        let post = Post::start();
        let ca = &post.ca();
        let ended = run(
            SEND,
            ["--server", &sink.address, "--tls", "starttls", "--ca", ca],
            folder.path(),
        );
        fails(ended, SEND, "STARTTLS is not supported on this server");
        let letters = files(&folder.path().join("mail"));
        // By hand, one for both recipients; by lettre, one for each.
        assert_eq!(letters.len(), 2 + 4);
        for letter in letters {
            let letter = fs::read_to_string(letter).unwrap();
            assert!(
                letter.contains("\n.this line begins with a dot.\n"),
                "{letter}"
            );
        }
    }

    #[test]
    #[ignore = "needs smtp-sink"]
    fn smtp_sink_that_refuses_or_disconnects_is_told() {
        let folder = tempfile::tempdir().unwrap();
        for (flag, reply) in [
            ("-f", "500 5.3.0 Error: command failed"),
            ("-r", "450 4.3.0 Error: command failed"),
            ("-Q", "421 "),
            ("-q", ""),
        ] {
            for step in ["MAIL", "RCPT", "DATA", "."] {
                let Some(sink) = Sink::with(folder.path(), &[flag, step]) else {
                    return;
                };
                let ended = run(BY_HAND, ["--server", &sink.address], folder.path());
                let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
                assert!(
                    shown.contains(&format!("< {reply}")),
                    "{flag} {step}: {shown}"
                );
                fails(ended, BY_HAND, "");
                fails(
                    run(SEND, ["--server", &sink.address], folder.path()),
                    SEND,
                    "",
                );
            }
        }
    }

    #[test]
    #[ignore = "needs dovecot"]
    fn a_mailbox_of_dovecot_is_checked_with_and_without_tls() {
        let letter = b"Subject: one of two\r\n\r\nhello\r\n";
        let Some(dovecot) = Dovecot::start(&[letter, letter]) else {
            return;
        };
        let folder = dovecot.folder.path();
        let ca = dovecot.ca();
        for (protocol, within_tls) in [("imap", "imaps"), ("pop3", "pop3s")] {
            for (encryption, service) in [
                ("none", protocol),
                ("starttls", protocol),
                ("implicit", within_tls),
            ] {
                let arguments = [
                    "--protocol",
                    protocol,
                    "--tls",
                    encryption,
                    "--server",
                    dovecot.at(service),
                    "--ca",
                    &ca,
                    "--user",
                    "ada",
                ];
                let shown = output(run_with(CHECK, arguments, folder, Some("lovelace")));
                let found = if protocol == "imap" {
                    "= letters in INBOX: 2\n"
                } else {
                    "= letters: 2, bytes: "
                };
                assert!(shown.contains(found), "{shown}");
                let ended = run_with(CHECK, arguments, folder, Some("wrong one"));
                fails(ended, CHECK, "check the name and the password");
            }
        }
        // They are there, and nobody has seen them. (For POP3, Dovecot moves them from `new` to `cur`.)
        let parts = ["new", "cur"].map(|part| files(&folder.join("mail/ada").join(part)));
        let names: Vec<_> = parts.iter().flatten().map(|file| name(file)).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        let flagged = |name: &String| name.split_once(":2,").is_some_and(|it| !it.1.is_empty());
        assert!(!names.iter().any(flagged), "{names:?}");
    }

    /// Debian's smtp-sink, killed when it is dropped.
    struct Sink {
        _child: Killed,
        address: String,
    }

    impl Sink {
        fn start(folder: &Path) -> Option<Self> {
            Self::with(folder, &[])
        }

        fn with(folder: &Path, options: &[&str]) -> Option<Self> {
            let program = ["/usr/sbin/smtp-sink", "/usr/bin/smtp-sink"];
            let program = program.into_iter().find(|path| Path::new(path).exists());
            let Some(program) = program else {
                missing("smtp-sink");
                return None;
            };
            let mail = folder.join("mail");
            fs::create_dir_all(&mail).unwrap();
            let mut sink = Command::new(program);
            if foreign("id", &["-u"])?.1.trim() == "0" {
                // It gives up root's rights, and writes as `nobody`.
                sink.args(["-u", "nobody"]);
                open_to_all(folder, 0o755);
                open_to_all(&mail, 0o777);
            }
            let address = format!("{}:7025", own_ip());
            sink.args(options).arg("-d").arg(mail.join("%H%M%S."));
            sink.arg(format!("inet:{address}")).arg("10");
            let mut child = Killed(sink.stdout(Stdio::null()).spawn().unwrap());
            let end = Instant::now() + LONGEST;
            while TcpStream::connect(&address).is_err() {
                let ended = child.0.try_wait().unwrap();
                assert!(
                    ended.is_none() && Instant::now() < end,
                    "smtp-sink does not start"
                );
                thread::sleep(Duration::from_millis(10));
            }
            Some(Self {
                _child: child,
                address,
            })
        }
    }

    fn open_to_all(folder: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    }
}

// ---- What the tests share ----

/// Runs a client as `ada`, with `folder` for its temporary files: there it finds the post office's CA, too.
fn run(
    client: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    folder: &Path,
) -> Assert {
    run_with(client, arguments, folder, None)
}

/// Runs a client with a password in the environment. No password may be in what it prints, nor a control character.
fn run_with(
    client: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    folder: &Path,
    password: Option<&str>,
) -> Assert {
    let mut command = post_office::client(client, folder);
    command.args(arguments);
    if let Some(password) = password {
        command.env(PASSWORD, password);
    }
    let ended = command.timeout(LONGEST).assert();
    let output = ended.get_output();
    for stream in [&output.stdout, &output.stderr] {
        let shown = String::from_utf8_lossy(stream);
        for secret in SECRETS {
            assert!(
                !shown.contains(secret),
                "{client} shows a password:\n{shown}"
            );
        }
        let odd = shown.contains(|c: char| c.is_control() && c != '\n');
        assert!(!odd, "{client} prints a control character:\n{shown:?}");
    }
    ended
}

/// Finds each of these, the next one behind the one before.
#[track_caller]
fn in_order(shown: &str, order: &[&str]) {
    let mut rest = shown;
    for line in order {
        let found = rest.split_once(line);
        rest = found
            .unwrap_or_else(|| panic!("no {line:?} in its place in:\n{shown}"))
            .1;
    }
}

/// How a client is told of a server of SMTP.
fn arguments(client: &str, server: SocketAddr) -> Vec<String> {
    let server = server.to_string();
    match client {
        ROUND_TRIP => vec!["--smtp".into(), server],
        _ => vec!["--server".into(), server],
    }
}

impl Post {
    /// The letters that an account has not looked at, the oldest first.
    fn texts(&self, account: &str) -> Vec<String> {
        let letters = self.letters(account).into_iter();
        letters
            .map(|(_, letter)| String::from_utf8(letter).unwrap())
            .collect()
    }
}

/// A relay that hangs up after so many bytes from the server. Gives its address.
fn cutting(server: &str, bytes: u64) -> String {
    relay(server, move |from, mut to| {
        let _ = std::io::copy(&mut from.take(bytes), &mut to);
        let _ = to.shutdown(Shutdown::Both);
    })
}

/// A relay that writes something else for a word in what the server says. Gives its address.
fn changing(server: &str, word: &'static str, other: &'static str) -> String {
    relay(server, move |from, mut to| {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        // Line by line; so the word is within one.
        while lines.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
            let text = String::from_utf8_lossy(&line).replace(word, other);
            if to.write_all(text.as_bytes()).is_err() {
                break;
            }
            line.clear();
        }
        let _ = to.shutdown(Shutdown::Both);
    })
}

fn relay(server: &str, down: impl Fn(TcpStream, TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = server.to_owned();
    thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            let there = TcpStream::connect(&server).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), there.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                to.shutdown(Shutdown::Write)
            });
            let down = down.clone();
            thread::spawn(move || down(there, client));
        }
    });
    address
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Protocol {
    Smtp,
    Pop3,
    Imap,
}

/// What a server does instead of its reply. In what it says, `TAG` becomes the command's tag.
#[derive(Clone, Copy, Debug)]
enum Does {
    /// Keeps the connection, and says nothing any more.
    Nothing,
    HangUp,
    Says(&'static str),
    Bytes(&'static [u8]),
    /// Refuses with the command in its reply.
    Repeats,
    /// Says this again and again.
    Endless(&'static str),
    /// Says a byte of a reply now and then.
    Trickle,
}

/// A server that behaves until one step.
struct Hostile {
    protocol: Protocol,
    address: SocketAddr,
    heard: Arc<Mutex<String>>,
}

impl Hostile {
    fn start(protocol: Protocol, step: &'static str, does: Does) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(String::new()));
        let hears = Arc::clone(&heard);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let hears = Arc::clone(&hears);
                // An error: the client is gone, which is what it should be.
                thread::spawn(move || play(client, protocol, step, does, &hears));
            }
        });
        Self {
            protocol,
            address,
            heard,
        }
    }

    /// What the client has said.
    fn heard(&self) -> String {
        self.heard.lock().unwrap().clone()
    }

    /// How a client is told of it. Of a round trip, the legs before are well.
    fn arguments(&self, client: &str, post: &Post) -> Vec<String> {
        let at = self.address.to_string();
        let (smtp, pop3) = (post.at("submission"), post.at("pop3"));
        let list: Vec<&str> = match (client, self.protocol) {
            (TLS, _) => vec!["implicit", "--server", &at],
            (ROUND_TRIP, Protocol::Smtp) => vec!["--smtp", &at],
            (ROUND_TRIP, Protocol::Pop3) => vec!["--smtp", &smtp, "--pop3", &at],
            (ROUND_TRIP, Protocol::Imap) => vec!["--smtp", &smtp, "--pop3", &pop3, "--imap", &at],
            (CHECK, protocol) => {
                let protocol = match protocol {
                    Protocol::Smtp => "smtp",
                    Protocol::Pop3 => "pop3",
                    Protocol::Imap => "imap",
                };
                vec!["--protocol", protocol, "--server", &at]
            }
            _ => vec!["--server", &at],
        };
        list.into_iter().map(str::to_owned).collect()
    }
}

/// One connection, up to the step where it misbehaves.
fn play(
    mut client: TcpStream,
    protocol: Protocol,
    step: &str,
    does: Does,
    heard: &Mutex<String>,
) -> std::io::Result<()> {
    client.set_read_timeout(Some(FOR_EVER))?;
    client.set_write_timeout(Some(FOR_EVER))?;
    let mut commands = BufReader::new(client.try_clone()?);
    let greeting = match protocol {
        Protocol::Smtp => "220 hello\r\n",
        Protocol::Pop3 => "+OK hello\r\n",
        Protocol::Imap => "* OK hello\r\n",
    };
    if matches!(step, "greeting" | "handshake") {
        return misbehave(client, does, "");
    }
    client.write_all(greeting.as_bytes())?;
    let mut in_letter = false;
    loop {
        let mut line = Vec::new();
        commands.read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if in_letter && line != "." {
            continue;
        }
        writeln!(heard.lock().unwrap(), "{line}").unwrap();
        let (tag, command) = match protocol {
            Protocol::Imap => line.split_once(' ').unwrap_or_default(),
            _ => ("", &line[..]),
        };
        let words: Vec<&str> = command.split(' ').collect();
        let verb = if words[0] == "UID" {
            words[1]
        } else {
            words[0]
        };
        if verb == step {
            return match does {
                // It may ask for another try; and it may go on, as if nothing had been.
                Does::Says(reply) => {
                    client.write_all(reply.replace("TAG", tag).as_bytes())?;
                    std::io::copy(&mut commands, &mut Hears(heard)).map(drop)
                }
                does => misbehave(client, does, &line),
            };
        }
        in_letter = protocol == Protocol::Smtp && verb == "DATA";
        let reply = match (protocol, verb) {
            (Protocol::Smtp, "EHLO") => "250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n",
            (Protocol::Smtp, "AUTH") => "235 welcome\r\n",
            (Protocol::Smtp, "DATA") => "354 go on\r\n",
            (Protocol::Smtp, "QUIT") => "221 bye\r\n",
            (Protocol::Smtp, _) => "250 well\r\n",
            (Protocol::Pop3, "CAPA") => "+OK\r\nUSER\r\nSTLS\r\n.\r\n",
            (Protocol::Pop3, _) => "+OK 1 100\r\n",
            (Protocol::Imap, "CAPABILITY") => "* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK well\r\n",
            (Protocol::Imap, "EXAMINE") => "* 1 EXISTS\r\nTAG OK well\r\n",
            (Protocol::Imap, "SEARCH") => "* SEARCH 1\r\nTAG OK well\r\n",
            (Protocol::Imap, _) => "TAG OK well\r\n",
        };
        client.write_all(reply.replace("TAG", tag).as_bytes())?;
    }
}

fn misbehave(mut client: TcpStream, does: Does, command: &str) -> std::io::Result<()> {
    match does {
        Does::Nothing => std::io::copy(&mut client, &mut std::io::sink()).map(drop),
        // What has come is read, so that the end is an end, and no reset.
        Does::HangUp => client.shutdown(Shutdown::Both),
        Does::Says(reply) => {
            client.write_all(reply.as_bytes())?;
            std::io::copy(&mut client, &mut std::io::sink()).map(drop)
        }
        Does::Bytes(reply) => {
            client.write_all(reply)?;
            std::io::copy(&mut client, &mut std::io::sink()).map(drop)
        }
        Does::Repeats => {
            let tag = command.split(' ').next().unwrap_or_default();
            let refused = format!("{tag} NO what is {command}?\r\n");
            let refused = match command.split(' ').next() {
                Some("AUTH") => format!("535 what is {command}?\r\n"),
                Some("PASS") => format!("-ERR what is {command}?\r\n"),
                _ => refused,
            };
            client.write_all(refused.as_bytes())?;
            std::io::copy(&mut client, &mut std::io::sink()).map(drop)
        }
        Does::Endless(text) => {
            let block = text.repeat(65_536 / text.len());
            loop {
                client.write_all(block.as_bytes())?;
            }
        }
        Does::Trickle => loop {
            client.write_all(b"2")?;
            thread::sleep(Duration::from_millis(100));
        },
    }
}

/// Writes down what a client says after a server has misbehaved.
struct Hears<'a>(&'a Mutex<String>);

impl Write for Hears<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap()
            .push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs each client against its fault, and holds each to its time and to its one line.
#[track_caller]
fn all_fail(faults: Vec<Fault>) {
    for (client, ..) in &faults {
        program(client);
    }
    // For its CA, and for the legs of a round trip that are well.
    let post = Post::start();
    try_all(faults, |(client, protocol, step, does, says)| {
        let server = Hostile::start(protocol, step, does);
        // POP3 lets in one at a time.
        let own = (client == ROUND_TRIP).then(Post::start);
        let mut arguments = server.arguments(client, own.as_ref().unwrap_or(&post));
        if client == TLS && step != "handshake" {
            arguments[0] = "starttls".into();
        }
        let ended = run(client, arguments, post.folder.path());
        let size = ended.get_output().stdout.len();
        assert!(size < 1 << 20, "{size} bytes were printed");
        fails(ended, client, says);
    });
}
