//! A served book, for the tests that talk to it: it is started, and asked as a browser would.

#[allow(dead_code)] // Not every test needs a course of its own.
pub mod course;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long anything may take that a test waits for. A nested cargo may have to wait for another one.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// A served book. It is ended when this is dropped.
pub struct Served {
    pub child: Child,
    /// Where it builds; removed with this, since a killed program cannot tidy up.
    _temporary: TempDir,
    /// What it prints, on standard output and standard error.
    lines: mpsc::Receiver<String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    pub fn start(arguments: &[&str], course: &Path) -> Served {
        Served::start_with(arguments, course, &[])
    }

    /// Starts it with these variables in its environment.
    pub fn start_with(arguments: &[&str], course: &Path, more: &[(&str, &str)]) -> Served {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_loopback"))
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", course)
            .envs(["TMPDIR", "TMP", "TEMP"].map(|name| (name, temporary.path())))
            .envs(more.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for output in outputs {
            let tell = tell.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = tell.send(line);
                }
            });
        }
        Served {
            child,
            _temporary: temporary,
            lines,
        }
    }

    /// Waits for a line with `words` in it.
    pub fn wait_for(&self, words: &str) -> String {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => seen.push(line),
                Err(_) => panic!("no line with {words:?}, only {seen:?}"),
            }
        }
    }

    /// How to reach it, from the address that it prints.
    pub fn address(&self) -> Address {
        let line = self.wait_for("http://");
        let address = line.split_once("http://").unwrap().1;
        let (host, key) = address.split_once("/?key=").expect("no key in the address");
        Address {
            host: host.into(),
            key: key.trim().into(),
        }
    }
}

/// How to reach a served book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `127.0.0.1:PORT`.
    pub host: String,
    pub key: String,
}

impl Address {
    /// The header by which a browser is known that has opened the printed address.
    pub fn cookie(&self) -> String {
        let port = self.host.rsplit(':').next().unwrap();
        format!("Cookie: loopback_{port}={}", self.key)
    }

    /// Sends a request with these lines after the first and gives the connection, to read the answer from.
    pub fn send(&self, request: &str, headers: &[&str], body: &str) -> TcpStream {
        let mut connection = TcpStream::connect(&self.host).unwrap();
        connection.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut lines = format!("{request} HTTP/1.1\r\nConnection: close\r\n");
        for header in headers {
            lines += &format!("{header}\r\n");
        }
        write!(
            connection,
            "{lines}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        connection
    }

    /// Sends a request and gives the whole answer. A server may refuse a request before it has read all of it, and
    /// then the connection is reset behind the answer.
    pub fn ask(&self, request: &str, headers: &[&str], body: &str) -> String {
        let mut connection = self.send(request, headers, body);
        let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            match connection.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => answer.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) if !answer.is_empty() => break,
                Err(error) => panic!("{request}: {error}"),
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The page at this path, as a browser that has opened the printed address gets it.
    pub fn get(&self, path: &str) -> String {
        let host = format!("Host: {}", self.host);
        self.ask(&format!("GET {path}"), &[&host, &self.cookie()], "")
    }
}

/// Stands in for the program that opens files and addresses on Linux, and tells what it was given.
pub struct Opener(TempDir);

#[allow(dead_code)] // Not every test opens something.
impl Opener {
    #[cfg(unix)]
    pub fn new() -> Opener {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("xdg-open");
        // By another name first, so that nobody reads a half of it.
        let script = "#!/bin/sh\necho \"$@\" > \"$0.half\"\nmv \"$0.half\" \"$0.given\"\n";
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Opener(folder)
    }

    /// Where programs are looked for, with this one before all others.
    pub fn path(&self) -> String {
        let others = std::env::var("PATH").unwrap();
        format!("{}:{others}", self.0.path().display())
    }

    /// The file that says what it was given.
    pub fn file(&self) -> std::path::PathBuf {
        self.0.path().join("xdg-open.given")
    }

    /// What it was given, as soon as it was given something.
    pub fn given(&self) -> String {
        let start = Instant::now();
        loop {
            if let Ok(given) = std::fs::read_to_string(self.file()) {
                return given.trim().to_owned();
            }
            assert!(start.elapsed() < DEADLINE, "nothing was opened");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
