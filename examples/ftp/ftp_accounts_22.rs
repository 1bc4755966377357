//! # Three accounts, three views of one server
//!
//! Logs in to `ftp_server_20` as `ada`, as `guest` and as `anonymous`, tries the same with each, and puts the
//! numbers of the server's replies side by side: 2yz is done, 5yz is refused.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example ftp_server_20
//! $ cargo run --example ftp_accounts_22
//! ```
//!
//! Expect what each account sees, then a table. Its argument is the server's address.
//!
//! Try next: run it a second time, and compare what `guest` sees. Then read the server's terminal: it shows
//! the commands and the words of each reply.
//!
//! Not for production: it tries to delete what it may not. With another server, it might succeed.

use log::{LevelFilter, Log, Metadata, Record};
use std::{
    env,
    io::{self, Read},
    net::{SocketAddr, TcpStream},
    process::ExitCode,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};
use suppaftp::{FtpError, FtpResult, FtpStream, Mode, Status, types::FileType};

/// How long we wait for one step: a connection, a reply, some more bytes of a file.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(10);

/// How many bytes of a file or a listing we take. Without a limit, a server could fill our memory.
const LONGEST: u64 = 1 << 20;

// ANCHOR: accounts
/// Each account: name, password, a file that it sees, a file of somebody else.
const ACCOUNTS: [[&str; 4]; 3] = [
    ["ada", "lovelace", "notes.txt", "../../public/welcome.txt"],
    ["guest", "welcome", "readme.txt", "../home/ada/notes.txt"],
    [
        "anonymous",
        "me@example.com",
        "welcome.txt",
        "../home/ada/notes.txt",
    ],
];
// ANCHOR_END: accounts

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let server = arguments.next().unwrap_or_else(|| "127.0.0.1:7020".into());
    if arguments.next().is_some() {
        eprintln!("ftp_accounts_22: too many arguments: it takes an address");
        return ExitCode::FAILURE;
    }
    match run(&server.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ftp_accounts_22: {problem}");
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
    // From here on, suppaftp's log goes to `Wire`.
    if log::set_logger(&Wire).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    let mut views = Vec::new();
    for account in ACCOUNTS {
        views.push(view(server, account)?);
    }
    println!();
    println!(
        "{:32}{:>11}{:>11}{:>11}",
        "", ACCOUNTS[0][0], ACCOUNTS[1][0], ACCOUNTS[2][0]
    );
    for (row, (what, _)) in views[0].iter().enumerate() {
        print!("{what:32}");
        for (_, reply) in views.iter().filter_map(|view| view.get(row)) {
            print!("{reply:>11}");
        }
        println!();
    }
    Ok(())
}

// ANCHOR: view
/// Tries everything as one account. Gives what it tried, and the number of the last reply to it.
fn view(server: SocketAddr, account: [&str; 4]) -> Result<Vec<(&'static str, String)>, Problem> {
    let [name, password, own, foreign] = account;
    let mut ftp = connect(server)?;
    ftp.login(name, password)?;
    let mut view = vec![("log in: PASS", last_reply())];
    ftp.transfer_type(FileType::Binary)?;

    let seen = may(read(&mut ftp, "NLST"))?.unwrap_or_default();
    view.push(("list: NLST", last_reply()));
    let mut names: Vec<&str> = seen.lines().collect();
    names.sort();
    println!("{name} sees: {}", printable(&names.join(" ")));

    may(read(&mut ftp, &format!("RETR {own}")))?;
    view.push(("download: RETR", last_reply()));
    may(read(&mut ftp, &format!("RETR {foreign}")))?;
    view.push(("download from outside: RETR ..", last_reply()));

    // A file without a byte in it will do to see whether we may.
    let added = may(ftp.put_file("new.txt", &mut io::empty()))?;
    view.push(("upload: STOR", last_reply()));
    // Who could upload tries the rest on that file; who could not, on one that is there.
    let file = added.map_or(own, |_| "new.txt");
    may(ftp.put_file(file, &mut io::empty()))?;
    view.push(("overwrite: STOR", last_reply()));
    let renamed = may(ftp.rename(file, "renamed.txt"))?;
    view.push(("rename: RNFR, RNTO", last_reply()));
    let file = renamed.map_or(file, |()| "renamed.txt");
    may(ftp.rm(file))?;
    view.push(("delete: DELE", last_reply()));

    may(ftp.mkdir("new_folder"))?;
    view.push(("make a folder: MKD", last_reply()));
    may(ftp.rmdir("new_folder"))?;
    view.push(("remove a folder: RMD", last_reply()));
    ftp.quit()?;
    Ok(view)
}
// ANCHOR_END: view

// ANCHOR: may
/// To be refused is an answer too, `None`; a session that has ended is an error.
fn may<T>(tried: FtpResult<T>) -> Result<Option<T>, Problem> {
    match tried {
        Ok(done) => Ok(Some(done)),
        Err(FtpError::UnexpectedResponse(reply)) if reply.status != Status::NotAvailable => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
// ANCHOR_END: may

/// A command whose answer comes over a data connection.
fn read(ftp: &mut FtpStream, command: &str) -> FtpResult<String> {
    let start = [Status::AboutToSend, Status::AlreadyOpen];
    let (_, mut data) = ftp.custom_data_command(command, &start)?;
    let mut bytes = Vec::new();
    let read = (&mut data).take(LONGEST).read_to_end(&mut bytes);
    if read.map_err(FtpError::ConnectionError)? as u64 == LONGEST {
        let problem = io::Error::other(format!("the answer to {command} is too long"));
        return Err(FtpError::ConnectionError(problem));
    }
    data.finish()?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Opens the control connection, and says how data connections are to be opened later.
fn connect(server: SocketAddr) -> Result<FtpStream, Problem> {
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
/// suppaftp keeps the numbers of most replies to itself, except in its log, at the level of a trace. So this is
/// a log, which keeps the number of the last reply and drops the rest.
struct Wire;

static LAST_REPLY: Mutex<String> = Mutex::new(String::new());

impl Log for Wire {
    fn enabled(&self, about: &Metadata) -> bool {
        about.target().starts_with("suppaftp")
    }

    fn log(&self, record: &Record) {
        let text = record.args().to_string();
        if let Some(numbers) = text.strip_prefix("CC IN: ") {
            // Its bytes, as `[50, 50, 48, …]`.
            let bytes = numbers.trim_matches(['[', ']']).split(", ");
            let code = bytes.take(3).filter_map(|byte| byte.parse::<u8>().ok());
            let mut last = LAST_REPLY.lock().unwrap_or_else(PoisonError::into_inner);
            *last = code.map(char::from).collect();
        }
    }

    fn flush(&self) {}
}

/// The three digits of the last reply.
fn last_reply() -> String {
    LAST_REPLY
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
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
