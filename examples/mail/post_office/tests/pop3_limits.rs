//! POP3's patience and its limits, with a post office that has little of both: the real ones are minutes long.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use post_office::{Limits, PostOffice, Settings, Times};
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for anything.
const DEADLINE: Duration = Duration::from_secs(20);

const LONG: Duration = Duration::from_secs(600);

/// A post office with these times for POP3, and one letter of 8 MB for ada; and what it tells.
fn open(times: Times, connections: usize) -> (PostOffice, Receiver<String>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let maildir = folder.path().join("ada/Maildir");
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
    }
    let letter = [
        &b"Subject: large\r\n\r\n"[..],
        &b"line\r\n".repeat(1_400_000),
    ]
    .concat();
    fs::write(maildir.join("new/0000000001.650f1c2ab3d4e"), letter).unwrap();
    let limits = Limits {
        pop3: times,
        connections,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..Settings::new(folder.path())
    };
    let (tell, told) = mpsc::channel();
    let say = move |line| drop(tell.send(line));
    (PostOffice::open(settings, say).unwrap(), told, folder)
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(office: &PostOffice) -> Client {
        let stream = TcpStream::connect(office.pop3).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Client(BufReader::new(stream))
    }

    /// A session of ada's that has marked her letter.
    fn marked(office: &PostOffice) -> Client {
        let mut client = Client::connect(office);
        assert!(client.line().unwrap().starts_with("+OK "));
        for command in ["USER ada", "PASS lovelace", "DELE 1"] {
            let answer = client.ask(command).unwrap();
            assert!(answer.starts_with("+OK "), "{command}: {answer}");
        }
        client
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    fn ask(&mut self, command: &str) -> Option<String> {
        self.write(format!("{command}\r\n").as_bytes()).unwrap();
        self.line()
    }

    /// `None` at the end of the connection.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) => None,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
            read => read.map(|_| Some(line)).unwrap(),
        }
    }
}

/// The letter is there, and was not deleted.
fn is_whole(office: &PostOffice) {
    let end = Instant::now() + DEADLINE;
    loop {
        let mut client = Client::connect(office);
        let mut last = client.line();
        // On a busy machine, its short patience may end with us, too.
        for command in ["USER ada\r\n", "PASS lovelace\r\n", "STAT\r\n"] {
            if client.write(command.as_bytes()).is_ok() {
                last = client.line();
            }
        }
        if last.as_deref() == Some("+OK 1 8400018\r\n") {
            return;
        }
        let other = last.is_none_or(|answer| answer.starts_with("-ERR"));
        assert!(other && Instant::now() < end, "the mailbox is not whole");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until this is told.
fn tells(told: &Receiver<String>, words: &str) {
    let end = Instant::now() + DEADLINE;
    let mut before = Vec::new();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match told.recv_timeout(left) {
            Ok(line) if line.contains(words) => return,
            Ok(line) => before.push(line),
            Err(_) => panic!("{words:?} was not told, but {before:#?}"),
        }
    }
}

#[test]
fn a_silent_client_is_left_without_a_word_and_deletes_nothing() {
    let idle = Duration::from_millis(1500);
    let (office, told, _folder) = open(
        Times {
            idle,
            command: LONG,
            session: LONG,
        },
        10,
    );
    let mut client = Client::marked(&office);
    let began = Instant::now();
    assert_eq!(client.line(), None, "it said something");
    assert!(
        began.elapsed() >= idle - Duration::from_millis(50),
        "{:?}",
        began.elapsed()
    );
    tells(&told, "no QUIT, no UPDATE: marked and not deleted: 1");
    tells(&told, "ended: the client took too long");
    is_whole(&office);
}

#[test]
fn a_byte_now_and_then_is_no_way_around_the_patience_for_a_command() {
    let command = Duration::from_millis(1000);
    let (office, told, _folder) = open(
        Times {
            idle: LONG,
            command,
            session: LONG,
        },
        10,
    );
    let mut client = Client::marked(&office);
    let began = Instant::now();
    // Each byte comes well within the patience; all together do not.
    while client.write(b"x").is_ok() && began.elapsed() < DEADLINE {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() < DEADLINE, "it is served still");
    tells(&told, "ended: the client took too long");
    is_whole(&office);
}

#[test]
fn a_client_that_does_not_read_is_left() {
    let command = Duration::from_millis(1000);
    let (office, told, _folder) = open(
        Times {
            idle: LONG,
            command,
            session: LONG,
        },
        10,
    );
    let mut client = Client::marked(&office);
    client.ask("RSET").unwrap();
    // More than the buffers of both ends take.
    for _ in 0..4 {
        client.write(b"RETR 1\r\n").unwrap();
    }
    tells(&told, "ended: the client took too long");
    let mut rest = Vec::new();
    let _ = client.0.read_to_end(&mut rest);
    assert!(rest.len() < 4 * 8_400_018, "all of it came");
    is_whole(&office);
}

#[test]
fn a_session_has_an_end_though_its_client_is_never_silent() {
    let session = Duration::from_millis(3000);
    let (office, told, _folder) = open(
        Times {
            idle: LONG,
            command: LONG,
            session,
        },
        10,
    );
    let mut client = Client::marked(&office);
    let began = Instant::now();
    while client.write(b"NOOP\r\n").is_ok() && client.line().is_some() {
        assert!(began.elapsed() < DEADLINE, "it is served still");
        thread::sleep(Duration::from_millis(20));
    }
    tells(&told, "no QUIT, no UPDATE: marked and not deleted: 1");
    is_whole(&office);
}

#[test]
fn one_client_too_many_is_refused_and_the_next_served_when_there_is_room() {
    let (office, _told, _folder) = open(
        Times {
            idle: LONG,
            command: LONG,
            session: LONG,
        },
        2,
    );
    let first = Client::marked(&office);
    let mut second = Client::connect(&office);
    assert!(second.line().unwrap().starts_with("+OK "));
    let refused = Client::connect(&office).line();
    assert_eq!(
        refused.as_deref(),
        Some("-ERR [SYS/TEMP] too many connections, come back later\r\n")
    );
    drop(first);
    let end = Instant::now() + DEADLINE;
    while !Client::connect(&office)
        .line()
        .is_some_and(|line| line.starts_with("+OK "))
    {
        assert!(Instant::now() < end, "no room after {DEADLINE:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_post_office_that_closes_ends_its_sessions_and_deletes_nothing() {
    let (office, told, folder) = open(
        Times {
            idle: LONG,
            command: LONG,
            session: LONG,
        },
        10,
    );
    let mut client = Client::marked(&office);
    drop(office);
    assert_eq!(client.line(), None);
    tells(&told, "no QUIT, no UPDATE: marked and not deleted: 1");
    assert!(
        folder
            .path()
            .join("ada/Maildir/new/0000000001.650f1c2ab3d4e")
            .exists()
    );
}
