//! # A mailbox read by hand: the commands of POP3
//!
//! Opens a TCP connection to the POP3 port of `mail_server_26`, signs in, asks what is there and fetches it, and prints
//! every line: `>` before what the client sent, `<` before what the server answered, `=` before what the client makes of
//! it. No library speaks POP3 here.
//!
//! The post office in one terminal; in another a letter to ada, then this client:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example smtp_by_hand_30 -- --to ada@loopback.example
//! $ cargo run --example pop3_by_hand_32
//! ```
//!
//! Expect a greeting, USER and PASS, STAT, LIST and UIDL (how many, how long, by which name), RETR for each letter, and
//! QUIT. In a letter, a line that begins with a dot comes with a second one. `--help` lists the flags. With `--user` the
//! password comes from the environment variable `LOOPBACK_MAIL_PASSWORD`, and never from an argument.
//!
//! Try next: `--delete --stay 60`, and Ctrl-C the client before it says QUIT; and while it waits, start it a second time.
//! `--delete` is in earnest: with a mailbox of your own, the letters are gone, and this program has saved none.
//!
//! Not for production: it saves nothing, forgets the names that UIDL told, and fetches the same letters each time.

use clap::{Parser, ValueEnum};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

/// How long we wait for one step: a connection, a part of an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(15);

/// How long a line may be, in bytes. A status line has 512 at most (RFC 2449 §4), a line of a letter 1,000 (RFC 5322 §2.1.1),
/// but mailboxes hold letters that do not keep to it.
const LONGEST_LINE: u64 = 65_536;

/// How long an answer of many lines may be, in bytes: a list, or a letter.
const LONGEST_ANSWER: u64 = 1 << 20;

/// How many letters we fetch, the latest ones: a mailbox may hold thousands.
const MOST_LETTERS: usize = 10;

/// Reads a mailbox by POP3, and prints every line of it.
#[derive(Parser)]
struct Arguments {
    /// The server, as HOST:PORT [default: 127.0.0.1:7110; with implicit TLS 127.0.0.1:7995]
    #[arg(long)]
    server: Option<String>,
    /// Who signs in; the password comes from LOOPBACK_MAIL_PASSWORD [default: ada of the post office]
    #[arg(long)]
    user: Option<String>,
    /// How the connection is encrypted
    #[arg(long, value_enum, default_value_t = Tls::None)]
    tls: Tls,
    /// The certificate of the authority (CA) to trust, a PEM file [default: the post office's]
    #[arg(long)]
    ca: Option<PathBuf>,
    /// Delete each letter from the server when it has been printed
    #[arg(long)]
    delete: bool,
    /// How many seconds to wait before QUIT, 600 at most
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600))]
    stay: u64,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Tls {
    None,
    Starttls,
    Implicit,
}

fn main() -> ExitCode {
    let ended = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(help) if !help.use_stderr() => {
            print!("{help}");
            Ok(())
        }
        Err(error) => {
            let error = error.to_string();
            let line = error.lines().next().unwrap_or_default();
            Err(format!("{}: see --help", line.replace("error: ", "")))
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("pop3_by_hand_32: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: deadline
/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(arguments: Arguments) -> Result<(), String> {
    let server = arguments.server.clone().unwrap_or(match arguments.tls {
        Tls::Implicit => "127.0.0.1:7995".into(),
        _ => "127.0.0.1:7110".into(),
    });
    let (done, ended) = mpsc::channel();
    let longest = WHOLE + Duration::from_secs(arguments.stay);
    let to = server.clone();
    thread::spawn(move || {
        let ran = connect(&to, &arguments).and_then(|pop3| session(pop3, &arguments));
        done.send(ran)
    });
    match ended.recv_timeout(longest) {
        Ok(result) => {
            result.map_err(|Problem(why)| format!("the session with {server} failed: {why}"))
        }
        Err(_) => Err(format!(
            "the session with {server} was not over after {} s: the server is too slow",
            longest.as_secs()
        )),
    }
}
// ANCHOR_END: deadline

// ANCHOR: session
fn session(mut pop3: Pop3, arguments: &Arguments) -> Result<(), Problem> {
    // AUTHORIZATION: the server has greeted, and wants to know who we are.
    pop3.command(&format!("USER {}", pop3.user))?;
    pop3.command(&format!("PASS {}", pop3.password))?;

    // TRANSACTION: the mailbox is ours alone. How many letters, and how many bytes in all?
    pop3.command("STAT")?;
    // Of each letter its number in this session, and its length in bytes.
    let lengths = numbered(&pop3.list("LIST")?)?;
    // Of each letter the name that it keeps from session to session: a program remembers which ones it has.
    let names = numbered(&pop3.list("UIDL")?)?;
    let latest = &lengths[lengths.len().saturating_sub(MOST_LETTERS)..];
    for (number, length) in latest {
        let name = names.iter().find(|(other, _)| other == number);
        let name = name.map_or("without a name", |(_, name)| name);
        if !length
            .parse()
            .is_ok_and(|length: u64| length < LONGEST_ANSWER)
        {
            println!(
                "= letter {number}, {}, stays: too long for this program",
                printable(name)
            );
            continue;
        }
        let letter = pop3.list(&format!("RETR {number}"))?;
        // CR LF counts, which is two bytes a line; the second dots do not.
        let bytes: usize = letter.iter().map(|line| line.len() + 2).sum();
        println!(
            "= letter {number}, {}: {bytes} bytes, LIST said {length}",
            printable(name)
        );
        if arguments.delete {
            // A mark, no more. RSET would take it off again, and so does a connection that ends without QUIT.
            pop3.command(&format!("DELE {number}"))?;
        }
    }
    if latest.len() < lengths.len() {
        let more = lengths.len() - latest.len();
        println!("= older ones, left alone: {more}");
    }
    if arguments.stay > 0 {
        let (server, seconds) = (pop3.server, arguments.stay);
        println!("= signed in at {server} and waiting {seconds} s before QUIT");
        thread::sleep(Duration::from_secs(seconds));
    }
    // UPDATE: only now does the server delete what is marked.
    pop3.command("QUIT")?;
    Ok(())
}
// ANCHOR_END: session

// ANCHOR: connection
/// A connection to a POP3 server.
struct Pop3 {
    stream: BufReader<Box<dyn Stream>>,
    server: SocketAddr,
    user: String,
    password: String,
}

impl Pop3 {
    /// Sends a command and reads the status of the answer: a line that begins with `+OK` or `-ERR` (RFC 1939 §3).
    fn command(&mut self, command: &str) -> Result<(), Problem> {
        // A CR LF in a name or a password would end the command, and what stands behind it would be the next one.
        if command.contains(char::is_control) {
            return Err("there is a control character in the name or the password".into());
        }
        let shown = if command.starts_with("PASS ") {
            "PASS ***"
        } else {
            command
        };
        println!("> {shown}");
        self.stream
            .get_mut()
            .write_all(format!("{command}\r\n").as_bytes())?;
        self.stream.get_mut().flush()?;
        self.status()
    }

    fn status(&mut self) -> Result<(), Problem> {
        let line = self.line()?;
        let line = self.shown(&line);
        println!("< {line}");
        match line.split(' ').next() {
            Some("+OK") => Ok(()),
            Some("-ERR") => {
                // What is in brackets is for programs (RFC 2449 §8, RFC 3206).
                let advice = if line.contains("[IN-USE]") {
                    "wait until the other session is over"
                } else if line.contains("[AUTH]") {
                    "check the name and the password"
                } else {
                    "its terminal may say why"
                };
                Err(Problem(format!("it answered {line}: {advice}")))
            }
            _ => Err("that is no answer: is it a POP3 server?".into()),
        }
    }
    // ANCHOR_END: connection

    // ANCHOR: multiline
    /// Sends a command whose answer has many lines, and gives them, as they were before they were sent.
    ///
    /// A line that is nothing but a dot is the end. So that a letter may contain such a line, the server puts
    /// another dot before each line that begins with one, and we take it off (RFC 1939 §3).
    fn list(&mut self, command: &str) -> Result<Vec<Vec<u8>>, Problem> {
        self.command(command)?;
        let mut lines = Vec::new();
        let mut left = LONGEST_ANSWER;
        loop {
            let mut line = self.line()?;
            println!("< {}", self.shown(&line));
            if line == b"." {
                return Ok(lines);
            }
            if line.starts_with(b".") {
                line.remove(0);
                println!("= that is: {}", self.shown(&line));
            }
            // What an empty line takes is more than its bytes.
            left = left.saturating_sub(line.len() as u64 + 32);
            if left == 0 {
                return Err(Problem(format!("its answer to {command} has no end")));
            }
            lines.push(line);
        }
    }

    /// One line, without its CR LF.
    fn line(&mut self) -> Result<Vec<u8>, Problem> {
        let mut line = Vec::new();
        let limited = &mut (&mut self.stream).take(LONGEST_LINE);
        limited.read_until(b'\n', &mut line)?;
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            return Ok(line);
        }
        if line.len() as u64 == LONGEST_LINE {
            return Err("its line is too long".into());
        }
        if line.ends_with(b"\n") {
            return Err("its line does not end with CR LF: is it a POP3 server?".into());
        }
        Err("it cut the connection: its terminal may say why".into())
    }
    // ANCHOR_END: multiline

    /// As it may be shown: without the password, should the server send it back.
    fn shown(&self, line: &[u8]) -> String {
        printable(&String::from_utf8_lossy(line).replace(&self.password, "***"))
    }
}

/// The lines of LIST and of UIDL: a number, a space, and what is told about the letter with this number.
fn numbered(lines: &[Vec<u8>]) -> Result<Vec<(u32, String)>, Problem> {
    let one = |line: &Vec<u8>| {
        let text = String::from_utf8_lossy(line);
        let mut words = text.split(' ');
        Some((words.next()?.parse().ok()?, words.next()?.to_owned()))
    };
    let all: Option<Vec<_>> = lines.iter().map(one).collect();
    all.ok_or("its list has a line without a number and a word".into())
}

// ANCHOR: connect
/// Opens the connection and reads the greeting. Without TLS, it does so on this machine alone: everybody on the way
/// could read the password.
fn connect(server: &str, arguments: &Arguments) -> Result<Pop3, Problem> {
    let at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
    if at.is_empty() {
        return Err("no such place: write HOST:PORT, such as 127.0.0.1:7110".into());
    }
    let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
    if arguments.tls == Tls::None && !local {
        return Err("it is not on this machine: ask for TLS with --tls implicit".into());
    }
    let (user, password) = match &arguments.user {
        Some(user) => match env::var("LOOPBACK_MAIL_PASSWORD") {
            Ok(password) if !password.is_empty() => (user.clone(), password),
            _ => {
                return Err("set the environment variable LOOPBACK_MAIL_PASSWORD \
                    to the password of --user"
                    .into());
            }
        },
        None if local => ("ada".into(), "lovelace".into()),
        None => return Err("say who signs in, with --user".into()),
    };
    let tcp = dial(&at)?;
    let address = tcp.peer_addr()?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let encrypt = |tcp| {
        encrypt(tcp, server, arguments, local)
            .map_err(|Problem(why)| Problem(format!("no TLS, so no password was sent: {why}")))
    };
    let plain = tcp.try_clone()?;
    let stream: Box<dyn Stream> = match arguments.tls {
        Tls::Implicit => encrypt(tcp)?,
        Tls::None | Tls::Starttls => Box::new(tcp),
    };
    let mut pop3 = Pop3 {
        stream: BufReader::new(stream),
        server: address,
        user,
        password,
    };
    // The server speaks first.
    pop3.status()?;
    if arguments.tls == Tls::Starttls {
        // RFC 2595 §4: after the +OK to STLS comes the handshake, and no further greeting.
        pop3.command("STLS")?;
        // What has come with the +OK is not encrypted: somebody on the way could have put it there.
        if !pop3.stream.buffer().is_empty() {
            return Err("it sent something before TLS began, so no password was sent".into());
        }
        pop3.stream = BufReader::new(encrypt(plain)?);
    }
    Ok(pop3)
}
// ANCHOR_END: connect

/// A name may have several addresses, as `localhost` has 127.0.0.1 and ::1: the first that takes the connection is ours.
fn dial(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut tcp = Err(io::ErrorKind::AddrNotAvailable.into());
    for address in addresses {
        tcp = TcpStream::connect_timeout(address, PATIENCE);
        if tcp.is_ok() {
            break;
        }
    }
    tcp
}

/// TCP, or TLS over it.
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// The handshake, in which the server must prove to be the one that we have called.
fn encrypt(
    mut tcp: TcpStream,
    server: &str,
    arguments: &Arguments,
    local: bool,
) -> Result<Box<dyn Stream>, Problem> {
    let mut roots = RootCertStore::empty();
    let own = env::temp_dir().join("loopback_post_office/ca.pem");
    match arguments.ca.as_ref().or(local.then_some(&own)) {
        Some(file) => {
            let unusable = |why| Problem(format!("cannot use the CA in {}: {why}", file.display()));
            let ca =
                CertificateDer::from_pem_file(file).map_err(|why| unusable(why.to_string()))?;
            roots.add(ca).map_err(|why| unusable(why.to_string()))?;
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Problem(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = server.rsplit_once(':').unwrap_or_default().0;
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| Problem(error.to_string()))?;
    let mut tls = ClientConnection::new(Arc::new(config), name)
        .map_err(|error| Problem(error.to_string()))?;
    while tls.is_handshaking() {
        tls.complete_io(&mut tcp)?;
    }
    if let Some(version) = tls.protocol_version() {
        println!("= {version:?}, with the certificate of {}", printable(host));
    }
    Ok(Box::new(StreamOwned::new(tls, tcp)))
}

/// What went wrong, and what to do, in one line.
struct Problem(String);

impl From<&str> for Problem {
    fn from(why: &str) -> Self {
        Problem(why.into())
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
            ConnectionRefused => "nobody listens there: start mail_server_26 first".into(),
            UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected => {
                "it cut the connection: its terminal may say why".into()
            }
            _ => error.to_string(),
        })
    }
}

/// A control character could do things to your terminal; escaped, it does nothing, and is seen.
fn printable(text: &str) -> String {
    let escape = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(escape).collect()
}
