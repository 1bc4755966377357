//! # Is my mailbox ready?
//!
//! Signs in to a mailbox by IMAP or POP3, or to the server that takes letters from you, and tells what it finds: how the
//! connection is encrypted, what the server can do, how many letters there are. It changes nothing.
//!
//! The post office in one terminal, this check in another:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example mailbox_check_27
//! $ cargo run --example mailbox_check_27 -- --protocol pop3 --tls starttls
//! $ cargo run --example mailbox_check_27 -- --protocol smtp --tls implicit
//! ```
//!
//! Your own provider: put the authorization code or app password into the environment variable `LOOPBACK_MAIL_PASSWORD`
//! (it is never an argument, for other programs can see those), then
//! `--protocol imap --tls implicit --server imap.provider.example:993 --user you@provider.example`.
//!
//! Expect `>` and `<` before what is said, and `=` before what it means.
//!
//! Try next: a wrong password. Then your provider without TLS.
//!
//! Not for production: it knows the few commands that it needs, and gives up after seconds.

use base64::{Engine, prelude::BASE64_STANDARD};
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

/// How long we wait for one step: a connection, a part of a reply.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(15);

/// How long a line of the server may be, and how many lines an answer may have.
const LONGEST_LINE: u64 = 8_192;
const MOST_LINES: usize = 200;

/// Signs in to a mailbox, and tells what it finds. Changes nothing.
#[derive(Parser)]
struct Arguments {
    /// How to get at the mailbox; smtp is for sending
    #[arg(long, value_enum, default_value_t = Protocol::Imap)]
    protocol: Protocol,
    /// The server, as HOST:PORT [default: the post office's port for --protocol and --tls]
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
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Protocol {
    Imap,
    Pop3,
    Smtp,
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
            eprintln!("mailbox_check_27: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(arguments: Arguments) -> Result<(), String> {
    use Protocol::*;
    let port = match (arguments.protocol, arguments.tls) {
        (Imap, Tls::Implicit) => 7993,
        (Pop3, Tls::Implicit) => 7995,
        (Smtp, Tls::Implicit) => 7465,
        (Imap, _) => 7143,
        (Pop3, _) => 7110,
        (Smtp, _) => 7587,
    };
    let server = arguments.server.clone();
    let server = server.unwrap_or_else(|| format!("127.0.0.1:{port}"));
    let at = server.clone();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(check(&at, &arguments)));
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

// ANCHOR: check
fn check(server: &str, arguments: &Arguments) -> Result<(), Problem> {
    let at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
    if at.is_empty() {
        return Err("no such place: write HOST:PORT, such as 127.0.0.1:7143".into());
    }
    let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
    if arguments.tls == Tls::None && !local {
        return Err("it is not on this machine: ask for TLS with --tls implicit".into());
    }
    let (user, password) = account(arguments, local)?;
    let tcp = dial(&at)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let mut talk = Talk {
        stream: BufReader::new(Box::new(tcp.try_clone()?)),
        protocol: arguments.protocol,
        tag: 0,
        secrets: vec![
            BASE64_STANDARD.encode(format!("\0{user}\0{password}")),
            quoted(&password),
            password.clone(),
        ],
    };

    match arguments.tls {
        Tls::None => println!("= not encrypted: nothing leaves this machine"),
        Tls::Implicit => talk.encrypt(tcp, server, arguments, local)?,
        Tls::Starttls => {
            talk.greeting()?;
            talk.capabilities()?;
            talk.ask(match arguments.protocol {
                Protocol::Pop3 => "STLS",
                _ => "STARTTLS",
            })
            .map_err(|Problem(why)| Problem(format!("no TLS, so no password was sent: {why}")))?;
            talk.encrypt(tcp, server, arguments, local)?;
        }
    }
    if arguments.tls != Tls::Starttls {
        talk.greeting()?;
    }
    let can = talk.capabilities()?;
    println!("= it can: {}", can.join(", "));
    match arguments.protocol {
        Protocol::Imap => imap(&mut talk, &can, &user, &password)?,
        Protocol::Pop3 => pop3(&mut talk, &user, &password)?,
        Protocol::Smtp => smtp(&mut talk, &can)?,
    }
    println!("= ready: {} may sign in here", printable(&user));
    Ok(())
}
// ANCHOR_END: check

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

// ANCHOR: protocols
/// EXAMINE opens a mailbox as SELECT does, but changes nothing in it: no letter counts as seen (RFC 3501 §6.3.2).
fn imap(talk: &mut Talk, can: &[String], user: &str, password: &str) -> Result<(), Problem> {
    if can.iter().any(|word| word == "LOGINDISABLED") {
        return Err("it wants no password like this: ask for TLS".into());
    }
    talk.ask(&format!("LOGIN {} {}", quoted(user), quoted(password)))?;
    // Some providers open no mailbox for who doesn't say which program it is (RFC 2971).
    if can.iter().any(|word| word == "ID") {
        talk.ask("ID (\"name\" \"mailbox_check_27\")")?;
    }
    let lines = talk.ask("EXAMINE INBOX")?;
    let exists = lines
        .iter()
        .find_map(|line| line.strip_prefix("* ")?.strip_suffix(" EXISTS"));
    println!("= letters in INBOX: {}", exists.unwrap_or("it did not say"));
    let _ = talk.ask("LOGOUT");
    Ok(())
}

/// A string of IMAP.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// STAT counts. What QUIT would delete is what DELE has marked before: nothing (RFC 1939 §6).
fn pop3(talk: &mut Talk, user: &str, password: &str) -> Result<(), Problem> {
    talk.ask(&format!("USER {user}"))?;
    talk.ask(&format!("PASS {password}"))?;
    let lines = talk.ask("STAT")?;
    let mut words = lines[0].split(' ').skip(1);
    let (count, size) = (words.next().unwrap_or("?"), words.next().unwrap_or("?"));
    println!("= letters: {count}, bytes: {size}");
    let _ = talk.ask("QUIT");
    Ok(())
}

/// Who has signed in may send; we don't.
fn smtp(talk: &mut Talk, can: &[String]) -> Result<(), Problem> {
    let auth = |line: &&String| line.starts_with("AUTH ") && line.contains(" PLAIN");
    if can.iter().find(auth).is_none() {
        return Err(
            "it offers no AUTH PLAIN, so no password was sent: ask for TLS, or another port".into(),
        );
    }
    talk.ask(&format!("AUTH PLAIN {}", talk.secrets[0]))?;
    let _ = talk.ask("QUIT");
    Ok(())
}
// ANCHOR_END: protocols

// ANCHOR: talk
/// A conversation in one of the three protocols.
struct Talk {
    stream: BufReader<Box<dyn Stream>>,
    protocol: Protocol,
    /// Of the last IMAP command: its reply comes back with it.
    tag: u32,
    /// What is never printed, also when the server sends it back.
    secrets: Vec<String>,
}

impl Talk {
    /// The server speaks first.
    fn greeting(&mut self) -> Result<(), Problem> {
        match self.protocol {
            Protocol::Smtp => return self.smtp_reply().map(drop),
            Protocol::Imap => refused_unless(self.line()?, "* OK"),
            Protocol::Pop3 => refused_unless(self.line()?, "+OK"),
        }
        .map(drop)
    }

    /// What the server can do.
    fn capabilities(&mut self) -> Result<Vec<String>, Problem> {
        let lines = match self.protocol {
            Protocol::Smtp => self.ask("EHLO [127.0.0.1]")?,
            Protocol::Imap => {
                let lines = self.ask("CAPABILITY")?;
                let words = lines
                    .iter()
                    .filter_map(|line| line.strip_prefix("* CAPABILITY "));
                return Ok(words
                    .flat_map(|words| words.split(' ').map(str::to_owned))
                    .collect());
            }
            // An old server knows no CAPA (RFC 2449), and may be good for the rest.
            Protocol::Pop3 => {
                let mut lines = match self.ask("CAPA") {
                    Ok(first) => first,
                    Err(_) => return Ok(Vec::new()),
                };
                while lines.last().is_none_or(|line| line != ".") {
                    lines.push(self.line()?);
                    enough(&lines)?;
                }
                lines.pop();
                lines
            }
        };
        // The first line is no capability, but a word of welcome.
        Ok(lines.into_iter().skip(1).collect())
    }

    /// Sends a command, and gives back what the server says if it agrees.
    fn ask(&mut self, command: &str) -> Result<Vec<String>, Problem> {
        if command.contains(['\r', '\n', '\0']) {
            return Err("there is a line end in --user or in the password".into());
        }
        self.tag += 1;
        let tag = format!("a{} ", self.tag);
        let line = match self.protocol {
            Protocol::Imap => format!("{tag}{command}"),
            _ => command.to_owned(),
        };
        println!("> {}", self.shown(&line));
        self.stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())?;
        self.stream.get_mut().flush()?;
        match self.protocol {
            Protocol::Smtp => self.smtp_reply(),
            Protocol::Pop3 => Ok(vec![refused_unless(self.line()?, "+OK")?]),
            Protocol::Imap => {
                // Lines with `*` tell something; the one with our tag ends the answer.
                let mut lines = Vec::new();
                loop {
                    let line = self.line()?;
                    if line.starts_with(&tag) {
                        refused_unless(line, &format!("{tag}OK"))?;
                        return Ok(lines);
                    }
                    if !line.starts_with("* ") {
                        return Err("that is no answer: is it an IMAP server?".into());
                    }
                    lines.push(line);
                    enough(&lines)?;
                }
            }
        }
    }

    /// Lines without their codes. A line with `-` behind its code is not the last one.
    fn smtp_reply(&mut self) -> Result<Vec<String>, Problem> {
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            let line = refused_unless(line, "2")?;
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            enough(&lines)?;
            if line.get(3..4) != Some("-") {
                return Ok(lines);
            }
        }
    }

    /// Reads a line, prints it, and gives it back as printed.
    fn line(&mut self) -> Result<String, Problem> {
        let mut line = Vec::new();
        let limited = &mut (&mut self.stream).take(LONGEST_LINE);
        limited.read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Err("it hung up: its terminal may say why".into());
        }
        let shown = self.shown(&String::from_utf8_lossy(&line));
        println!("< {shown}");
        match line.ends_with(b"\n") {
            true => Ok(shown),
            false => Err("its line is too long, or has no end".into()),
        }
    }

    fn shown(&self, line: &str) -> String {
        let hide = |line: String, secret: &String| line.replace(secret, "***");
        printable(&self.secrets.iter().fold(line.to_owned(), hide))
    }
}

/// The line itself if it begins with this, and what it says as a problem if not.
fn refused_unless(line: String, start: &str) -> Result<String, Problem> {
    match line.starts_with(start) {
        true => Ok(line),
        false => Err(Problem(format!(
            "{line}: check the name and the password, and what the account allows"
        ))),
    }
}

fn enough(lines: &[String]) -> Result<(), Problem> {
    match lines.len() > MOST_LINES {
        true => Err("its answer has no end".into()),
        false => Ok(()),
    }
}
// ANCHOR_END: talk

/// Whose mailbox it is, and the password.
fn account(arguments: &Arguments, local: bool) -> Result<(String, String), Problem> {
    match &arguments.user {
        Some(user) => match env::var("LOOPBACK_MAIL_PASSWORD") {
            Ok(password) if !password.is_empty() => Ok((user.clone(), password)),
            _ => Err(
                "set the environment variable LOOPBACK_MAIL_PASSWORD to the password of --user"
                    .into(),
            ),
        },
        None if local => Ok(("ada".into(), "lovelace".into())),
        None => Err("say who signs in, with --user".into()),
    }
}

/// TCP, or TLS over it.
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Talk {
    /// The handshake. From here on, all that is said is encrypted.
    fn encrypt(
        &mut self,
        mut tcp: TcpStream,
        server: &str,
        arguments: &Arguments,
        local: bool,
    ) -> Result<(), Problem> {
        if !self.stream.buffer().is_empty() {
            return Err(
                "more came in the clear, so no password was sent: is somebody in between?".into(),
            );
        }
        let mut roots = RootCertStore::empty();
        let own = env::temp_dir().join("loopback_post_office/ca.pem");
        match arguments.ca.as_ref().or(local.then_some(&own)) {
            Some(file) => {
                let unusable = |why| {
                    Problem(format!(
                        "cannot use the CA in {}: {why}: start mail_server_26, or give --ca",
                        file.display()
                    ))
                };
                let ca =
                    CertificateDer::from_pem_file(file).map_err(|why| unusable(why.to_string()))?;
                roots.add(ca).map_err(|why| unusable(why.to_string()))?;
            }
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
        let host = server
            .rsplit_once(':')
            .unwrap_or_default()
            .0
            .trim_matches(['[', ']']);
        let name =
            ServerName::try_from(host.to_owned()).map_err(|error| Problem(error.to_string()))?;
        let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                let config = config.with_root_certificates(roots).with_no_client_auth();
                ClientConnection::new(Arc::new(config), name)
            })
            .map_err(|error| Problem(error.to_string()))?;
        while tls.is_handshaking() {
            tls.complete_io(&mut tcp).map_err(|error| {
                let Problem(why) = error.into();
                Problem(format!("no TLS, so no password was sent: {why}"))
            })?;
        }
        if let Some(version) = tls.protocol_version() {
            println!("= {version:?}, with the certificate of {}", printable(host));
        }
        self.stream = BufReader::new(Box::new(StreamOwned::new(tls, tcp)));
        Ok(())
    }
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

/// A control character could do things to your terminal.
fn printable(text: &str) -> String {
    text.trim_end().replace(char::is_control, "?")
}
