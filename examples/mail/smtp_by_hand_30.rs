//! # A letter sent by hand: the commands of SMTP
//!
//! Opens a TCP connection to the submission port of `mail_server_26`, says what a mail program says, and prints every
//! line: `>` before what the client sent, `<` before what the server replied. No library speaks SMTP here.
//!
//! The post office in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example smtp_by_hand_30
//! ```
//!
//! Expect a greeting, EHLO and what the server can do, AUTH, MAIL and RCPT (the envelope), DATA (the letter, with a second
//! dot before each line that begins with one), and QUIT. `--help` lists the flags. With `--user` the password comes from
//! the environment variable `LOOPBACK_MAIL_PASSWORD`, and never from an argument.
//!
//! Try next: `--to nobody@loopback.example`, then `--to grace@loopback.example,nobody@loopback.example`. Then, as another
//! post office: `--server 127.0.0.1:7025 --no-auth --from someone@elsewhere.example`.
//!
//! Not for production: it gives up after seconds where RFC 5321 (§4.5.3.2) has a client wait for minutes, and it has no
//! queue, so a letter that was not taken is gone.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::{Parser, ValueEnum};
use lettre::message::header::{Date, Headers};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

/// How long we wait for one step: a connection, a part of a reply.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(15);

/// How long a line of a reply may be, and how many lines a reply may have. RFC 5321 (§4.5.3.1.5) allows 512 bytes.
const LONGEST_LINE: u64 = 2_048;
const MOST_LINES: usize = 100;

/// Sends a letter by SMTP, and prints every line of it.
#[derive(Parser)]
struct Arguments {
    /// The server, as HOST:PORT [default: 127.0.0.1:7587, and 127.0.0.1:7465 with implicit TLS]
    #[arg(long)]
    server: Option<String>,
    /// Who signs in; the password comes from LOOPBACK_MAIL_PASSWORD [default: ada of the post office]
    #[arg(long, conflicts_with = "no_auth")]
    user: Option<String>,
    /// Sign in as nobody: for a server that takes letters from other servers
    #[arg(long)]
    no_auth: bool,
    /// How the connection is encrypted
    #[arg(long, value_enum, default_value_t = Tls::None)]
    tls: Tls,
    /// The certificate of the authority (CA) to trust, a PEM file [default: the post office's]
    #[arg(long)]
    ca: Option<PathBuf>,
    /// The sender's address [default: --user, or ada@loopback.example]
    #[arg(long)]
    from: Option<String>,
    /// The recipients' addresses, with commas between them [default: --user, or grace@loopback.example]
    #[arg(long, value_delimiter = ',')]
    to: Vec<String>,
    /// What to write
    #[arg(
        long,
        default_value = "Dear Grace,\n.this line begins with a dot.\nYours, Ada"
    )]
    text: String,
}

/// With STARTTLS there is more to think of: `mail_tls_35` is for that.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Tls {
    None,
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
            eprintln!("smtp_by_hand_30: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: deadline
/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(arguments: Arguments) -> Result<(), String> {
    let server = match (&arguments.server, arguments.tls) {
        (Some(server), _) => server.clone(),
        (None, Tls::None) => "127.0.0.1:7587".into(),
        (None, Tls::Implicit) => "127.0.0.1:7465".into(),
    };
    let letter = compose(&arguments)?;
    let (done, ended) = mpsc::channel();
    let at = server.clone();
    thread::spawn(move || {
        done.send(connect(&at, &arguments).and_then(|smtp| session(smtp, &letter)))
    });
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
// ANCHOR_END: deadline

// ANCHOR: session
fn session(mut smtp: Smtp, letter: &Letter) -> Result<(), Problem> {
    let sent = send(&mut smtp, letter);
    // Also who was refused says goodbye, unless the server would take it for something else (RFC 5321 §4.1.1.10). The
    // letter is sent or not, whatever becomes of this.
    if smtp.my_turn {
        let _ = smtp.command("QUIT");
    }
    sent
}

fn send(smtp: &mut Smtp, letter: &Letter) -> Result<(), Problem> {
    // The server speaks first.
    smtp.reply()?.must_begin(2)?;
    // Who we are: a client without a name of its own gives its address, in brackets.
    let hello = format!("EHLO {}", smtp.our_name);
    let offers = smtp.command(&hello)?.must_begin(2)?;
    if let Some((user, password)) = smtp.account.clone() {
        sign_in(smtp, &offers, &user, &password)?;
    }

    // The envelope: whom to tell when the letter cannot be delivered, and who is to have it.
    smtp.command(&format!("MAIL FROM:<{}>", letter.from))?
        .must_begin(2)?;
    let mut accepted = Vec::new();
    for to in &letter.to {
        // Each recipient is accepted or refused alone. The letter goes to those who were accepted.
        match smtp.command(&format!("RCPT TO:<{to}>"))?.must_begin(2) {
            Ok(_) => accepted.push(to.as_str()),
            Err(Problem(why)) => println!("not for {}: {why}", printable(to)),
        }
    }
    if accepted.is_empty() {
        return Err("no recipient was accepted: see the replies to RCPT".into());
    }

    // The letter: headers, an empty line, text. Nobody compares them with the envelope.
    smtp.command("DATA")?.must_begin(3)?;
    for line in letter.text.lines() {
        smtp.content(line);
    }
    // A line that is nothing but a dot ends it. The reply, 250, says: from now on, the letter is in my care.
    smtp.command(".")?.must_begin(2)?;
    println!("accepted for {}", printable(&accepted.join(", ")));
    Ok(())
}
// ANCHOR_END: session

// ANCHOR: sign_in
/// AUTH PLAIN (RFC 4616): NUL, name, NUL, password, in base64. That hides nothing from who can read it.
fn sign_in(smtp: &mut Smtp, offers: &Reply, user: &str, password: &str) -> Result<(), Problem> {
    let plain = offers.lines.iter().any(|line| {
        let mut words = line.split([' ', '=']);
        words.next() == Some("AUTH") && words.any(|word| word == "PLAIN")
    });
    if !plain {
        return Err(
            "it offers no AUTH PLAIN, so no password was sent: try --no-auth, or another port"
                .into(),
        );
    }
    let secret = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
    smtp.secrets.push(secret.clone());
    smtp.command(&format!("AUTH PLAIN {secret}"))?
        .must_begin(2)?;
    Ok(())
}
// ANCHOR_END: sign_in

// ANCHOR: letter
/// The envelope, and what is in it.
struct Letter {
    from: String,
    to: Vec<String>,
    text: String,
}

/// A letter of our own: RFC 5322 (§3.6) asks for Date and From, and for a Message-ID, which a submission server adds
/// where it is missing (RFC 6409 §8).
fn compose(arguments: &Arguments) -> Result<Letter, String> {
    let user = arguments.user.as_deref();
    let from = arguments.from.as_deref().or(user);
    let from = from.unwrap_or("ada@loopback.example").to_owned();
    let to = match &arguments.to[..] {
        [] => vec![user.unwrap_or("grace@loopback.example").to_owned()],
        to => to.to_vec(),
    };
    for address in to.iter().chain([&from]) {
        // A CR LF in an address would end the command, and what stands behind it would be the next one.
        if !address.contains('@') || address.contains(|c: char| !c.is_ascii_graphic() || c == '>') {
            return Err(format!(
                "{address:?} is not an address: give --from and --to as name@domain.example"
            ));
        }
    }
    let plain = |c: char| c == '\n' || c == ' ' || c.is_ascii_graphic();
    if !arguments.text.chars().all(plain) {
        return Err("write --text in ASCII: mail_compose_28 shows what else needs".into());
    }
    // The one thing that a library writes here, for the calendar is no matter of ours.
    let mut date = Headers::new();
    date.set(Date::now());
    let text = format!(
        "{date}From: {from}\nTo: {}\nSubject: By hand\n\n{}",
        to.join(", "),
        arguments.text
    );
    Ok(Letter { from, to, text })
}
// ANCHOR_END: letter

// ANCHOR: connection
/// A connection to an SMTP server.
struct Smtp {
    stream: BufReader<Box<dyn Stream>>,
    /// What we have said and not yet sent.
    unsent: Vec<u8>,
    our_name: String,
    account: Option<(String, String)>,
    /// Whether the server has replied to all that we have said.
    my_turn: bool,
    /// What is never printed, also when the server sends it back.
    secrets: Vec<String>,
}

/// A reply: one code, and a line or more.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Smtp {
    /// Sends a command and reads the reply to it.
    fn command(&mut self, command: &str) -> Result<Reply, Problem> {
        self.write(command);
        self.reply()
    }

    /// Says a line of the letter. The dot that stands alone is the end, so every line that begins with a dot gets
    /// another one (RFC 5321 §4.5.2); the server takes it off again.
    fn content(&mut self, line: &str) {
        let dot = if line.starts_with('.') { "." } else { "" };
        self.write(&format!("{dot}{line}"));
    }

    /// Says a line. On the wire, lines end with CR LF.
    fn write(&mut self, line: &str) {
        println!("> {}", self.shown(line));
        self.unsent.extend_from_slice(line.as_bytes());
        self.unsent.extend_from_slice(b"\r\n");
    }

    /// Sends what was said, and reads the reply: `250-` says that another line follows, `250` and a space that this is
    /// the last one.
    fn reply(&mut self) -> Result<Reply, Problem> {
        if !self.unsent.is_empty() {
            self.my_turn = false;
            // All at once: TCP may hold the second of two small writes back until the first one is acknowledged.
            self.stream.get_mut().write_all(&self.unsent)?;
            self.stream.get_mut().flush()?;
            self.unsent.clear();
        }
        let mut lines = Vec::new();
        let mut first = None;
        while lines.len() < MOST_LINES {
            let mut line = Vec::new();
            let limited = &mut (&mut self.stream).take(LONGEST_LINE);
            limited.read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Err("it hung up: its terminal may say why".into());
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("< {}", self.shown(&line));
            let Some(line) = line.strip_suffix("\r\n") else {
                return Err("its line is too long, or does not end with CR LF".into());
            };
            let code = line.get(..3).filter(|code| digits(code));
            let code = code.and_then(|code| code.parse().ok());
            let more = line.get(3..4).unwrap_or(" ");
            if code.is_none() || !matches!(more, " " | "-") || *first.get_or_insert(code) != code {
                return Err("that is no reply: is it an SMTP server?".into());
            }
            lines.push(self.shown(line.get(4..).unwrap_or_default()));
            if let (" ", Some(code)) = (more, code) {
                self.my_turn = true;
                return Ok(Reply { code, lines });
            }
        }
        Err("its reply has no end".into())
    }

    /// As it may be shown: no password, and no control character, which could do things to your terminal.
    fn shown(&self, line: &str) -> String {
        let hide = |line: String, secret: &String| line.replace(secret, "***");
        printable(&self.secrets.iter().fold(line.to_owned(), hide))
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Reply {
    /// The reply itself if its code begins with this digit, and what it says as a problem if not. 2: done; 3: go on;
    /// 4: not now; 5: no (RFC 5321 §4.2.1).
    fn must_begin(self, digit: u16) -> Result<Reply, Problem> {
        if self.code / 100 == digit {
            return Ok(self);
        }
        let advice = match self.code {
            421 | 450..=452 => "try again later",
            530 | 534 | 538 => "sign in, or ask for TLS",
            535 => "check the name and the password",
            550..=553 => "check the addresses, and what this account may do",
            554 => "the terminal of the server may say why",
            _ => "that was not to be expected here",
        };
        Err(Problem(format!(
            "{} {}: {advice}",
            self.code,
            self.lines.join(" / ")
        )))
    }
}
// ANCHOR_END: connection

// ANCHOR: connect
/// Opens the connection. Without TLS, it does so on this machine alone: everybody on the way could read the password.
fn connect(server: &str, arguments: &Arguments) -> Result<Smtp, Problem> {
    let at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
    if at.is_empty() {
        return Err("no such place: write HOST:PORT, such as 127.0.0.1:7587".into());
    }
    let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
    if arguments.tls == Tls::None && !local {
        return Err("it is not on this machine: ask for TLS with --tls implicit".into());
    }
    let account = match &arguments.user {
        _ if arguments.no_auth => None,
        Some(user) => match env::var("LOOPBACK_MAIL_PASSWORD") {
            Ok(password) if !password.is_empty() => Some((user.clone(), password)),
            _ => {
                return Err("set the environment variable LOOPBACK_MAIL_PASSWORD \
                    to the password of --user"
                    .into());
            }
        },
        None if local => Some(("ada".into(), "lovelace".into())),
        None => return Err("say who signs in, with --user".into()),
    };
    let tcp = dial(&at)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let our_name = match tcp.local_addr()?.ip().to_canonical() {
        ip if ip.is_ipv6() => format!("[IPv6:{ip}]"),
        ip => format!("[{ip}]"),
    };
    let own = env::temp_dir().join("loopback_post_office/ca.pem");
    let stream: Box<dyn Stream> = match arguments.tls {
        Tls::None => Box::new(tcp),
        Tls::Implicit => encrypt(
            tcp,
            server,
            arguments.ca.as_deref().or(local.then_some(&own)),
        )?,
    };
    Ok(Smtp {
        stream: BufReader::new(stream),
        unsent: Vec::new(),
        our_name,
        my_turn: false,
        secrets: account
            .iter()
            .map(|(_, password)| password.clone())
            .collect(),
        account,
    })
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

/// Implicit TLS (RFC 8314 §3): the handshake comes before the server's greeting, and all of SMTP is inside.
fn encrypt(
    mut tcp: TcpStream,
    server: &str,
    ca: Option<&Path>,
) -> Result<Box<dyn Stream>, Problem> {
    let mut roots = RootCertStore::empty();
    match ca {
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
        tls.complete_io(&mut tcp).map_err(|error| {
            let Problem(why) = error.into();
            Problem(format!("no TLS, so no password was sent: {why}"))
        })?;
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

/// A control character could do things to your terminal.
fn printable(text: &str) -> String {
    text.trim_end().replace(char::is_control, "?")
}
