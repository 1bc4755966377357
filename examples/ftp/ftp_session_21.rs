//! # An FTP session, from greeting to goodbye
//!
//! Logs in to `ftp_server_20` as `ada`, uploads a file and downloads it again, the second time in two
//! parts, compares all of it byte for byte, and leaves the server as it was. Shows each command
//! and each reply; passwords hidden.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example ftp_server_20
//! $ cargo run --example ftp_session_21
//! ```
//!
//! Expect `>` before what the client sent and `<` before what the server replied. Its arguments are the
//! server's address, and the file's size in MiB: `cargo run --example ftp_session_21 127.0.0.1:7020 512`.
//!
//! Try next: 1024 MiB, and Ctrl-C the server in the middle of the download.
//!
//! Not for production: everybody on the way reads the password and the file; `ftps_session_25` is for that.

use indicatif::{ProgressBar, ProgressStyle};
use log::{LevelFilter, Log, Metadata, Record};
use std::{
    env,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use suppaftp::{FtpError, FtpStream, Mode, Status, types::FileType};

/// How long we wait for one step: a connection, a reply, some more bytes of a file.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
/// Each MiB of the file may take a second more.
const WHOLE: Duration = Duration::from_secs(10);

/// How many bytes of a listing we take. Without a limit, a server could fill our memory.
const LONGEST_LISTING: u64 = 65_536;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let (server, mib) = match &arguments[..] {
        [] => ("127.0.0.1:7020", "0"),
        [server] => (&**server, "0"),
        [server, mib] => (&**server, &**mib),
        _ => {
            eprintln!("ftp_session_21: too many arguments: it takes an address and a size in MiB");
            return ExitCode::FAILURE;
        }
    };
    match run(server, mib) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ftp_session_21: {problem}");
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: deadline
/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(server: &str, mib: &str) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7020")
    })?;
    let mib: u32 = mib
        .parse()
        .ok()
        .filter(|mib| *mib <= 1024)
        .ok_or_else(|| format!("{mib:?} is not a size: write a number of MiB, 1024 at most"))?;
    // Our files are in here. It goes when this function returns, in time or not.
    let folder = tempfile::Builder::new()
        .prefix("ftp_session_21_")
        .tempdir()
        .map_err(|error| format!("cannot make a temporary folder: {error}"))?;
    let path = folder.path().to_owned();
    let size = match u64::from(mib) {
        0 => 3_000,
        mib => mib << 20,
    };
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(session(server, size, &path)));
    let limit = WHOLE + Duration::from_secs(mib.into());
    match ended.recv_timeout(limit) {
        Ok(result) => {
            result.map_err(|Problem(why)| format!("the session with {server} failed: {why}"))
        }
        Err(_) => Err(format!(
            "the session with {server} was not over after {} s: the server is too slow",
            limit.as_secs()
        )),
    }
}
// ANCHOR_END: deadline

// ANCHOR: session
fn session(server: SocketAddr, size: u64, folder: &Path) -> Result<(), Problem> {
    let original = folder.join("original.bin");
    make_file(&original, size)?;

    let mut ftp = connect(server)?;
    ftp.login("ada", "lovelace")?;
    // Until somebody says TYPE I, files are text, and the bytes of ours would be changed on their way.
    ftp.transfer_type(FileType::Binary)?;
    list(&mut ftp)?;

    // A folder for our file. 550: an earlier session that was cut may have left it there; CWD will tell.
    match ftp.mkdir("lesson") {
        Err(FtpError::UnexpectedResponse(reply)) if reply.status == Status::FileUnavailable => {}
        made => made?,
    }
    ftp.cwd("lesson")?;

    // Upload under another name, and rename when all of it is there: nobody takes a part for the file.
    upload(&mut ftp, &original, "data.bin.part", size)?;
    ftp.rename("data.bin.part", "data.bin")?;
    list(&mut ftp)?;

    let copy = folder.join("copy.bin");
    download(&mut ftp, "data.bin", &copy)?;
    compare(&original, &copy)?;

    // Once more: a third of it, then the rest.
    fs::remove_file(&copy)?;
    cut_download(&mut ftp, "data.bin", &copy.with_extension("part"), size / 3)?;
    download(&mut ftp, "data.bin", &copy)?;
    compare(&original, &copy)?;

    // Leave nothing behind.
    ftp.rm("data.bin")?;
    ftp.cdup()?;
    ftp.rmdir("lesson")?;
    Ok(ftp.quit()?)
}
// ANCHOR_END: session

// ANCHOR: connect
/// Opens the control connection, and says how data connections are to be opened later.
fn connect(server: SocketAddr) -> Result<FtpStream, Problem> {
    // From here on, suppaftp's log goes to `Wire`.
    if log::set_logger(&Wire).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    let mut ftp = FtpStream::connect_with_stream(open(server)?)?
        .passive_stream_builder(|target| open(target).map_err(FtpError::ConnectionError));
    // A reply to PASV names an address, and suppaftp connects to it, wherever that is: a server could have us
    // knock at doors that it cannot reach itself. With this, only the port counts.
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
// ANCHOR_END: connect

// ANCHOR: list
/// `LIST`: the listing comes over a data connection, as text made for people.
fn list(ftp: &mut FtpStream) -> Result<(), Problem> {
    let start = [Status::AboutToSend, Status::AlreadyOpen];
    // Its own `list()` collects whatever comes, without an end.
    let (_, mut data) = ftp.custom_data_command("LIST", &start)?;
    let mut listing = Vec::new();
    (&mut data)
        .take(LONGEST_LISTING)
        .read_to_end(&mut listing)?;
    if listing.len() as u64 == LONGEST_LISTING {
        return Err(Problem("its listing is too long".into()));
    }
    data.finish()?;
    for line in String::from_utf8_lossy(&listing).lines() {
        println!("  {}", printable(line));
    }
    Ok(())
}
// ANCHOR_END: list

// ANCHOR: upload
/// `STOR`, and `SIZE` to see how much has arrived.
fn upload(ftp: &mut FtpStream, from: &Path, name: &str, size: u64) -> Result<(), Problem> {
    let mut file = File::open(from)?;
    let bar = progress("upload", size);
    let mut data = ftp.put_with_stream(name)?;
    let sent = io::copy(&mut bar.wrap_read(&mut file), &mut data);
    bar.finish_and_clear();
    // Closing the data connection says "that was all"; 226 says that the server has all of it. Where the server
    // closes it in the middle, its reply says why: so look at that before `sent`.
    data.finish()?;
    sent?;
    let stored = ftp.size(name)? as u64;
    if stored != size {
        return Err(Problem(format!("of {size} bytes, {stored} were stored")));
    }
    println!("uploaded {size} bytes");
    Ok(())
}
// ANCHOR_END: upload

// ANCHOR: download
/// `RETR` into `NAME.part`, after what is there already; the file gets its name when it is whole.
fn download(ftp: &mut FtpStream, name: &str, to: &Path) -> Result<(), Problem> {
    let size = ftp.size(name)? as u64;
    let part = to.with_extension("part");
    let mut file = File::options().create(true).append(true).open(&part)?;
    let have = file.metadata()?.len();
    let bar = progress("download", size);
    bar.set_position(have);
    // REST tells where to begin. suppaftp sends it right before RETR, as it must be.
    let offset = have.try_into().map_err(io::Error::other)?;
    ftp.resume_transfer(offset)?;
    let mut data = ftp.retr_as_stream(name)?;
    // One byte more than there should be is enough to see that it is wrong.
    let limit = (size + 1).saturating_sub(have);
    io::copy(&mut bar.wrap_read((&mut data).take(limit)), &mut file)?;
    bar.finish_and_clear();
    // A data connection ends in the same way when the server is done and when it has lost the file.
    // The reply, 226, tells the one from the other; the length tells it once more.
    data.finish()?;
    let length = file.metadata()?.len();
    if length != size {
        return Err(Problem(format!(
            "{name} is not whole: {length} bytes have come, SIZE says {size}"
        )));
    }
    fs::rename(&part, to)?;
    println!(
        "downloaded {} bytes, {have} were here before",
        length - have
    );
    Ok(())
}
// ANCHOR_END: download

// ANCHOR: cut
/// Begins a download, and hangs up in the middle, as if the network had failed.
fn cut_download(ftp: &mut FtpStream, name: &str, part: &Path, length: u64) -> Result<(), Problem> {
    let mut data = ftp.retr_as_stream(name)?;
    io::copy(&mut (&mut data).take(length), &mut File::create(part)?)?;
    // 226 if the rest was on its way already, 426 if not. Neither makes our part a whole file.
    match data.finish() {
        Ok(()) | Err(FtpError::UnexpectedResponse(_)) => {}
        Err(error) => return Err(error.into()),
    }
    println!("cut the download after {length} bytes");
    Ok(())
}
// ANCHOR_END: cut

/// Fails at the first byte where two files differ.
fn compare(original: &Path, copy: &Path) -> Result<(), Problem> {
    let mut original = BufReader::new(File::open(original)?);
    let mut copy = BufReader::new(File::open(copy)?);
    let mut position = 0;
    loop {
        let (ours, theirs) = (original.fill_buf()?, copy.fill_buf()?);
        let length = ours.len().min(theirs.len());
        if ours[..length] != theirs[..length] || ours.is_empty() != theirs.is_empty() {
            let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
            return Err(Problem(format!(
                "the copy differs from the original at byte {}",
                position + same
            )));
        }
        if length == 0 {
            println!("the copy is the original, byte for byte");
            return Ok(());
        }
        original.consume(length);
        copy.consume(length);
        position += length;
    }
}

/// Makes a file with all 256 bytes in it, so that whatever changes one of them shows.
fn make_file(path: &Path, size: u64) -> io::Result<()> {
    let pattern: Vec<u8> = (0..65_537_u64).map(|n| (n * n / 7) as u8).collect();
    let mut file = File::create(path)?;
    let mut left = size;
    while left > 0 {
        let length = left.min(pattern.len() as u64);
        file.write_all(&pattern[..length as usize])?;
        left -= length;
    }
    Ok(())
}

/// Shows how far a transfer is, if anybody watches: nothing when standard error is no terminal.
fn progress(what: &'static str, size: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::new(size)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
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
