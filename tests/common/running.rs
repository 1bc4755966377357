//! A program that runs beside a test: its lines are read as they come, and it is killed when the test is done.

// Not every test needs all of it.
#![allow(dead_code)]

use crate::common::{DEADLINE, program};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Instant,
};

/// A program that runs until this value is dropped.
pub struct Running {
    pub child: Child,
    /// Where it listens, once it has said so.
    pub address: SocketAddr,
    /// What it prints, on stdout and stderr.
    pub lines: mpsc::Receiver<String>,
    pub seen: Vec<String>,
}

impl Running {
    /// Starts an example that serves, and waits until it listens.
    pub fn server(example: &str, address: &str) -> Self {
        let server = Self::start(Command::new(program(example)).arg(address), "").listening();
        assert_eq!(server.seen, [format!("listening on {}", server.address)]);
        let asked: SocketAddr = address.parse().unwrap();
        assert_eq!(server.address.ip(), asked.ip());
        server
    }

    pub fn start(command: &mut Command, input: &str) -> Self {
        let command = command.stdin(Stdio::piped());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (sender, lines) = mpsc::channel();
        forward(child.stdout.take().unwrap(), sender.clone());
        forward(child.stderr.take().unwrap(), sender);
        let mut stdin = child.stdin.take().unwrap();
        let running = Self {
            child,
            address: SocketAddr::from(([0; 4], 0)),
            lines,
            seen: Vec::new(),
        };
        stdin.write_all(input.as_bytes()).unwrap();
        running
    }

    /// Waits for `listening on 127.0.0.1:4321`, or nc's `Bound on 127.0.0.1 4321`.
    pub fn listening(mut self) -> Self {
        let line = self.wait_for("\"listening on\"", |line| line.contains(" on "));
        let (_, address) = line.split_once(" on ").unwrap();
        self.address = address.replace(' ', ":").parse().expect(&line);
        self
    }

    /// Waits for a line with this end, unless there was one before.
    #[track_caller]
    pub fn expect(&mut self, end: &str) {
        self.wait_for(&format!("{end:?}"), |line| line.ends_with(end));
    }

    #[track_caller]
    pub fn wait_for(&mut self, what: &str, right: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(line) = self.seen.iter().find(|line| right(line)) {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(problem) => {
                    let seen: Vec<_> = self
                        .seen
                        .iter()
                        .map(|line| format!("{line:.200}"))
                        .collect();
                    panic!("no line {what:.200} ({problem}) in {seen:#?}");
                }
            }
        }
    }

    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status();
        assert!(status.is_ok_and(|status| status.success()), "{kill}");
    }

    /// What Ctrl-Z and `fg` do. A few times, so that one falls into the wait for the peer.
    #[cfg(unix)]
    pub fn pause(&self) {
        for _ in 0..3 {
            self.signal("STOP");
            self.signal("CONT");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends each line to the test, as long as the test wants them.
fn forward(output: impl Read + Send + 'static, lines: mpsc::Sender<String>) {
    thread::spawn(move || {
        let read = BufReader::new(output).split(b'\n').map_while(Result::ok);
        for line in read {
            let _ = lines.send(String::from_utf8_lossy(&line).into());
        }
    });
}
