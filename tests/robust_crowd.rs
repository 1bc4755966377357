//! Holds `production_server_17` to its promise: 10,000 connections at once, and whoever comes then is told so.
//!
//! A file of its own, for a process may have only so many files open, and this test needs most of them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use common::{DEADLINE, program};
use running::Running;
use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// How many connections the server takes unless it is told another number, and how many come after that.
const CROWD: usize = 10_000;

/// What a process needs besides: its output, its libraries, the server's own connections.
const OTHER_FILES: u64 = 200;

/// How many come at the same moment.
const AT_ONCE: usize = 8;

/// More than the server needs for such a crowd, and less than a leak would take.
const MOST_KIB: u64 = 400_000;

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the system completes the handshake");
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// Says a line and hears the answer, unless the connection is lost.
fn tries(stream: &TcpStream, line: &str) -> io::Result<String> {
    // One write: a line in two parts would wait for the first one's acknowledgement.
    let line = format!("{line}\n");
    (&mut &*stream).write_all(line.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}

#[track_caller]
fn asks(stream: &TcpStream, line: &str) -> String {
    tries(stream, line).unwrap_or_else(|error| panic!("no answer to {line:?}: {error}"))
}

/// One of the numbers that the server tells about itself.
#[track_caller]
fn number(stream: &TcpStream, name: &str) -> u64 {
    let told = asks(stream, "metrics");
    let mut words = told.split(' ').skip_while(|word| *word != name);
    let number = words.nth(1).and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no number {name} in {told:?}"))
}

/// Asks until the number is this one.
#[track_caller]
fn waits_for(stream: &TcpStream, name: &str, wanted: u64) {
    let start = Instant::now();
    loop {
        let is = number(stream, name);
        if is == wanted {
            return;
        }
        assert!(start.elapsed() < DEADLINE, "{name} is {is}, not {wanted}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The memory that the process has, in KiB.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.expect(&status)
}

/// Does something `CROWD` times, a few at once.
fn crowd<T: Send>(each: impl Fn() -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let some = || (0..CROWD / AT_ONCE).map(|_| each()).collect::<Vec<T>>();
        let running: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(some)).collect();
        let done = running.into_iter().map(|some| some.join().unwrap());
        done.flatten().collect()
    })
}

#[test]
fn it_holds_ten_thousand_and_tells_ten_thousand_more_that_it_is_full() {
    let files = rlimit::increase_nofile_limit(CROWD as u64 + OTHER_FILES).unwrap_or(0);
    if files < CROWD as u64 + OTHER_FILES {
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: this system lets a process have {files} files open, too few for {CROWD} connections"
        );
        return;
    }
    let mut server = Command::new(program("production_server_17"));
    let server = Running::start(server.arg("127.0.0.1:0"), "").listening();
    let address = server.address;

    // Each waits for an answer: those who come faster than the server accepts would fill its system's queue.
    let comes_in = || {
        let stream = connect(address);
        assert_eq!(asks(&stream, "echo in"), "in");
        stream
    };
    let here = crowd(comes_in);
    assert_eq!(number(&here[0], "open"), CROWD as u64);
    assert_eq!(number(&here[0], "refused"), 0);
    let full = memory(server.child.id());

    // Each is told, and sees an end and no reset.
    let told = crowd(|| {
        let mut told = String::new();
        connect(address).read_to_string(&mut told).unwrap();
        told
    });
    for told in told {
        assert_eq!(told, "busy: come again later\n");
    }
    waits_for(&here[0], "refused", CROWD as u64);

    // Nobody who was here has noticed.
    for (place, stream) in here.iter().enumerate() {
        let text = format!("number {place}");
        assert_eq!(asks(stream, &format!("echo {text}")), text);
    }
    assert_eq!(number(&here[0], "open"), CROWD as u64);
    let after = memory(server.child.id());
    assert!(
        after < MOST_KIB && after < full + full / 4,
        "{full} KiB with {CROWD} connections, {after} KiB after as many refusals"
    );

    // All places but one are free again: of as many newcomers, one finds none.
    let mut here = here;
    here.truncate(1);
    waits_for(&here[0], "open", 1);
    let again = crowd(|| {
        let stream = connect(address);
        // Whoever speaks and is sent away may see a reset, for nobody has read what it said.
        (tries(&stream, "echo in").unwrap_or_default(), stream)
    });
    let came_in = again.iter().filter(|(answer, _)| answer == "in");
    assert_eq!(came_in.count(), CROWD - 1);
    assert_eq!(number(&here[0], "open"), CROWD as u64);
}
