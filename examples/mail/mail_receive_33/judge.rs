//! What the crate `pop3` 1.0.6 gets wrong, each fault with a server that says just what it takes to see it.

use crate::{
    fence::{self, Broken, Limits},
    printable, session,
};
use pop3::POP3Stream;
use rustls::RootCertStore;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

/// Where a fault is an endless loop, so long do we watch it.
const WATCH: Duration = Duration::from_secs(2);

/// What a line that the crate sends may have.
const LONGEST_LINE: u64 = 1_024;

// ANCHOR: faults
/// A fault: what it is, what the server says, and what we ask of the crate.
struct Fault {
    title: &'static str,
    /// The greeting, and then the answer to each line that comes.
    answers: &'static [&'static [u8]],
    play: fn(&str) -> io::Result<()>,
}

const FAULTS: [Fault; 11] = [
    Fault {
        title: "a wrong password: login says that all is well",
        answers: &[
            b"+OK\r\n",
            b"+OK\r\n",
            b"-ERR [AUTH] wrong\r\n",
            b"-ERR sign in first\r\n",
        ],
        play: |address| {
            let mut pop3 = POP3Stream::connect(address, None, "")?;
            gave("login", &pop3.login("ada", "lovelorn"));
            gave("stat", &pop3.stat());
            Ok(())
        },
    },
    Fault {
        title: "rset sends RETR",
        answers: &[
            b"+OK\r\n",
            b"+OK\r\n",
            b"+OK\r\n",
            b"-ERR which letter?\r\n",
        ],
        play: |address| {
            gave("rset", &signed_in(address)?.rset());
            Ok(())
        },
    },
    Fault {
        title: "noop fails when the server says that all is well",
        answers: &[b"+OK\r\n", b"+OK\r\n", b"+OK\r\n", b"+OK nothing done\r\n"],
        play: |address| {
            gave("noop", &signed_in(address)?.noop());
            Ok(())
        },
    },
    Fault {
        title: "the second dot before a line with a dot stays",
        answers: &[
            b"+OK\r\n",
            b"+OK\r\n",
            b"+OK\r\n",
            b"+OK\r\n..a line with one dot\r\n.\r\n",
        ],
        play: |address| {
            gave("retr", &signed_in(address)?.retr(1));
            Ok(())
        },
    },
    Fault {
        title: "a line that is not UTF-8: the letter is lost, and its rest answers the next command",
        answers: &[
            b"+OK\r\n",
            b"+OK\r\n",
            b"+OK\r\n",
            b"+OK\r\ncaf\xe9\r\n+OK 999 1\r\n.\r\n",
            b"+OK 1 20\r\n",
        ],
        play: |address| {
            let mut pop3 = signed_in(address)?;
            gave("retr", &pop3.retr(1));
            gave("stat", &pop3.stat());
            Ok(())
        },
    },
    Fault {
        title: "-ERR with +OK anywhere behind it is success",
        answers: &[
            b"+OK\r\n",
            b"+OK\r\n",
            b"+OK\r\n",
            b"-ERR no +OK for you\r\n",
        ],
        play: |address| {
            gave("dele", &signed_in(address)?.dele(1));
            Ok(())
        },
    },
    Fault {
        title: "a line break in the name: what stands behind it is a command",
        answers: &[b"+OK\r\n", b"+OK\r\n", b"-ERR\r\n", b"-ERR\r\n"],
        play: |address| {
            let mut pop3 = POP3Stream::connect(address, None, "")?;
            gave("login", &pop3.login("ada\r\nDELE 1", "lovelace"));
            Ok(())
        },
    },
    Fault {
        title: "a command before login: a panic",
        answers: &[b"+OK\r\n"],
        play: |address| {
            gave("stat", &POP3Stream::connect(address, None, "")?.stat());
            Ok(())
        },
    },
    Fault {
        title: "text behind the numbers of STAT, which RFC 1939 (section 5) allows: a panic",
        answers: &[b"+OK\r\n", b"+OK\r\n", b"+OK\r\n", b"+OK 2 320 octets\r\n"],
        play: |address| {
            gave("stat", &signed_in(address)?.stat());
            Ok(())
        },
    },
    Fault {
        title: "a server that does not speak TLS: a panic",
        answers: &[b"+OK, and this is no TLS\r\n"],
        play: |address| {
            let nobody = session::connector(RootCertStore::empty()).map_err(io::Error::other)?;
            POP3Stream::connect(address, Some(nobody), "localhost").map(drop)
        },
    },
    Fault {
        title: "a server that hangs up: it reads on, and grows",
        answers: &[b"+OK\r\n", b"+OK\r\n", b"+OK\r\n"],
        play: |address| {
            gave("stat", &signed_in(address)?.stat());
            Ok(())
        },
    },
];
// ANCHOR_END: faults

fn signed_in(address: &str) -> io::Result<POP3Stream> {
    let mut pop3 = POP3Stream::connect(address, None, "")?;
    pop3.login("ada", "lovelace");
    Ok(pop3)
}

fn gave(call: &str, result: &pop3::POP3Result) {
    fence::say(&format!("{call} gave {result:?}"));
}

/// Inside the fence: plays one fault with the server at this address.
pub fn play(number: &str, address: &str) -> Result<(), String> {
    let fault = number
        .parse()
        .ok()
        .and_then(|number: usize| FAULTS.get(number));
    let fault = fault.ok_or("no such fault")?;
    (fault.play)(address).map_err(|error| error.to_string())
}

// ANCHOR: judge
/// Shows them all, each inside a fence of its own: a panic or an endless loop in one is no end of the others.
pub fn all() -> Result<(), String> {
    for (number, fault) in FAULTS.iter().enumerate() {
        println!("{}. {}", number + 1, fault.title);
        let ended = one(number, fault).map_err(|broken| broken.to_string())?;
        println!("   = {ended}");
    }
    Ok(())
}

fn one(number: usize, fault: &'static Fault) -> Result<String, Broken> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    // It hangs up after its last answer where that is the fault, and else stays until the crate does.
    let endless = number + 1 == FAULTS.len();
    let server = thread::spawn(move || serve(&listener, fault.answers, endless));
    let limits = Limits {
        // A busy machine may take its time to start a process.
        step: if endless { WATCH } else { 5 * WATCH },
        whole: 10 * WATCH,
        output: 65_536,
        memory: 256 << 10,
    };
    let mut results = Vec::new();
    let job = ["judge", &number.to_string(), &address.to_string()];
    let ended = fence::run(&job, &limits, |said| results.push(said));
    // Should the crate not have come, the server still waits for somebody.
    drop(TcpStream::connect(address));
    for line in server.join().unwrap_or_default() {
        println!("   {}", printable(&line));
    }
    let result = match ended {
        Ok(()) => results.pop().unwrap_or_default(),
        Err(Broken::Panicked(why)) => format!("it panicked: {why}"),
        Err(Broken::TooSlow(waited, grown)) => {
            // Where its memory can be seen.
            let grown = match grown {
                Some(kib) if kib > 64 => ", and takes more memory all the time",
                _ => "",
            };
            format!("after {} s it still reads{grown}: ended", waited.as_secs())
        }
        Err(broken) => return Err(broken),
    };
    for result in results {
        println!("   = {}", printable(&result));
    }
    Ok(printable(&result))
}
// ANCHOR_END: judge

/// Takes one connection, answers each line with the next answer, and gives what was heard (`>`) and said (`<`).
fn serve(listener: &TcpListener, answers: &[&[u8]], hang_up: bool) -> Vec<String> {
    let mut passed = Vec::new();
    let Ok((mut client, _)) = listener.accept() else {
        return passed;
    };
    let Ok(clone) = client.try_clone() else {
        return passed;
    };
    let mut lines = BufReader::new(clone);
    let mut answers = answers.iter();
    loop {
        if let Some(answer) = answers.next() {
            let text = String::from_utf8_lossy(answer);
            passed.extend(text.lines().map(|line| format!("< {line}")));
            if client.write_all(answer).is_err() {
                return passed;
            }
        }
        let mut line = Vec::new();
        let read = (&mut lines).take(LONGEST_LINE).read_until(b'\n', &mut line);
        match read {
            // What is no text is TLS: its bytes differ from run to run.
            Ok(1..) if !line.is_ascii() || line.contains(&0) => {
                passed.push("> (the beginning of TLS)".into());
                return passed;
            }
            Ok(1..) => {
                let line = String::from_utf8_lossy(&line);
                let line = line.trim_end();
                let line = if line.starts_with("PASS ") {
                    "PASS ***"
                } else {
                    line
                };
                passed.push(format!("> {line}"));
            }
            _ => return passed,
        }
        if hang_up && answers.len() == 0 {
            return passed;
        }
    }
}
