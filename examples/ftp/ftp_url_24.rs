//! # From an FTP URL to commands to bytes
//!
//! Takes `ftp://…` apart into HOST, DIR and FILE, as RFC 1738 §3.2 says, shows the commands that this
//! becomes, and downloads the file.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example ftp_server_20
//! $ cargo run --example ftp_url_24
//! ```
//!
//! Expect the three parts, the session, and how the file begins. Its arguments are the URL, and a name to
//! save the file by: `cargo run --example ftp_url_24 ftp://ada:lovelace@127.0.0.1:7020/picture.png ada.png`.
//!
//! Try next: a folder, `ftp://127.0.0.1:7020/course/`. Then `%2Fcourse/lesson.txt` for its path.
//!
//! Not for production: a password in a URL is in your shell's history, and everybody on the way reads it.

use log::{LevelFilter, Log, Metadata, Record};
use std::{
    env,
    fs::File,
    io::{self, Read},
    net::{Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    path::Path,
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use suppaftp::{
    FtpError, FtpStream, Mode, Status,
    types::{FileType, FormatControl},
};

/// How long we wait for one step: a connection, a reply, some more bytes of a file.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(10);

/// How many bytes of a file we take. Without a limit, a server could fill our disk.
const LARGEST: u64 = 64 << 20;

/// How many bytes of a file we show.
const SHOWN: u64 = 500;

// ANCHOR: address
/// What an FTP URL says.
struct Address {
    user: String,
    password: String,
    host: String,
    port: u16,
    /// One `CWD` each.
    folders: Vec<String>,
    /// Empty: the folder itself is asked for.
    file: String,
    text: bool,
}
// ANCHOR_END: address

// ANCHOR: parse
/// `ftp://user:password@host:port/folder/…/file;type=i`: all but the host may be left out.
fn parse(url: &str) -> Result<Address, String> {
    // Before all else: a line end that stands in it as it is would forge lines on the terminal, too.
    if url.contains(char::is_control) {
        return Err("it has a control character in it, such as the end of a line".into());
    }
    let scheme = url
        .get(..6)
        .filter(|scheme| scheme.eq_ignore_ascii_case("ftp://"));
    let rest = scheme
        .map(|_| &url[6..])
        .ok_or("it does not begin with ftp://")?;
    if rest.contains(['?', '#', ' ']) {
        return Err("write ? as %3F, # as %23 and a space as %20".into());
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));

    let (login, host) = host.split_once('@').unwrap_or(("anonymous", host));
    if host.contains('@') {
        return Err("write @ in a name or a password as %40".into());
    }
    let (user, password) = match login.split_once(':') {
        Some(both) => both,
        // Who wants to be known leaves an e-mail address (RFC 1635).
        None if matches!(login, "anonymous" | "ftp") => (login, "me%40example.com"),
        None => return Err("it has a user and no password: write user:password@".into()),
    };
    // An IPv6 address has colons of its own, so it stands in brackets.
    let end_of_host = host.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match host[end_of_host..].find(':') {
        Some(colon) => (
            &host[..end_of_host + colon],
            &host[end_of_host + colon + 1..],
        ),
        None => (host, "21"),
    };
    let port = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let port = port
        .and_then(|port| port.parse().ok())
        .filter(|port| *port != 0);
    if host.is_empty() {
        return Err("it has no host".into());
    }
    let in_brackets = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let fits = match in_brackets {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    if !fits {
        return Err(
            "its host is neither a name, nor an IPv4 address, nor an IPv6 address in [ ]".into(),
        );
    }

    let (path, kind) = path.split_once(";type=").unwrap_or((path, "i"));
    if path.contains(';') || !matches!(kind, "a" | "i" | "A" | "I") {
        return Err("after ; may follow type=a or type=i alone; write ; in a name as %3B".into());
    }
    // Cut at each `/` first, decode then: what was `%2F` is no border of folders, but a part of a name.
    let mut folders = path.split('/').map(decode).collect::<Result<Vec<_>, _>>()?;
    Ok(Address {
        user: decode(user)?,
        password: decode(password)?,
        host: host.into(),
        port: port.ok_or("its port is no number from 1 to 65535")?,
        file: folders.pop().unwrap_or_default(),
        folders,
        text: kind.eq_ignore_ascii_case("a"),
    })
}

/// Each `%` and two hexadecimal digits become one byte. Refuses what would end the line of a command: with
/// `%0D%0A`, a URL could bring commands of its own.
fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let decoded = match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit(), digit());
                let both = high.zip(low).map(|(high, low)| (high << 4 | low) as u8);
                both.ok_or("after % must follow two hexadecimal digits")?
            }
            byte => byte,
        };
        bytes.push(decoded);
    }
    let text = String::from_utf8(bytes).map_err(|_| "what it encodes is not UTF-8")?;
    if text.contains(char::is_control) {
        return Err("it encodes a control character, which could end a command".into());
    }
    Ok(text)
}
// ANCHOR_END: parse

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let url = arguments.first().map(|url| url.to_string_lossy());
    let url = url
        .as_deref()
        .unwrap_or("ftp://127.0.0.1:7020/course/lesson.txt");
    let ran = match arguments.get(2) {
        Some(_) => Err("too many arguments: it takes a URL, and a name to save the file by".into()),
        None => run(url, arguments.get(1).map(Path::new)),
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ftp_url_24: {problem}");
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: whole
/// Downloads into a file whose name ends in `.part`. It gets its final name when it is whole; if not, it goes.
/// Ctrl-C ends us before it can go. Its name then tells what it is.
fn run(url: &str, save_as: Option<&Path>) -> Result<(), String> {
    let address = parse(url).map_err(|why| format!("this is no FTP URL: {why}"))?;
    if save_as.is_some_and(Path::exists) {
        return Err("a file with this name is here already: choose another".into());
    }
    // In the same folder, because a file can be renamed, but not from one disk to another.
    let folder = match save_as.map(|path| path.parent().unwrap_or(Path::new("/"))) {
        None => env::temp_dir(),
        Some(parent) => Path::new(".").join(parent),
    };
    let cannot_save = |error: io::Error| format!("cannot save the file: {error}");
    let mut name = save_as
        .and_then(Path::file_name)
        .unwrap_or_default()
        .to_owned();
    name.push(".");
    let part = tempfile::Builder::new()
        .prefix(&name)
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(cannot_save)?;
    let file = part.reopen().map_err(cannot_save)?;

    // The session has a thread of its own, and we wait for it no longer than it may take.
    let (done, ended) = mpsc::channel();
    let place = format!("{}:{}", address.host, address.port);
    thread::spawn(move || done.send(session(address, file)));
    let length = match ended.recv_timeout(WHOLE) {
        Ok(Ok(length)) => length,
        Ok(Err(Problem(why))) => return Err(format!("the session with {place} failed: {why}")),
        Err(_) => {
            let limit = WHOLE.as_secs();
            return Err(format!(
                "the session with {place} was not over after {limit} s"
            ));
        }
    };
    match save_as {
        Some(path) => {
            part.persist_noclobber(path)
                .map_err(|error| cannot_save(error.error))?;
            println!("saved {length} bytes");
        }
        None => {
            let mut start = Vec::new();
            part.as_file()
                .take(SHOWN)
                .read_to_end(&mut start)
                .map_err(cannot_save)?;
            println!("{length} bytes; they begin with:");
            for line in String::from_utf8_lossy(&start).lines() {
                println!("  {}", printable(line));
            }
        }
    }
    Ok(())
}
// ANCHOR_END: whole

// ANCHOR: session
fn session(address: Address, mut file: File) -> Result<u64, Problem> {
    println!(
        "HOST {}:{}, as {}",
        address.host, address.port, address.user
    );
    for folder in &address.folders {
        println!("DIR  {folder}");
    }
    println!("FILE {}", address.file);

    let mut ftp = connect(&address.host, address.port)?;
    ftp.login(&address.user, &address.password)?;
    // One CWD for each folder: only the server knows how it writes paths.
    for folder in &address.folders {
        ftp.cwd(folder)?;
    }
    let start = [Status::AboutToSend, Status::AlreadyOpen];
    let (mut data, size) = if address.file.is_empty() {
        (ftp.custom_data_command("NLST", &start)?.1, None)
    } else if address.text {
        // On its way, each end of a line is CR LF; how many bytes that makes, nobody has counted.
        ftp.transfer_type(FileType::Ascii(FormatControl::Default))?;
        (ftp.retr_as_stream(&address.file)?, None)
    } else {
        ftp.transfer_type(FileType::Binary)?;
        let size = ftp.size(&address.file)? as u64;
        (ftp.retr_as_stream(&address.file)?, Some(size))
    };
    // One byte more than there should be is enough to see that it is wrong.
    let limit = size.map_or(LARGEST, |size| size.min(LARGEST)) + 1;
    let length = io::copy(&mut (&mut data).take(limit), &mut file)?;
    if length > LARGEST {
        return Err(Problem(format!("the file has more than {LARGEST} bytes")));
    }
    // 226 says that this was all; where SIZE has said how much that is, it must be as much.
    data.finish()?;
    if let Some(size) = size.filter(|size| *size != length) {
        let problem = format!("the file is not whole: {length} bytes have come, SIZE says {size}");
        return Err(Problem(problem));
    }
    ftp.quit()?;
    Ok(length)
}
// ANCHOR_END: session

/// Opens the control connection, and says how data connections are to be opened later.
fn connect(host: &str, port: u16) -> Result<FtpStream, Problem> {
    // From here on, suppaftp's log goes to `Wire`.
    if log::set_logger(&Wire).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    let mut servers = format!("{host}:{port}").to_socket_addrs()?;
    let server = servers
        .next()
        .ok_or_else(|| Problem("it has no address".into()))?;
    let mut ftp = FtpStream::connect_with_stream(open(server)?)?
        .passive_stream_builder(|target| open(target).map_err(FtpError::ConnectionError));
    // Of the address in a reply to PASV, take the port only: see `ftp_session_21`.
    ftp.set_passive_nat_workaround(true);
    // PASV has no room for an IPv6 address. EPSV names a port alone, at the address that we have called.
    if server.is_ipv6() {
        ftp.set_mode(Mode::ExtendedPassive);
    }
    Ok(ftp)
}

/// A connection with a limit for each of its steps.
fn open(target: SocketAddr) -> io::Result<TcpStream> {
    let connection = TcpStream::connect_timeout(&target, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    Ok(connection)
}

// ANCHOR: wire
/// suppaftp shows nobody what passes, except its log, at the level of a trace. So this is a log, which prints
/// the lines of the control connection and drops the rest.
struct Wire;

/// It tells the first line of each reply twice, before and after this.
static TOLD: AtomicBool = AtomicBool::new(false);

impl Log for Wire {
    fn enabled(&self, about: &Metadata) -> bool {
        about.target().starts_with("suppaftp")
    }

    fn log(&self, record: &Record) {
        let text = record.args().to_string();
        if text.starts_with("CC OUT: PASS ") {
            println!("> PASS ***");
        } else if let Some(command) = text.strip_prefix("CC OUT: ") {
            println!("> {command}");
        } else if text.starts_with("Code parsed") {
            TOLD.store(true, Ordering::Relaxed);
        } else if let Some(numbers) = text.strip_prefix("CC IN: ")
            && !TOLD.swap(false, Ordering::Relaxed)
        {
            // Its bytes, as `[50, 50, 48, …]`.
            let bytes = numbers.trim_matches(['[', ']']).split(", ");
            let bytes: Vec<u8> = bytes.filter_map(|byte| byte.parse().ok()).collect();
            let line = String::from_utf8_lossy(&bytes);
            println!("< {}", printable(&line));
        }
    }

    fn flush(&self) {}
}
// ANCHOR_END: wire

// ANCHOR: problem
/// What went wrong, and what to do, in one line.
struct Problem(String);

impl From<FtpError> for Problem {
    fn from(error: FtpError) -> Self {
        match error {
            FtpError::UnexpectedResponse(reply) => {
                // Of a reply of many lines, the last one counts.
                let text = String::from_utf8_lossy(&reply.body);
                let text = text.trim_end().lines().last().unwrap_or_default();
                let advice = match reply.status.code() {
                    421 | 425 | 426 => "try again later",
                    452 | 552 => "make room on the server",
                    530 => "check the name and the password",
                    550 | 553 => "check the name, and what this account may do",
                    _ => "the terminal of the server may say why",
                };
                Problem(format!("{}: {advice}", printable(text)))
            }
            FtpError::BadResponse => Problem("that is no reply: is it an FTP server?".into()),
            FtpError::ConnectionError(error) => error.into(),
            other => Problem(other.to_string()),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::*;
        Problem(match error.kind() {
            // Unix says WouldBlock when the time is up, Windows says TimedOut.
            WouldBlock | TimedOut => {
                format!("it was silent for {} s: is it busy?", PATIENCE.as_secs())
            }
            ConnectionRefused => "nobody listens there: start ftp_server_20 first".into(),
            UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected => {
                "it cut the connection: the terminal of the server may say why".into()
            }
            _ => error.to_string(),
        })
    }
}
// ANCHOR_END: problem

/// A control character could do things to your terminal.
fn printable(text: &str) -> String {
    text.trim_end().replace(char::is_control, "?")
}
