//! Runs Part IV's clients as processes: against `ftp_server_20`, against a server that misbehaves at each step,
//! and, in tests that `cargo test` ignores, against Debian's vsftpd.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use assert_cmd::assert::Assert;
use common::{DEADLINE, closed_port, fails, program};
use std::{
    collections::HashMap,
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

const SESSION: &str = "ftp_session_21";
const ACCOUNTS: &str = "ftp_accounts_22";
const MODES: &str = "ftp_modes_23";
const URL: &str = "ftp_url_24";
const TLS: &str = "ftps_session_25";

/// The longest that a client may take: 10 s for the whole session, and what two busy cores add to it.
const LONGEST: Duration = Duration::from_secs(15);

/// Longer than any patience of a client.
const FOR_EVER: Duration = Duration::from_secs(60);

// ---- Arguments ----

#[test]
fn a_bad_argument_gives_one_line_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    for client in [SESSION, ACCOUNTS, MODES, TLS] {
        for address in ["nonsense", "127.0.0.1", "", "\x1b[2J\n"] {
            let says = format!("{address:?} is not an address: write IP:PORT");
            fails(run(client, [address], folder.path()), client, &says);
        }
        let many = run(client, ["127.0.0.1:1", "1", "2"], folder.path());
        fails(many, client, "too many arguments");
    }
    for mib in ["-1", "many", "", "1025", "99999999999999999999"] {
        let says = "is not a size: write a number of MiB";
        fails(
            run(SESSION, ["127.0.0.1:1", mib], folder.path()),
            SESSION,
            says,
        );
    }
    let bad = [OsStr::new("127.0.0.1:1"), folder.path().as_os_str()];
    fails(
        run(TLS, bad, folder.path()),
        TLS,
        "cannot use this certificate",
    );
}

#[test]
fn what_is_no_ftp_url_gives_one_line_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    for (url, says) in [
        ("", "does not begin with ftp://"),
        ("ftp:/127.0.0.1/x", "does not begin with ftp://"),
        ("http://127.0.0.1/x", "does not begin with ftp://"),
        ("ftp://", "no host"),
        ("ftp:///x", "no host"),
        ("ftp://:21/x", "no host"),
        ("ftp://127.0.0.1:0/x", "no number from 1 to 65535"),
        ("ftp://127.0.0.1:65536/x", "no number from 1 to 65535"),
        ("ftp://127.0.0.1:+21/x", "no number from 1 to 65535"),
        ("ftp://127.0.0.1:/x", "no number from 1 to 65535"),
        ("ftp://ada@127.0.0.1/x", "write user:password@"),
        (
            "ftp://ada:a@b@127.0.0.1/x",
            "write @ in a name or a password as %40",
        ),
        ("ftp://127.0.0.1/a%0d%0aDELE%20b", "control character"),
        ("ftp://a%0aPASS:b@127.0.0.1/x", "control character"),
        ("ftp://127.0.0.1/a%00", "control character"),
        ("ftp://127.0.0.1/a%", "two hexadecimal digits"),
        ("ftp://127.0.0.1/a%2", "two hexadecimal digits"),
        ("ftp://127.0.0.1/a%2x", "two hexadecimal digits"),
        ("ftp://127.0.0.1/a%+1", "two hexadecimal digits"),
        ("ftp://127.0.0.1/%ff", "not UTF-8"),
        ("ftp://127.0.0.1/x;type=x", "type=a or type=i"),
        ("ftp://127.0.0.1/x;y", "type=a or type=i"),
        ("ftp://127.0.0.1/x?y", "write ? as %3F"),
        ("ftp://127.0.0.1/\x1b[2J\n", "control character"),
        ("ftp://\x1b[31mred/x", "control character in it"),
        ("ftp://127.0.0.1\nHOST good/x", "control character in it"),
        ("ftp://127.0.0.1/x\nDELE y", "control character in it"),
        ("ftp://127.0.0.1/x\u{9b}2J", "control character in it"),
        ("ftp://[::1]x/y", "its host is neither"),
        ("ftp://[::1/y", "its host is neither"),
        ("ftp://[localhost]/y", "its host is neither"),
        ("ftp://::1/y", "no host"),
        ("ftp://x]/y", "its host is neither"),
        ("ftp://red\u{202e}/y", "its host is neither"),
        ("ftp://127.0.0.1%2e/y", "its host is neither"),
    ] {
        fails(run(URL, [url], folder.path()).stdout(""), URL, says);
    }
}

#[test]
fn a_closed_port_is_told_in_one_line() {
    let (_held, closed) = closed_port();
    let folder = tempfile::tempdir().unwrap();
    for client in [SESSION, ACCOUNTS, MODES, URL, TLS] {
        let ended = run(client, [argument(client, closed)], folder.path());
        fails(
            ended,
            client,
            "nobody listens there: start ftp_server_20 first",
        );
    }
}

// ---- With the course's own server ----

#[test]
fn the_session_shows_each_step_and_leaves_nothing_behind() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let shown = output(run(SESSION, [&server.address], folder.path()));
        for command in [
            "USER ada",
            "PASS ***",
            "TYPE I",
            "PASV",
            "LIST",
            "MKD lesson",
            "CWD lesson",
            "STOR data.bin.part",
            "SIZE data.bin.part",
            "RNFR data.bin.part",
            "RNTO data.bin",
            "RETR data.bin",
            "REST 1000",
            "DELE data.bin",
            "CDUP",
            "RMD lesson",
            "QUIT",
        ] {
            assert!(
                shown.contains(&format!("\n> {command}\n")),
                "no {command} in:\n{shown}"
            );
        }
        assert!(!shown.contains("lovelace"), "a password is shown:\n{shown}");
        assert!(shown.starts_with("< 220 "), "no greeting in:\n{shown}");
        // Each reply once: as many as commands, one more for the greeting, one more for each transfer.
        let lines = |start: &str| shown.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(
            lines("< "),
            lines("> ") + 1 + lines("< 150 "),
            "in:\n{shown}"
        );
        assert!(shown.contains("\ndownloaded 2000 bytes, 1000 were here before\n"));
        assert_eq!(
            shown
                .matches("the copy is the original, byte for byte")
                .count(),
            2
        );
        let left: Vec<_> = fs::read_dir(server.root.join("home/ada"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 2, "left on the server: {left:?}");
        is_empty(folder.path());
    }
}

#[test]
fn a_folder_that_an_earlier_session_left_is_no_obstacle() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let left = server.root.join("home/ada/lesson");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("data.bin.part"), "half").unwrap();
    output(run(SESSION, [&server.address], folder.path()));
    assert!(!left.exists(), "the folder is still there");
}

#[test]
fn a_file_of_64_mib_passes_in_little_memory() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let mut client = Command::new(program(SESSION));
    let client = client
        .args([&server.address, "64"])
        .env("TMPDIR", folder.path());
    let mut client = client
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", client.id()));
    let mut peak = 0;
    let end = Instant::now() + FOR_EVER;
    while client.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "not done after {FOR_EVER:?}");
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kib.unwrap_or(0_u64));
        thread::sleep(Duration::from_millis(5));
    }
    let ended = client.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&ended.stdout);
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{complaint}{shown}");
    // No progress bar where standard error is no terminal.
    assert_eq!(complaint, "");
    assert!(shown.contains("uploaded 67108864 bytes"), "{shown}");
    assert_eq!(shown.matches("byte for byte").count(), 2, "{shown}");
    assert!(
        peak < 32 << 10,
        "{peak} KiB at its peak, for a file of 65536 KiB"
    );
    if cfg!(target_os = "linux") {
        assert!(peak > 0, "the peak was not measured");
    }
    is_empty(folder.path());
}

#[test]
fn the_table_of_accounts_is_the_policy_of_the_course() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let shown = output(run(ACCOUNTS, [&server.address], folder.path()));
    assert!(
        shown.contains("ada sees: notes.txt picture.png\n"),
        "{shown}"
    );
    assert!(shown.contains("guest sees: readme.txt\n"), "{shown}");
    assert!(
        shown.contains("anonymous sees: course welcome.txt\n"),
        "{shown}"
    );
    for (what, replies) in [
        ("log in: PASS", ["230", "230", "230"]),
        ("list: NLST", ["226", "226", "226"]),
        ("download: RETR", ["226", "226", "226"]),
        ("download from outside: RETR ..", ["550", "550", "550"]),
        ("upload: STOR", ["226", "226", "550"]),
        ("overwrite: STOR", ["226", "550", "550"]),
        ("rename: RNFR, RNTO", ["250", "550", "550"]),
        ("delete: DELE", ["250", "550", "550"]),
        ("make a folder: MKD", ["257", "257", "550"]),
        ("remove a folder: RMD", ["250", "550", "550"]),
    ] {
        let row = shown.lines().find_map(|line| line.strip_prefix(what));
        let row: Vec<_> = row.expect(what).split_whitespace().collect();
        assert_eq!(row, replies, "{what}");
    }
}

#[test]
fn each_mode_is_shown_with_who_opened_the_data_connection() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let shown = output(run(MODES, [&server.address], folder.path()));
    let part = |from: &str, to: &str| {
        let rest = &shown[shown.find(from).expect(from)..];
        rest[..rest.find(to).expect(to)].to_owned()
    };
    let passive = part("== passive", "== extended");
    // p1 * 256 + p2 of the reply is the port that the data connection goes to.
    let numbers = passive.split(['(', ')']).nth(1).unwrap();
    let numbers: Vec<u16> = numbers
        .split(',')
        .map(|number| number.parse().unwrap())
        .collect();
    let port = numbers[4] * 256 + numbers[5];
    assert!(
        passive.contains(&format!("server 127.0.0.1:{port}\n")),
        "{passive}"
    );
    assert!(passive.contains("the client opened"), "{passive}");
    let extended = part("== extended", "== active");
    let port = extended.split('|').nth(3).unwrap();
    assert!(
        extended.contains(&format!("server 127.0.0.1:{port}\n")),
        "{extended}"
    );
    let active = part("== active", "== a picture");
    let numbers = active
        .split("PORT ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let numbers: Vec<u16> = numbers
        .split(',')
        .map(|number| number.parse().unwrap())
        .collect();
    let port = numbers[4] * 256 + numbers[5];
    assert!(
        active.contains(&format!("client 127.0.0.1:{port}, ")),
        "{active}"
    );
    assert!(active.contains("the server opened"), "{active}");

    // What TYPE A does is a count: each LF gets a CR on its way here; each CR LF loses one on its way there.
    let picture = fs::read(server.root.join("home/ada/picture.png")).unwrap();
    let line_feeds = picture.iter().filter(|byte| **byte == b'\n').count();
    let pairs = picture.windows(2).filter(|pair| pair == b"\r\n").count();
    assert!(line_feeds > pairs && pairs > 0);
    let length = picture.len();
    let down = format!(
        "{length} bytes; the bytes on the wire: {} bytes\n",
        length + line_feeds
    );
    assert!(shown.contains(&down), "{shown}");
    assert!(
        shown.contains("byte 5: [0a, 1a, 0a, 00] became [0d, 0a, 1a, 0d]"),
        "{shown}"
    );
    let up = format!(
        "{length} bytes; the file on the server: {} bytes\n",
        length - pairs
    );
    assert!(shown.contains(&up), "{shown}");
    assert!(
        shown.contains("byte 4: [0d, 0a, 1a, 0a] became [0a, 1a, 0a, 00]"),
        "{shown}"
    );
    assert!(!server.root.join("home/ada/text.png").exists());
}

#[test]
fn a_url_becomes_commands_and_then_the_file() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let at = &server.address;
    fs::write(server.root.join("public/course/a b;c%.txt"), "odd name\n").unwrap();
    let run_url = |url: String| output(run(URL, [url], folder.path()));

    let shown = run_url(format!("ftp://{at}/course/lesson.txt"));
    let parts = format!("HOST {at}, as anonymous\nDIR  course\nFILE lesson.txt\n");
    assert!(shown.starts_with(&parts), "{shown}");
    assert!(
        shown.contains("> CWD course\n") && shown.contains("> RETR lesson.txt\n"),
        "{shown}"
    );
    let lesson = "59 bytes; they begin with:\n  FTP uses two connections: one for commands, one for files.\n";
    assert!(shown.ends_with(lesson), "{shown}");
    // %2F is part of a name, so one CWD goes to /course.
    let shown = run_url(format!("FTP://{at}/%2Fcourse/lesson.txt;type=I"));
    assert!(
        shown.contains("> CWD /course\n") && shown.ends_with(lesson),
        "{shown}"
    );
    let shown = run_url(format!("ftp://{at}/course/a%20b%3Bc%25.txt"));
    assert!(
        shown.contains("> RETR a b;c%.txt\n") && shown.ends_with("  odd name\n"),
        "{shown}"
    );
    let shown = run_url(format!("ftp://{at}/course/"));
    assert!(
        shown.contains("> NLST\n") && shown.contains("\n  lesson.txt\n"),
        "{shown}"
    );
    let shown = run_url(format!("ftp://{at}"));
    assert!(
        shown.contains("> NLST\n") && shown.contains("\n  welcome.txt\n"),
        "{shown}"
    );
    // Five lines, and a CR on the wire for each.
    let notes = fs::read(server.root.join("home/ada/notes.txt")).unwrap();
    let lines = notes.iter().filter(|byte| **byte == b'\n').count();
    let shown = run_url(format!("ftp://ada:love%6Cace@{at}/notes.txt;type=a"));
    let wire = format!("\n{} bytes; they begin", notes.len() + lines);
    assert!(
        shown.contains("> TYPE A") && shown.contains(&wire),
        "{shown}"
    );
    assert!(!shown.contains("love"), "the password is shown:\n{shown}");

    let missing = run(URL, [format!("ftp://{at}/missing.txt")], folder.path());
    fails(missing, URL, "550 ");
    is_empty(folder.path());
}

#[test]
fn a_saved_file_is_the_servers_byte_for_byte_and_replaces_nothing() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let save_as = folder.path().join("ada.png");
    let url = format!("ftp://ada:lovelace@{}/picture.png", server.address);
    let picture = fs::read(server.root.join("home/ada/picture.png")).unwrap();
    let arguments = [OsStr::new(&url), save_as.as_os_str()];
    let shown = output(run(URL, arguments, folder.path()));
    assert!(
        shown.ends_with(&format!("saved {} bytes\n", picture.len())),
        "{shown}"
    );
    assert_eq!(fs::read(&save_as).unwrap(), picture);

    fs::write(&save_as, "mine").unwrap();
    fails(run(URL, arguments, folder.path()), URL, "here already");
    assert_eq!(fs::read(&save_as).unwrap(), b"mine");
    let nowhere = folder.path().join("no/such/folder");
    let ended = run(URL, [OsStr::new(&url), nowhere.as_os_str()], folder.path());
    fails(ended, URL, "cannot save the file");
}

#[test]
fn what_a_killed_download_leaves_says_what_it_is() {
    let server = Hostile::start("RETR", Does::Nothing);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Command::new(program(URL));
    let client = client
        .arg(argument(URL, server.address))
        .arg(folder.path().join("ada.png"))
        .stdout(Stdio::piped());
    let mut client = client.spawn().unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
    let asked = lines.any(|line| line.unwrap().starts_with("> RETR"));
    client.kill().unwrap();
    client.wait().unwrap();
    assert!(asked, "it ended before it asked for the file");
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        matches!(&left[..], [name] if name.starts_with("ada.png.") && name.ends_with(".part")),
        "left behind: {left:?}"
    );
}

#[test]
fn tls_is_verified_and_nothing_is_said_to_a_server_that_is_not() {
    let (server, other) = (Server::start(), Server::start());
    let folder = tempfile::tempdir().unwrap();
    let at = OsStr::new(&server.address);
    let shown = output(run(TLS, [at, server.authority.as_os_str()], folder.path()));
    let order = [
        "> AUTH TLS",
        "= TLSv1_3",
        "> PBSZ 0",
        "> PROT P",
        "> USER ada",
        "> PASS ***",
        "> RETR notes.txt",
    ];
    let places = order.map(|line| shown.find(line).expect(line));
    assert!(places.is_sorted(), "{shown}");
    let anonymous = [at, server.authority.as_os_str(), OsStr::new("anonymous")];
    let welcome = output(run(TLS, anonymous, folder.path()));
    assert!(welcome.contains("> RETR welcome.txt"), "{welcome}");
    // The control connection, and one data connection for the listing and one for the file.
    assert_eq!(
        shown
            .matches("= TLSv1_3, with the certificate of 127.0.0.1")
            .count(),
        3
    );
    assert!(shown.contains("Darjeeling, 100 g, at most 5 €."), "{shown}");

    for arguments in [vec![at], vec![at, other.authority.as_os_str()]] {
        let ended = run(TLS, arguments, folder.path());
        let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
        assert!(
            shown.ends_with("> AUTH TLS\n< 234 Shake hands\n"),
            "{shown}"
        );
        fails(
            ended,
            TLS,
            "no password was sent, for it is not secure: invalid peer certificate",
        );
    }
}

#[test]
fn over_ipv6_the_clients_use_epsv() {
    let folder = tempfile::tempdir().unwrap();
    if let Err(error) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
        eprintln!("skipped: this machine has no ::1: {error}");
        return;
    }
    let server = Server::start_at("[::1]:0");
    let at = &server.address;
    assert!(at.starts_with("[::1]:"), "{at}");
    let url = format!("ftp://{at}/course/lesson.txt");
    let authority = server.authority.to_str().unwrap();
    for arguments in [
        vec![SESSION, at],
        vec![ACCOUNTS, at],
        vec![URL, &url],
        vec![TLS, at, authority],
    ] {
        let shown = output(run(arguments[0], &arguments[1..], folder.path()));
        assert!(!shown.contains("> PASV\n"), "{arguments:?}:\n{shown}");
        if arguments[0] != ACCOUNTS {
            assert!(shown.contains("> EPSV\n"), "{arguments:?}:\n{shown}");
            assert!(shown.contains("< 229 "), "{arguments:?}:\n{shown}");
        }
    }
}

#[test]
fn a_certificate_for_another_address_is_somebody_elses() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    // The same server by another name of its address, which its certificate does not have.
    let at = format!(
        "[::ffff:127.0.0.1]:{}",
        &server.address["127.0.0.1:".len()..]
    );
    if let Err(error) = TcpStream::connect(&at) {
        eprintln!("skipped: no IPv4 in IPv6 here: {error}");
        return;
    }
    let arguments = [OsStr::new(&at), server.authority.as_os_str()];
    let ended = run(TLS, arguments, folder.path());
    fails(ended, TLS, ": it is somebody else's");
}

#[test]
fn who_speaks_plain_text_after_234_is_told_to_speak_no_tls() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut bytes = [0; 4096];
        for reply in ["220 hello\r\n", "234 go on\r\n", "500 what is that?\r\n"] {
            client.write_all(reply.as_bytes()).unwrap();
            if client.read(&mut bytes).unwrap_or(0) == 0 {
                break;
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let ended = run(TLS, [&at], folder.path());
    fails(ended, TLS, ": this is not TLS");
    server.join().unwrap();
}

// ---- A server that misbehaves ----

#[test]
fn a_server_that_stops_answering_is_not_waited_for_for_ever() {
    let mut faults = Vec::new();
    for (client, steps) in [
        (
            SESSION,
            &[
                "greeting", "USER", "PASS", "TYPE", "PASV", "LIST", "MKD", "CWD", "STOR", "SIZE",
                "RNFR", "RNTO", "RETR", "DELE", "CDUP", "RMD", "QUIT",
            ][..],
        ),
        (
            ACCOUNTS,
            &[
                "greeting", "PASS", "NLST", "RETR", "STOR", "RNFR", "DELE", "MKD",
            ],
        ),
        (MODES, &["greeting", "PASS", "PASV", "RETR", "EPSV", "PORT"]),
        (
            URL,
            &[
                "greeting", "USER", "CWD", "TYPE", "SIZE", "PASV", "RETR", "QUIT",
            ],
        ),
        (TLS, &["greeting", "AUTH"]),
    ] {
        faults.extend(
            steps
                .iter()
                .map(|step| (client, *step, Does::Nothing, "it was silent for 3 s")),
        );
    }
    // Accepts TLS, and then does not shake hands.
    faults.push((
        TLS,
        "AUTH",
        Does::Reply("234 go on"),
        "it was silent for 3 s",
    ));
    // Says that a file is to come, and opens no data connection.
    faults.push((
        MODES,
        "PORT",
        Does::Reply("200 I shall not connect"),
        "it was silent for 3 s",
    ));
    all_fail(faults);
}

#[test]
fn a_server_that_is_slow_without_an_end_is_left_after_10_s() {
    let slow = "was not over after 1";
    all_fail(vec![
        (SESSION, "USER", Does::Trickle, slow),
        (ACCOUNTS, "USER", Does::Trickle, slow),
        (MODES, "greeting", Does::Trickle, slow),
        (URL, "USER", Does::Trickle, slow),
        (TLS, "AUTH", Does::Trickle, slow),
        (SESSION, "RETR", Does::TrickleData, slow),
        (MODES, "RETR", Does::TrickleData, slow),
        (URL, "RETR", Does::TrickleData, slow),
    ]);
}

#[test]
fn a_cut_transfer_is_never_taken_for_a_whole_file() {
    let mut faults = Vec::new();
    for client in [SESSION, URL] {
        // 226, although it is not whole: SIZE tells.
        faults.push((
            client,
            "RETR",
            Does::HalfThen("226 that was all"),
            "is not whole: 1",
        ));
        faults.push((
            client,
            "SIZE",
            Does::Reply("213 1"),
            if client == URL {
                "is not whole: 2 bytes"
            } else {
                "of 3000 bytes, 1 were stored"
            },
        ));
        faults.push((
            client,
            "SIZE",
            Does::Reply("213 99999999999"),
            if client == URL {
                "is not whole: 3000"
            } else {
                "of 3000 bytes, 99999999999 were stored"
            },
        ));
    }
    for client in [SESSION, MODES, URL] {
        faults.push((
            client,
            "RETR",
            Does::HalfThen("426 the data connection is lost"),
            "426 the data connection is lost: try again later",
        ));
        faults.push((
            client,
            "RETR",
            Does::HalfThen("451 the disk is broken"),
            "451 the disk is broken",
        ));
        faults.push((client, "RETR", Does::HalfThenEnd, "it cut the connection"));
        faults.push((client, "RETR", Does::HalfThen(""), "it was silent for 3 s"));
    }
    all_fail(faults);
}

#[test]
fn an_upload_that_did_not_arrive_is_an_error() {
    all_fail(vec![
        (
            SESSION,
            "STOR",
            Does::Reply("552 the disk is full"),
            "552 the disk is full: make room on the server",
        ),
        (
            SESSION,
            "STOR",
            Does::HalfThen("552 the disk is full"),
            "552 the disk is full: make room on the server",
        ),
        (
            SESSION,
            "STOR",
            Does::HalfThen("226 all of it"),
            "were stored",
        ),
        (
            SESSION,
            "STOR",
            Does::Reply("550 read-only"),
            "550 read-only: check the name, and what this account may do",
        ),
        (
            SESSION,
            "MKD",
            Does::Reply("553 no such name"),
            "553 no such name",
        ),
        (
            SESSION,
            "RNTO",
            Does::Reply("550 no"),
            "550 no: check the name",
        ),
        (
            SESSION,
            "CWD",
            Does::Reply("550 no folder"),
            "550 no folder: check the name",
        ),
        (SESSION, "STOR", Does::HalfThenEnd, "it cut the connection"),
    ]);
}

#[test]
fn a_refusal_is_told_with_its_number_and_what_to_do() {
    let mut faults = Vec::new();
    for client in [SESSION, ACCOUNTS, MODES, URL] {
        faults.push((
            client,
            "PASS",
            Does::Reply("530 wrong"),
            "530 wrong: check the name and the password",
        ));
        for step in ["greeting", "USER", "PASS", "TYPE", "PASV", "RETR"] {
            faults.push((
                client,
                step,
                Does::Reply("421 closing"),
                "421 closing: try again later",
            ));
        }
        // The last line counts, and what it does to a terminal is not done.
        faults.push((
            client,
            "PASS",
            Does::Raw(b"530-first\r\n530 last\x1b[2J\r\n"),
            "530 last?[2J: check",
        ));
    }
    for code in ["431", "500", "502", "504", "534"] {
        let reply = match code {
            "431" => "431 no",
            "500" => "500 no",
            "502" => "502 no",
            "504" => "504 no",
            _ => "534 no",
        };
        faults.push((
            TLS,
            "AUTH",
            Does::Reply(reply),
            "no password was sent, for it is not secure: ",
        ));
    }
    faults.push((
        TLS,
        "AUTH",
        Does::Raw(b"234 go on\r\n200 no TLS\r\n200 no TLS\r\n230 in\r\n"),
        "no password was sent",
    ));
    all_fail(faults);
}

#[test]
fn a_malformed_or_endless_reply_ends_the_session() {
    let mut faults = Vec::new();
    for client in [SESSION, ACCOUNTS, MODES, URL, TLS] {
        for step in ["greeting", if client == TLS { "AUTH" } else { "PASS" }] {
            for (bytes, says) in [
                (&b"\r\n"[..], "that is no reply"),
                (b"abc\r\n", "that is no reply"),
                (b"hello, who is there?\r\n", "that is no reply"),
                (b"\xff\xfe\xfd\xfc\xfb\r\n", "that is no reply"),
                (b"23", "it was silent for 3 s"),
                (b"230-never\r\nending\r\n", "it was silent for 3 s"),
            ] {
                faults.push((client, step, Does::Raw(bytes), says));
            }
            faults.push((client, step, Does::HangUp, "it cut the connection"));
            faults.push((
                client,
                step,
                Does::Endless(b"220-more\r\n"),
                "reply larger than 262144 bytes",
            ));
            faults.push((
                client,
                step,
                Does::Endless(b"220 x"),
                "reply larger than 262144 bytes",
            ));
        }
    }
    for reply in [
        "227 no address",
        "227 (127,0,0,1,300,1)",
        "227 (1,2,3)",
        "227 (127,0,0,1,99999999999,1)",
    ] {
        faults.push((URL, "PASV", Does::Reply(reply), ""));
    }
    for reply in ["229 no port", "229 (|||99999|)", "229 (|||)"] {
        faults.push((MODES, "EPSV", Does::Reply(reply), ""));
    }
    for reply in ["213 many", "213", "213 -1", "213 99999999999999999999"] {
        faults.push((URL, "SIZE", Does::Reply(reply), ""));
    }
    all_fail(faults);
}

#[test]
fn an_endless_listing_or_file_fills_neither_memory_nor_disk() {
    all_fail(vec![
        (
            SESSION,
            "RETR",
            Does::EndlessData,
            "is not whole: 3001 bytes have come, SIZE says 3000",
        ),
        (
            URL,
            "RETR",
            Does::EndlessData,
            "is not whole: 3001 bytes have come, SIZE says 3000",
        ),
        (SESSION, "LIST", Does::EndlessData, "too long"),
        (MODES, "RETR", Does::EndlessData, "too long"),
        (ACCOUNTS, "NLST", Does::EndlessData, "too long"),
    ]);
}

#[test]
fn a_foreign_address_in_a_reply_to_pasv_is_not_called() {
    // The port is the right one, and nobody listens there at 127.0.0.9.
    let folder = tempfile::tempdir().unwrap();
    for client in [SESSION, MODES, URL] {
        let server = Hostile::start("PASV", Does::ForeignAddress);
        let shown = output(run(
            client,
            [argument(client, server.address)],
            folder.path(),
        ));
        assert!(shown.contains("< 227 (127,0,0,9,"), "{shown}");
    }
}

/// One misbehaviour: of which server the client is told, at which command, what it does, what the client says.
type Fault = (&'static str, &'static str, Does, &'static str);

/// Every client meets its fault at the same time. Each must end in time, with one line, and leave nothing behind.
#[track_caller]
fn all_fail(faults: Vec<Fault>) {
    for client in [SESSION, ACCOUNTS, MODES, URL, TLS] {
        program(client);
    }
    // Not all at once: a hundred processes on two cores would miss deadlines that one of them keeps.
    for group in faults.chunks(16) {
        thread::scope(|scope| {
            for (client, step, does, says) in group {
                scope.spawn(move || {
                    let server = Hostile::start(step, does.clone());
                    let folder = tempfile::tempdir().unwrap();
                    let saved = folder.path().join("saved");
                    let mut arguments = vec![argument(client, server.address)];
                    if *client == URL {
                        arguments.push(saved.to_str().unwrap().to_owned());
                    }
                    let started = Instant::now();
                    let ended = run(client, arguments, folder.path());
                    let took = started.elapsed();
                    println!("{client} at {step}, {does:?}: after {took:?}");
                    assert!(took < LONGEST, "{client} took {took:?} at {step}, {does:?}");
                    let said = server.heard.lock().unwrap().clone();
                    if *client == TLS {
                        let spoke = said
                            .iter()
                            .any(|line| line.starts_with("USER") || line.starts_with("PASS"));
                        assert!(!spoke, "{client} said who it is, in the clear: {said:?}");
                    }
                    fails(ended, client, says);
                    is_empty(folder.path());
                    if *client == SESSION && matches!(*step, "STOR" | "SIZE") {
                        let renamed = said.iter().any(|line| line.starts_with("RNTO"));
                        assert!(!renamed, "a part got the file's name: {said:?}");
                    }
                });
            }
        });
    }
}

/// What a server does in place of what it should.
#[derive(Clone, Debug)]
enum Does {
    Nothing,
    HangUp,
    Reply(&'static str),
    Raw(&'static [u8]),
    Endless(&'static [u8]),
    /// A byte a second, of a reply that never ends.
    Trickle,
    /// A byte a second, of a file that never ends.
    TrickleData,
    EndlessData,
    /// Half of the file, then this reply; empty, and none comes.
    HalfThen(&'static str),
    /// Half of the file, then the end of both connections.
    HalfThenEnd,
    /// A reply to PASV that names somebody else.
    ForeignAddress,
}

/// A server that does what FTP asks for, but at one step.
struct Hostile {
    address: SocketAddr,
    /// Each command that it got.
    heard: Arc<Mutex<Vec<String>>>,
}

impl Hostile {
    /// Its threads end with the client, or with the test.
    fn start(step: &'static str, does: Does) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let also = heard.clone();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let (does, heard) = (does.clone(), also.clone());
                // An error is a client that has left.
                thread::spawn(move || drop(talk(client, step, does, &heard)));
            }
        });
        Self { address, heard }
    }
}

fn talk(
    mut client: TcpStream,
    step: &str,
    does: Does,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    client.set_read_timeout(Some(FOR_EVER))?;
    let mut commands = BufReader::new(client.try_clone()?);
    let mut files: HashMap<String, Vec<u8>> = HashMap::new();
    let (mut passive, mut active): (Option<TcpListener>, Option<SocketAddr>) = (None, None);
    let mut offset = 0;
    let mut renamed = String::new();
    let mut line = "greeting".to_owned();
    loop {
        let (verb, name) = line.split_once(' ').unwrap_or((&line, ""));
        let fault = (verb == step).then_some(&does);
        match fault {
            Some(Does::Nothing) => thread::sleep(FOR_EVER),
            Some(Does::HangUp) => return client.shutdown(Shutdown::Both),
            Some(Does::Reply(reply)) => {
                write!(client, "{reply}\r\n")?;
                // What follows is TLS, and no line.
                if verb == "AUTH" && reply.starts_with("234") {
                    thread::sleep(FOR_EVER);
                }
            }
            Some(Does::Raw(bytes)) => client.write_all(bytes)?,
            Some(Does::Endless(bytes)) => loop {
                client.write_all(&bytes.repeat(1000))?;
            },
            Some(Does::Trickle) => loop {
                client.write_all(b"2")?;
                thread::sleep(Duration::from_secs(1));
            },
            _ => {}
        }
        let content = files.get(name).cloned().unwrap_or_else(|| vec![b'x'; 3000]);
        match (fault, verb) {
            (Some(Does::Reply(_) | Does::Raw(_)), _) => {}
            (Some(Does::ForeignAddress), _) | (_, "PASV" | "EPSV") => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let port = listener.local_addr()?.port();
                let ip = if fault.is_some() {
                    "127,0,0,9"
                } else {
                    "127,0,0,1"
                };
                match verb {
                    "EPSV" => write!(client, "229 (|||{port}|)\r\n")?,
                    _ => write!(client, "227 ({ip},{},{})\r\n", port >> 8, port & 255)?,
                }
                passive = Some(listener);
            }
            (_, "PORT") => {
                let numbers: Vec<u16> = name
                    .split(',')
                    .filter_map(|number| number.parse().ok())
                    .collect();
                active = Some((Ipv4Addr::LOCALHOST, numbers[4] * 256 + numbers[5]).into());
                write!(client, "200 ok\r\n")?;
            }
            (_, "LIST" | "NLST" | "RETR" | "STOR") => {
                write!(client, "150 here it comes\r\n")?;
                let mut data = match (passive.take(), active.take()) {
                    (Some(listener), _) => listener.accept()?.0,
                    (None, Some(address)) => TcpStream::connect(address)?,
                    (None, None) => return Ok(()),
                };
                let bytes = match verb {
                    "RETR" => content[offset.min(content.len())..].to_vec(),
                    _ => b"a listing\r\n".to_vec(),
                };
                offset = 0;
                match fault {
                    Some(Does::EndlessData) => while data.write_all(&[b'x'; 65_536]).is_ok() {},
                    Some(Does::TrickleData) => loop {
                        data.write_all(b"x")?;
                        thread::sleep(Duration::from_secs(1));
                    },
                    Some(Does::HalfThen(_) | Does::HalfThenEnd) if verb == "STOR" => {
                        let mut half = vec![0; 1000];
                        data.read_exact(&mut half)?;
                        files.insert(name.into(), half);
                    }
                    Some(Does::HalfThen(_) | Does::HalfThenEnd) => {
                        data.write_all(&bytes[..bytes.len() / 2])?
                    }
                    _ if verb == "STOR" => {
                        let mut all = Vec::new();
                        data.read_to_end(&mut all)?;
                        files.insert(name.into(), all);
                    }
                    // Who has enough of it hangs up.
                    _ => drop(data.write_all(&bytes)),
                }
                drop(data);
                match fault {
                    Some(Does::HalfThenEnd) => return client.shutdown(Shutdown::Both),
                    Some(Does::HalfThen("")) => thread::sleep(FOR_EVER),
                    Some(Does::HalfThen(reply)) => write!(client, "{reply}\r\n")?,
                    _ => write!(client, "226 done\r\n")?,
                }
            }
            (_, "SIZE") => write!(client, "213 {}\r\n", content.len())?,
            (_, "REST") => {
                offset = name.parse().unwrap();
                write!(client, "350 ok\r\n")?;
            }
            (_, "RNFR") => {
                renamed = name.into();
                write!(client, "350 ok\r\n")?;
            }
            (_, "RNTO") => {
                if let Some(file) = files.remove(&renamed) {
                    files.insert(name.into(), file);
                }
                write!(client, "250 ok\r\n")?;
            }
            (_, verb) => {
                let reply = match verb {
                    "greeting" => "220 hello",
                    "USER" => "331 ok",
                    "PASS" => "230 ok",
                    "TYPE" => "200 ok",
                    "MKD" => "257 ok",
                    "QUIT" => "221 ok",
                    "AUTH" => "502 no",
                    _ => "250 ok",
                };
                write!(client, "{reply}\r\n")?;
            }
        }
        let mut next = String::new();
        if commands.read_line(&mut next)? == 0 {
            return Ok(());
        }
        line = next.trim_end().to_owned();
        heard.lock().unwrap().push(line.clone());
    }
}

// ---- Debian's vsftpd ----

#[cfg(unix)]
mod vsftpd {
    use super::*;

    #[test]
    #[ignore = "needs vsftpd"]
    fn the_session_works_with_vsftpd() {
        let Some(vsftpd) = Vsftpd::start(&[]) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let shown = output(run(SESSION, [&vsftpd.address], folder.path()));
        assert!(shown.contains("< 220 (vsFTPd"), "{shown}");
        assert_eq!(shown.matches("byte for byte").count(), 2, "{shown}");
        assert!(shown.contains("< 221 "), "{shown}");
        let big = output(run(SESSION, [&vsftpd.address, "8"], folder.path()));
        assert!(big.contains("uploaded 8388608 bytes"), "{big}");
        vsftpd.has_its_own_files_only();
        is_empty(folder.path());
    }

    #[test]
    #[ignore = "needs vsftpd"]
    fn the_modes_work_with_vsftpd() {
        let folder = tempfile::tempdir().unwrap();
        // As Debian has it, it sends text as it is; told to, it makes CR LF of each LF that has no CR.
        let text = ["ascii_download_enable=YES", "ascii_upload_enable=YES"];
        for (options, says) in [
            (&[][..], "no byte differs"),
            (&text, "byte 7: [0a, 00, 00, 00] became [0d, 0a, 00, 00]"),
        ] {
            let Some(vsftpd) = Vsftpd::start(options) else {
                return;
            };
            let shown = output(run(MODES, [&vsftpd.address], folder.path()));
            assert!(
                shown.contains("\n< 229 ") && shown.contains("\n> PORT "),
                "{shown}"
            );
            assert_eq!(shown.matches("the server opened").count(), 1, "{shown}");
            assert!(shown.contains(says), "{shown}");
            vsftpd.has_its_own_files_only();
        }
    }

    #[test]
    #[ignore = "needs vsftpd"]
    fn a_url_works_with_vsftpd() {
        let Some(vsftpd) = Vsftpd::start(&[]) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("saved.png");
        let url = format!("ftp://{}/folder/picture.png", vsftpd.address);
        output(run(
            URL,
            [OsStr::new(&url), saved.as_os_str()],
            folder.path(),
        ));
        let picture = fs::read(vsftpd.root.path().join("folder/picture.png")).unwrap();
        assert_eq!(fs::read(saved).unwrap(), picture);
        let shown = output(run(
            URL,
            [format!("ftp://{}/folder/", vsftpd.address)],
            folder.path(),
        ));
        assert!(shown.contains("\n  picture.png\n"), "{shown}");
        let ended = run(
            URL,
            [format!("ftp://ada:wrong@{}/x", vsftpd.address)],
            folder.path(),
        );
        // Its relay makes `ada` anonymous, who may come in, but there is no such file.
        fails(ended, URL, "550 ");
    }

    #[test]
    #[ignore = "needs vsftpd"]
    fn vsftpd_without_tls_gets_no_password_by_ftps() {
        let Some(vsftpd) = Vsftpd::start(&[]) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let ended = run(TLS, [&vsftpd.address], folder.path());
        fails(
            ended,
            TLS,
            "no password was sent, for it is not secure: 530 Please login",
        );
    }

    #[test]
    #[ignore = "needs vsftpd and openssl"]
    fn vsftpd_in_tls_is_verified_before_a_name_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let Some(options) = certificates(folder.path()) else {
            return;
        };
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let Some(vsftpd) = Vsftpd::start(&options) else {
            return;
        };
        let empty = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        let arguments = [OsStr::new(&vsftpd.address), authority.as_os_str()];
        let ended = run(TLS, arguments, empty.path());
        let shown = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
        let order = [
            "= TLSv1_",
            "> PBSZ 0",
            "< 200 ",
            "> PROT P",
            "< 200 ",
            "> USER ada",
        ];
        let mut rest = &shown[..];
        for line in order {
            rest = rest
                .split_once(line)
                .unwrap_or_else(|| panic!("no {line} in:\n{shown}"))
                .1;
        }
        // What is inside TLS, no relay changes: vsftpd hears of `ada`, whom it does not know.
        fails(ended, TLS, "530 ");
        let shown = output(run(
            TLS,
            [arguments[0], arguments[1], OsStr::new("anonymous")],
            empty.path(),
        ));
        assert!(shown.contains("\n  welcome to a test\n"), "{shown}");
        assert!(shown.contains("< 221 "), "{shown}");
        let ended = run(TLS, [&vsftpd.address], empty.path());
        fails(
            ended,
            TLS,
            "no password was sent, for it is not secure: invalid peer certificate",
        );
    }

    /// An authority, and a certificate by it for 127.0.0.1. Gives vsftpd's settings for them.
    fn certificates(folder: &Path) -> Option<Vec<String>> {
        let found = Command::new("openssl").arg("version").output().is_ok();
        if !found {
            assert!(std::env::var_os("CI").is_none(), "CI must have openssl");
            eprintln!("skipped: openssl is missing");
            return None;
        }
        let names =
            "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";
        fs::write(folder.join("names"), names).unwrap();
        for arguments in [
            "req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -days 2 -subj /CN=authority",
            "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server",
            "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem -days 2 -extfile names",
        ] {
            let made = Command::new("openssl")
                .args(arguments.split(' '))
                .current_dir(folder)
                .output()
                .unwrap();
            assert!(
                made.status.success(),
                "{}",
                String::from_utf8_lossy(&made.stderr)
            );
        }
        let file = |name: &str| folder.join(name).display().to_string();
        Some(vec![
            "ssl_enable=YES".into(),
            "allow_anon_ssl=YES".into(),
            format!("rsa_cert_file={}", file("server.pem")),
            format!("rsa_private_key_file={}", file("server.key")),
        ])
    }

    /// vsftpd, one process for each connection, as inetd starts it: so the port is one that we have bound.
    ///
    /// The accounts of vsftpd are those of the system, which a test leaves alone; so a relay writes `USER anonymous`
    /// for `USER ada`, and `anonymous` may do here what `ada` may.
    struct Vsftpd {
        address: String,
        root: tempfile::TempDir,
    }

    impl Vsftpd {
        /// `None`, and a word on it, where vsftpd is missing; but not in CI.
        fn start(options: &[&str]) -> Option<Self> {
            let program = ["/usr/sbin/vsftpd", "/usr/bin/vsftpd"]
                .into_iter()
                .find(|path| Path::new(path).exists());
            let Some(program) = program else {
                assert!(std::env::var_os("CI").is_none(), "CI must have vsftpd");
                eprintln!("skipped: vsftpd is missing");
                return None;
            };
            let (root, settings) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            fs::create_dir(root.path().join("folder")).unwrap();
            fs::write(root.path().join("notes.txt"), "notes\nof a test\n").unwrap();
            fs::write(root.path().join("welcome.txt"), "welcome to a test\n").unwrap();
            let picture = include_bytes!("../examples/ftp/ftp_server_20/picture.png");
            fs::write(root.path().join("picture.png"), picture).unwrap();
            fs::write(root.path().join("folder/picture.png"), picture).unwrap();
            let path = root.path().display();
            let file = settings.path().join("vsftpd.conf");
            let lines = [
                "listen=NO",
                "run_as_launching_user=YES",
                "local_enable=NO",
                "anonymous_enable=YES",
                "write_enable=YES",
                "anon_upload_enable=YES",
                "anon_mkdir_write_enable=YES",
                "anon_other_write_enable=YES",
                "anon_world_readable_only=NO",
                "anon_umask=022",
                "seccomp_sandbox=NO",
                "isolate=NO",
                "isolate_network=NO",
                &format!("anon_root={path}"),
                &format!("secure_chroot_dir={path}"),
            ];
            fs::write(&file, [&lines[..], options, &[""]].concat().join("\n")).unwrap();

            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap().to_string();
            thread::spawn(move || {
                // The settings stay as long as somebody may connect.
                let _settings = settings;
                while let Ok((client, _)) = listener.accept() {
                    let mut vsftpd = Command::new(program);
                    vsftpd.arg(&file);
                    thread::spawn(move || drop(relay_to(vsftpd, client)));
                }
            });
            Some(Self { address, root })
        }

        #[track_caller]
        fn has_its_own_files_only(&self) {
            let mut names: Vec<_> = fs::read_dir(self.root.path())
                .unwrap()
                .map(|file| file.unwrap().file_name())
                .collect();
            names.sort();
            assert_eq!(names, ["folder", "notes.txt", "picture.png", "welcome.txt"]);
        }
    }

    /// Passes one control connection to a process of its own, which ends with it.
    fn relay_to(mut vsftpd: Command, client: TcpStream) -> std::io::Result<()> {
        let inside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut to_server = TcpStream::connect(inside.local_addr()?)?;
        let server: std::os::fd::OwnedFd = inside.accept()?.0.into();
        let vsftpd = vsftpd
            .stdin(server.try_clone()?)
            .stdout(server)
            .stderr(Stdio::null());
        let mut vsftpd = vsftpd.spawn()?;
        let (mut from_server, mut to_client) = (to_server.try_clone()?, client.try_clone()?);
        let replies = thread::spawn(move || std::io::copy(&mut from_server, &mut to_client));
        client.set_read_timeout(Some(FOR_EVER))?;
        let mut client = BufReader::new(client);
        let mut line = Vec::new();
        while client.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
            if line == b"USER ada\r\n" {
                line = b"USER anonymous\r\n".to_vec();
            }
            let passed = to_server.write_all(&line).is_ok();
            if line.starts_with(b"AUTH ") {
                // What follows may be TLS, in which there are no lines.
                let _ = std::io::copy(&mut client, &mut to_server);
            }
            if !passed {
                break;
            }
            line.clear();
        }
        let _ = to_server.shutdown(Shutdown::Both);
        let _ = replies.join();
        let _ = vsftpd.kill();
        vsftpd.wait().map(drop)
    }
}

// ---- What the tests share ----

/// How a client is told of a server.
fn argument(client: &str, server: SocketAddr) -> String {
    match client {
        URL => format!("ftp://{server}/folder/file.txt"),
        _ => server.to_string(),
    }
}

/// Runs a client, with `folder` for its temporary files.
fn run(
    client: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    folder: &Path,
) -> Assert {
    let mut command = assert_cmd::Command::new(program(client));
    let command = command.args(arguments).env("TMPDIR", folder);
    command.timeout(DEADLINE).assert()
}

/// What a run that succeeded has printed.
#[track_caller]
fn output(ended: Assert) -> String {
    let ended = ended.success().stderr("");
    String::from_utf8(ended.get_output().stdout.clone()).unwrap()
}

#[track_caller]
fn is_empty(folder: &Path) {
    let left: Vec<_> = fs::read_dir(folder).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// `ftp_server_20`, killed when it is dropped.
struct Server {
    child: Child,
    address: String,
    authority: PathBuf,
    root: PathBuf,
    /// Its folders are in here, and go with it: a killed server removes nothing.
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    fn start_at(address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program("ftp_server_20"));
        let command = command.arg(address).env("TMPDIR", folder.path());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = |start: &str| loop {
            let line = lines.next().expect("the server has ended").unwrap();
            if let Some(rest) = line.strip_prefix(start) {
                break rest.to_owned();
            }
        };
        let address = line("listening on ");
        let authority = PathBuf::from(line("certificate authority: "));
        thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            root: authority.with_file_name("root"),
            authority,
            _folder: folder,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
