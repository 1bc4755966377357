//! POP3 sessions by chance: whatever a client says in whatever order, the mailbox is as a few lines of a model say.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use post_office::{PostOffice, Settings};
use proptest::{collection::vec, prelude::*};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, TcpStream},
    path::Path,
    time::Duration,
};

/// How long a test waits for anything.
const DEADLINE: Duration = Duration::from_secs(20);

/// How many letters the mailbox has: letter 1 has 100 octets, letter 2 has 200, and so on.
const LETTERS: usize = 4;

/// What a client may say in TRANSACTION.
#[derive(Clone, Debug)]
enum Says {
    Stat,
    List,
    ListOne(usize),
    Dele(usize),
    Retr(usize),
    Rset,
    /// A line that is no command.
    Garbage(Vec<u8>),
}

fn says() -> impl Strategy<Value = Says> {
    // Some of these numbers are no letter's.
    let number = 0..LETTERS + 2;
    prop_oneof![
        Just(Says::Stat),
        Just(Says::List),
        number.clone().prop_map(Says::ListOne),
        number.clone().prop_map(Says::Dele),
        number.prop_map(Says::Retr),
        Just(Says::Rset),
        vec(any::<u8>(), 0..40).prop_map(Says::Garbage),
    ]
}

fn maildir(folder: &Path) -> std::path::PathBuf {
    folder.join("ada/Maildir")
}

fn letter(number: usize) -> Vec<u8> {
    let mut letter = b"Subject: by chance\r\n\r\n".to_vec();
    letter.resize(number * 100 - 2, b'.');
    letter.extend_from_slice(b"\r\n");
    letter
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").expect("CR LF").to_owned()
    }

    fn ask(&mut self, command: &[u8]) -> String {
        let line = [command, b"\r\n"].concat();
        self.0.get_mut().write_all(&line).unwrap();
        self.line()
    }

    /// The lines behind `+OK`, as they were before they were sent.
    fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.line() {
                line if line == "." => return lines,
                line => lines.push(line.strip_prefix('.').unwrap_or(&line).to_owned()),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_quit_deletes_and_only_what_is_marked(said in vec(says(), 0..15), quits: bool) {
        let folder = tempfile::tempdir().unwrap();
        let maildir = maildir(folder.path());
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(maildir.join(part)).unwrap();
        }
        for number in 1..=LETTERS {
            let name = format!("{number:010}.650f1c2ab3d4e");
            fs::write(maildir.join("new").join(name), letter(number)).unwrap();
        }
        let office = PostOffice::open(Settings::new(folder.path()), drop).unwrap();
        let stream = TcpStream::connect(office.pop3).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut client = Client(BufReader::new(stream));
        client.line();
        client.ask(b"USER ada");
        client.ask(b"PASS lovelace");

        // The model: which letters are marked.
        let mut marked = [false; LETTERS];
        for say in said {
            let left: Vec<usize> = (1..=LETTERS).filter(|number| !marked[number - 1]).collect();
            match say {
                Says::Stat => {
                    let octets: usize = left.iter().map(|number| number * 100).sum();
                    prop_assert_eq!(client.ask(b"STAT"), format!("+OK {} {octets}", left.len()));
                }
                Says::List => {
                    prop_assert_eq!(&client.ask(b"LIST")[..3], "+OK");
                    let expected: Vec<String> =
                        left.iter().map(|number| format!("{number} {}", number * 100)).collect();
                    prop_assert_eq!(client.rest(), expected);
                }
                Says::ListOne(number) => {
                    let answer = client.ask(format!("LIST {number}").as_bytes());
                    if left.contains(&number) {
                        prop_assert_eq!(answer, format!("+OK {number} {}", number * 100));
                    } else {
                        prop_assert_eq!(&answer[..4], "-ERR");
                    }
                }
                Says::Dele(number) => {
                    let answer = client.ask(format!("DELE {number}").as_bytes());
                    let expected = if left.contains(&number) { "+OK " } else { "-ERR" };
                    prop_assert_eq!(&answer[..4], expected);
                    if left.contains(&number) {
                        marked[number - 1] = true;
                    }
                }
                Says::Retr(number) => {
                    let answer = client.ask(format!("RETR {number}").as_bytes());
                    if left.contains(&number) {
                        prop_assert_eq!(&answer[..4], "+OK ");
                        let lines: String =
                            client.rest().iter().map(|line| format!("{line}\r\n")).collect();
                        prop_assert_eq!(lines.as_bytes(), letter(number));
                    } else {
                        prop_assert_eq!(&answer[..4], "-ERR");
                    }
                }
                Says::Rset => {
                    prop_assert_eq!(&client.ask(b"RSET")[..3], "+OK");
                    marked = [false; LETTERS];
                }
                Says::Garbage(bytes) => {
                    // A bare CR or LF ends the session, and a word may be a command.
                    let is_line = !bytes.iter().any(|byte| b"\r\n".contains(byte));
                    if is_line && !bytes.is_ascii() {
                        prop_assert_eq!(&client.ask(&bytes)[..4], "-ERR");
                    }
                }
            }
        }
        if quits {
            prop_assert_eq!(&client.ask(b"QUIT")[..3], "+OK");
        } else {
            client.0.get_ref().shutdown(Shutdown::Both).unwrap();
            marked = [false; LETTERS];
        }
        // This waits until the session has ended.
        drop(office);
        for number in 1..=LETTERS {
            let file = maildir.join("new").join(format!("{number:010}.650f1c2ab3d4e"));
            prop_assert_eq!(file.exists(), !marked[number - 1], "letter {}", number);
        }
    }
}
