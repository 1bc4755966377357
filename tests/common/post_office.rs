//! What the tests of Part V share: a post office that runs beside a test, a connection by hand, and other people's programs.
//!
//! What only one protocol says is in the file of its tests: each adds to [`Post`] and [`Talk`] what it needs.

// Not every test needs all of it.
#![allow(dead_code)]

use crate::common::{DEADLINE, program};
use assert_cmd::assert::Assert;
use std::{
    collections::HashMap,
    fmt::Debug,
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

pub const SERVER: &str = "mail_server_26";

/// The variable that has a client's password.
pub const PASSWORD: &str = "LOOPBACK_MAIL_PASSWORD";

/// Longer than any patience of a client.
pub const FOR_EVER: Duration = Duration::from_secs(60);

/// `mail_server_26` on ports of its own, killed when this is dropped.
pub struct Post {
    pub child: Killed,
    /// Where each service is, by the name that the server prints.
    services: HashMap<String, String>,
    told: Told,
    /// How many lines it tells before it serves.
    opening: usize,
    /// Where it keeps letters, and its certificate.
    pub root: PathBuf,
    /// The temporary files of the server and of the clients, which look there for the certificate.
    pub folder: tempfile::TempDir,
}

impl Post {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With these letters for ada.
    pub fn with(letters: &[&[u8]]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let maildir = folder.path().join("loopback_post_office/ada/Maildir");
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(maildir.join(part)).unwrap();
        }
        // As the post office names them.
        for (number, letter) in letters.iter().enumerate() {
            let name = format!("{:010}.650f1c2ab3d4e", number + 1);
            fs::write(maildir.join("new").join(name), letter).unwrap();
        }
        Self::start_in(folder)
    }

    fn start_in(folder: tempfile::TempDir) -> Self {
        let mut command = Command::new(program(SERVER));
        command.arg("127.0.0.1:0");
        command.arg(folder.path().join("loopback_post_office"));
        Self::by(command, folder)
    }

    /// With arguments of the test's own, which say to keep letters in this folder's `loopback_post_office`.
    pub fn by(mut command: Command, folder: tempfile::TempDir) -> Self {
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the post office starts");
        let told = Told::default();
        told.collect(child.stdout.take().unwrap());
        told.collect(child.stderr.take().unwrap());
        let child = Killed(child);
        told.wait_for("accounts: ");
        let lines = told.lines();
        let at = lines.iter().filter_map(|line| line.split_once(" on "));
        Self {
            child,
            services: at.map(|(name, at)| (name.into(), at.into())).collect(),
            told,
            opening: lines.len(),
            root: folder.path().join("loopback_post_office"),
            folder,
        }
    }

    /// Kills it in whatever it does, and starts it again on the same letters.
    pub fn killed_and_started(self) -> Self {
        drop(self.child);
        Self::start_in(self.folder)
    }

    /// The address of a service: `listening` for mail from other servers, `submission`, `pop3s` and so on.
    #[track_caller]
    pub fn at(&self, service: &str) -> &str {
        &self.services[service]
    }

    /// The certificate to trust.
    pub fn ca(&self) -> String {
        self.root.join("ca.pem").to_str().unwrap().into()
    }

    /// All lines that have come from it. The last ones may still be on their way: see [`Post::told_all`].
    pub fn told(&self) -> Vec<String> {
        self.told.lines()
    }

    /// All lines that it has told, also of the reply that a client has just read: a session of our own comes behind them.
    #[track_caller]
    pub fn told_all(&self) -> Vec<String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mark = format!("NOOP all-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut client = Talk::with(self.at("listening"));
        client.line();
        client.write(format!("{mark}\r\n").as_bytes());
        self.has_told(&mark);
        self.told()
    }

    /// Waits for a line with these words in it, unless there was one before.
    #[track_caller]
    pub fn has_told(&self, words: &str) -> String {
        self.told.wait_for(words)
    }

    /// Not since it serves. Before that, it tells the accounts with their passwords.
    #[track_caller]
    pub fn never_told(&self, words: &str) {
        let told = self.told_all();
        let mut served = told[self.opening..].iter();
        assert_eq!(served.find(|line| line.contains(words)), None, "{words:?}");
    }

    /// The names and contents of the letters that an account has not looked at, in the order of their numbers.
    pub fn letters(&self, account: &str) -> Vec<(String, Vec<u8>)> {
        let new = self.root.join(account).join("Maildir/new");
        let letter = |path: PathBuf| (name(&path), fs::read(&path).unwrap());
        files(&new).into_iter().map(letter).collect()
    }

    /// Looks how much memory it had at most, where the system tells.
    #[track_caller]
    pub fn stayed_below(&self, mebibytes: u64) {
        let kib = memory(self.child.0.id());
        assert!(kib < mebibytes << 10, "{kib} KiB");
        assert!(kib > 0 || cfg!(not(target_os = "linux")));
    }

    /// A client that finds its certificate, and no password. Its run has no deadline yet.
    pub fn client(&self, name: &str) -> assert_cmd::Command {
        client(name, self.folder.path())
    }
}

/// A client with this folder for its temporary files, and no password. Its run has no deadline yet.
pub fn client(name: &str, folder: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(program(name));
    command.env("TMPDIR", folder).env_remove(PASSWORD);
    command
}

/// What a run that succeeded has printed.
#[track_caller]
pub fn output(ended: Assert) -> String {
    let ended = ended.success().stderr("");
    String::from_utf8(ended.get_output().stdout.clone()).unwrap()
}

/// How many clients run at the same time: most of the time they wait, but a hundred processes on two cores would miss deadlines
/// that one of them keeps.
const AT_ONCE: usize = 24;

/// Tries all of them, a few at a time, and then tells which have failed.
#[track_caller]
pub fn try_all<T: Debug + Send>(cases: Vec<T>, holds: impl Fn(T) + Sync) {
    let cases = Mutex::new(cases.into_iter());
    let failed = Mutex::new(Vec::new());
    let next = || cases.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = next() {
                    let about = format!("{case:?}");
                    let held = panic::catch_unwind(AssertUnwindSafe(|| holds(case)));
                    if let Err(panic) = held {
                        let why = panic.downcast_ref::<String>().cloned();
                        let why = why.unwrap_or_default();
                        failed.lock().unwrap().push(format!("{about}: {why}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Waits until it holds.
#[track_caller]
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < end, "not after {DEADLINE:?}: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The files in a folder, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

pub fn name(file: &Path) -> String {
    file.file_name().unwrap().to_str().unwrap().into()
}

/// The memory of a process at its largest, in KiB; 0 where it is gone, or this is not Linux.
pub fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kib.unwrap_or(0)
}

/// A process that is killed when this is dropped.
pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of a process, as they come.
#[derive(Clone, Default)]
struct Told(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Told {
    fn collect(&self, output: impl Read + Send + 'static) {
        let told = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into();
                told.0.0.lock().unwrap().push(line);
                told.0.1.notify_all();
            }
        });
    }

    fn lines(&self) -> Vec<String> {
        self.0.0.lock().unwrap().clone()
    }

    #[track_caller]
    fn wait_for(&self, words: &str) -> String {
        let (lines, more) = &*self.0;
        let missing = |lines: &mut Vec<String>| !lines.iter().any(|line| line.contains(words));
        let waited = more.wait_timeout_while(lines.lock().unwrap(), DEADLINE, missing);
        // Let go before a panic, or those who collect would panic, too.
        let lines = waited.unwrap().0.clone();
        let found = lines.iter().find(|line| line.contains(words)).cloned();
        found.unwrap_or_else(|| panic!("no line {words:?} in {lines:#?}"))
    }
}

/// One connection, by hand.
pub struct Talk {
    pub reader: BufReader<TcpStream>,
    /// Each line that has come, without its end.
    pub heard: Vec<String>,
}

impl Talk {
    #[track_caller]
    pub fn with(address: impl ToSocketAddrs) -> Self {
        Self::on(TcpStream::connect(address).unwrap())
    }

    pub fn on(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            reader: BufReader::new(stream),
            heard: Vec::new(),
        }
    }

    /// With an address of its own, which is not that of this machine's other end. Linux answers on all of 127.0.0.0/8.
    #[cfg(target_os = "linux")]
    pub fn from_another_address(server: &str) -> Self {
        use socket2::{Domain, Socket, Type};
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let other = std::net::SocketAddr::from(([127, 0, 0, 2], 0));
        socket.bind(&other.into()).unwrap();
        let server: std::net::SocketAddr = server.parse().unwrap();
        socket.connect(&server.into()).unwrap();
        Self::on(socket.into())
    }

    #[track_caller]
    pub fn write(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).unwrap();
    }

    /// The next line, without CR LF; `None` at the end of the connection.
    #[track_caller]
    pub fn maybe_line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.reader.read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
            Err(error) => panic!("{error} after {:?}", self.heard),
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line);
        let whole = line.strip_suffix("\r\n");
        let whole = whole.unwrap_or_else(|| panic!("{line:?} after {:?}", self.heard));
        self.heard.push(whole.to_owned());
        Some(whole.to_owned())
    }

    #[track_caller]
    pub fn line(&mut self) -> String {
        let line = self.maybe_line();
        line.unwrap_or_else(|| panic!("the end, and no line, after {:?}", self.heard))
    }

    #[track_caller]
    pub fn is_at_its_end(&mut self) {
        assert_eq!(self.maybe_line(), None, "the connection goes on");
    }
}

/// Runs another program to its end. Gives whether it succeeded, and all that it printed. `None`, and a word on it, where it is
/// missing; but not in CI.
pub fn foreign(name: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let started = Command::new(name)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    match started {
        Ok(ended) => {
            let complaint = String::from_utf8_lossy(&ended.stderr);
            let shown = String::from_utf8_lossy(&ended.stdout);
            Some((ended.status.success(), format!("{shown}{complaint}")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            missing(name);
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Says that a program is missing: a failure where nothing may be.
#[track_caller]
pub fn missing(name: &str) {
    assert!(std::env::var_os("CI").is_none(), "CI must have {name}");
    eprintln!("skipped: {name} is missing");
}
