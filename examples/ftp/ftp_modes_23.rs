//! # Passive and active, binary and text
//!
//! Downloads the same file from `ftp_server_20` in three ways, and shows each time who opened the data
//! connection, and between which ports. Then it sends a picture as if it were text, there and back.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example ftp_server_20
//! $ cargo run --example ftp_modes_23
//! ```
//!
//! Expect three data connections, the third one opened by the server. Then a picture that has grown on
//! its way, and one that has shrunk. Its argument is the server's address.
//!
//! Try next: find in the six numbers of `227` the port that the data connection goes to.
//!
//! Not for production: everybody on the way reads the password and the files.

use log::{LevelFilter, Log, Metadata, Record};
use std::{
    env,
    io::{self, Read},
    net::{SocketAddr, TcpStream},
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use suppaftp::{
    FtpError, FtpStream, Mode,
    types::{FileType, FormatControl},
};

/// How long we wait for one step: a connection, a reply, some more bytes of a file.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(10);

/// How many bytes of a file or a listing we take. Without a limit, a server could fill our memory.
const LONGEST: u64 = 1 << 20;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let server = arguments.next().unwrap_or_else(|| "127.0.0.1:7020".into());
    if arguments.next().is_some() {
        eprintln!("ftp_modes_23: too many arguments: it takes an address");
        return ExitCode::FAILURE;
    }
    match run(&server.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ftp_modes_23: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(server: &str) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7020")
    })?;
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(session(server)));
    match ended.recv_timeout(WHOLE) {
        Ok(result) => {
            result.map_err(|Problem(why)| format!("the session with {server} failed: {why}"))
        }
        Err(_) => Err(format!(
            "the session with {server} was not over after {} s: the server is too slow",
            WHOLE.as_secs()
        )),
    }
}

fn session(server: SocketAddr) -> Result<(), Problem> {
    let mut ftp = connect(server)?;
    ftp.login("ada", "lovelace")?;
    ftp.transfer_type(FileType::Binary)?;

    // ANCHOR: modes
    println!("== passive: PASV, the server says where it listens, the client connects");
    ftp.set_mode(Mode::Passive);
    fetch(&mut ftp, "notes.txt", "the client opened")?;

    println!("== extended passive: EPSV, the port alone, so that IPv6 works too");
    ftp.set_mode(Mode::ExtendedPassive);
    fetch(&mut ftp, "notes.txt", "the client opened")?;

    println!("== active: PORT, the client says where it listens, the server connects");
    ftp.set_mode(Mode::Active);
    fetch(&mut ftp, "notes.txt", "the server opened")?;
    // ANCHOR_END: modes

    // ANCHOR: down
    println!("== a picture, downloaded as it is, and as text");
    ftp.set_mode(Mode::Passive);
    let picture = fetch(&mut ftp, "picture.png", "the client opened")?;
    // TYPE A: the server takes each LF for the end of a line, and sends CR LF.
    ftp.transfer_type(FileType::Ascii(FormatControl::Default))?;
    let as_text = fetch(&mut ftp, "picture.png", "the client opened")?;
    tell("the bytes on the wire", &picture, &as_text);
    // ANCHOR_END: down

    // ANCHOR: up
    println!("== the same picture, uploaded as text");
    // What is CR LF already stays, on its way. The server takes each for the end of a line, and stores LF.
    ftp.put_file("text.png", &mut &picture[..])?;
    ftp.transfer_type(FileType::Binary)?;
    let stored = fetch(&mut ftp, "text.png", "the client opened")?;
    tell("the file on the server", &picture, &stored);
    ftp.rm("text.png")?;
    // ANCHOR_END: up
    Ok(ftp.quit()?)
}

// ANCHOR: fetch
/// Downloads a file, and shows the data connection that it came by.
fn fetch(ftp: &mut FtpStream, name: &str, opened: &str) -> Result<Vec<u8>, Problem> {
    let mut data = ftp.retr_as_stream(name)?;
    let connection = data.get_ref().get_ref();
    // The one that the server has opened has no limits yet.
    connection.set_read_timeout(Some(PATIENCE))?;
    let (client, server) = (connection.local_addr()?, connection.peer_addr()?);
    println!("  {opened} the data connection: client {client}, server {server}");
    let mut bytes = Vec::new();
    (&mut data).take(LONGEST).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == LONGEST {
        return Err(Problem(format!("{name} is too long")));
    }
    // The end of the data could be a server that has died; 226 says that it is the end of the file.
    data.finish()?;
    println!("  {} bytes of {name}", bytes.len());
    Ok(bytes)
}
// ANCHOR_END: fetch

/// Says in what a copy differs from the picture.
fn tell(what: &str, picture: &[u8], copy: &[u8]) {
    let same = picture.iter().zip(copy).take_while(|(a, b)| a == b).count();
    let next = |bytes: &[u8]| format!("{:02x?}", &bytes[same..bytes.len().min(same + 4)]);
    println!(
        "  the picture: {} bytes; {what}: {} bytes",
        picture.len(),
        copy.len()
    );
    if picture == copy {
        println!("  no byte differs: this server sends text as it is");
    } else {
        println!(
            "  first difference at byte {same}: {} became {}",
            next(picture),
            next(copy)
        );
    }
}

// ANCHOR: connect
/// Opens the control connection, and says how data connections are to be opened later.
fn connect(server: SocketAddr) -> Result<FtpStream, Problem> {
    // From here on, suppaftp's log goes to `Wire`.
    if log::set_logger(&Wire).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    let mut ftp = FtpStream::connect_with_stream(open(server)?)?
        .passive_stream_builder(|target| open(target).map_err(FtpError::ConnectionError))
        // How long to wait for the server to connect. It takes that server only, nobody else.
        .active_mode(PATIENCE);
    // Of the address in a reply to PASV, take the port only: see `ftp_session_21`.
    ftp.set_passive_nat_workaround(true);
    Ok(ftp)
}
// ANCHOR_END: connect

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
