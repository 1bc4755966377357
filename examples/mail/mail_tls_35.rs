//! # Mail with TLS: from the start, by STARTTLS, and not at all
//!
//! Signs in to `mail_server_26` over TLS in both ways that mail has: with TLS before the first word, or in the clear
//! until STARTTLS. And it shows what must stop a client before it says its password: a man in the middle who takes the
//! offer of STARTTLS out, and certificates that prove nothing.
//!
//! The post office in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example mail_tls_35 implicit
//! $ cargo run --example mail_tls_35 starttls
//! $ cargo run --example mail_tls_35 downgrade
//! $ cargo run --example mail_tls_35 unknown-ca
//! $ cargo run --example mail_tls_35 wrong-name
//! ```
//!
//! Expect `>` and `<` before the lines of SMTP, and `=` where TLS begins. The last three fail, each before AUTH. Without a word
//! it is `implicit`.
//! `--help` lists the flags. With `--user` the password comes from the environment variable `LOOPBACK_MAIL_PASSWORD`,
//! and never from an argument.
//!
//! Try next: look at the bytes in the book, which records what passes: until where can you read them?
//!
//! Not for production: it trusts one authority for the post office, and it signs in for no other reason than to show it.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::{Parser, ValueEnum};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
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

/// How long a line of a reply may be, and how many lines a reply may have.
const LONGEST_LINE: u64 = 2_048;
const MOST_LINES: usize = 100;

/// Signs in over TLS, or stops before the password.
#[derive(Parser)]
struct Arguments {
    /// How TLS begins, or what is in its way
    #[arg(value_enum, default_value = "implicit")]
    way: Way,
    /// The server, as HOST:PORT [default: 127.0.0.1:7465, and 127.0.0.1:7587 for starttls and downgrade]
    #[arg(long)]
    server: Option<String>,
    /// Who signs in; the password comes from LOOPBACK_MAIL_PASSWORD [default: ada of the post office]
    #[arg(long)]
    user: Option<String>,
    /// The certificate of the authority (CA) to trust, a PEM file [default: the post office's]
    #[arg(long)]
    ca: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Way {
    /// TLS before the first word, on a port of its own
    Implicit,
    /// The first words in the clear, then TLS on the same connection
    Starttls,
    /// Like starttls, with somebody between us and the server who takes the offer out
    Downgrade,
    /// Like implicit, trusting the authorities that browsers trust: the post office's is none of them
    UnknownCa,
    /// Like implicit, calling mail.elsewhere.example, and answered by another one
    WrongName,
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
            eprintln!("mail_tls_35: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(arguments: Arguments) -> Result<(), String> {
    let server = arguments.server.clone();
    let server = server.unwrap_or_else(|| match arguments.way {
        Way::Starttls | Way::Downgrade => "127.0.0.1:7587".into(),
        _ => "127.0.0.1:7465".into(),
    });
    let at = server.clone();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(session(&at, &arguments)));
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

// ANCHOR: session
fn session(server: &str, arguments: &Arguments) -> Result<(), Problem> {
    let mut at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
    if at.is_empty() {
        return Err("no such place: write HOST:PORT, such as 127.0.0.1:7465".into());
    }
    let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
    let (user, password) = account(arguments, local)?;
    // Whose certificate we want to see: that of the one whom we have called.
    let host = server.rsplit_once(':').unwrap_or_default().0;
    let name = match arguments.way {
        Way::WrongName => "mail.elsewhere.example",
        _ => host.trim_matches(['[', ']']),
    };
    let tls = handshake_to_come(name, arguments, local)?;
    if arguments.way == Way::Downgrade {
        at = vec![man_in_the_middle(&at)?];
    }

    let tcp = dial(&at)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let clear = Smtp(BufReader::new(tcp));
    let mut smtp = match arguments.way {
        Way::Starttls | Way::Downgrade => starttls(clear, tls)?,
        _ => {
            let mut smtp = encrypt(clear, tls)?;
            smtp.reply()?.must_begin(2)?;
            smtp
        }
    };
    // Once more after STARTTLS, too: what was offered in the clear, anybody may have written.
    smtp.command("EHLO [127.0.0.1]")?.must_begin(2)?;
    let signed_in = smtp.sign_in(&user, &password);
    let _ = smtp.command("QUIT");
    signed_in
}
// ANCHOR_END: session

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

// ANCHOR: starttls
/// STARTTLS (RFC 3207). Up to here, everybody on the way can read along, and change what is said.
fn starttls(mut clear: Smtp<TcpStream>, tls: ClientConnection) -> Result<Smtp<Tls>, Problem> {
    clear.reply()?.must_begin(2)?;
    let offers = clear.command("EHLO [127.0.0.1]")?.must_begin(2)?;
    if !offers.lines.iter().any(|line| line == "STARTTLS") {
        // The server has no TLS; or somebody has taken the offer out, to have us go on in the clear. We can't know.
        let _ = clear.command("QUIT");
        return Err(
            "no STARTTLS is offered, so no password was sent: is somebody in between?".into(),
        );
    }
    clear.command("STARTTLS")?.must_begin(2)?;
    // What stands in the buffer now came in the clear, and would be taken for words of the server, said in TLS.
    if !clear.0.buffer().is_empty() {
        return Err("more came in the clear after STARTTLS, so no password was sent: is somebody in between?".into());
    }
    encrypt(clear, tls)
}
// ANCHOR_END: starttls

// ANCHOR: encrypt
/// A connection in TLS: what is written to it goes encrypted over the TCP connection inside.
type Tls = StreamOwned<ClientConnection, TcpStream>;

/// Shakes hands: the server proves to be who it is, and both have keys that nobody else has.
fn encrypt(clear: Smtp<TcpStream>, mut tls: ClientConnection) -> Result<Smtp<Tls>, Problem> {
    let mut tcp = clear.0.into_inner();
    while tls.is_handshaking() {
        tls.complete_io(&mut tcp).map_err(|error| {
            let why = match advice(&error) {
                Some(advice) => format!("{error}: {advice}"),
                None => Problem::from(error).0,
            };
            Problem(format!("no TLS, so no password was sent: {why}"))
        })?;
    }
    if let (Some(version), Some(suite)) = (tls.protocol_version(), tls.negotiated_cipher_suite()) {
        println!("= {version:?}, {:?}: encrypted from here", suite.suite());
    }
    Ok(Smtp(BufReader::new(StreamOwned::new(tls, tcp))))
}

/// What to do about what rustls says, where we know.
fn advice(error: &io::Error) -> Option<&'static str> {
    use CertificateError::*;
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature) => {
            Some("nobody whom we trust vouches for it")
        }
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            Some("it is somebody else's")
        }
        rustls::Error::InvalidMessage(_) => Some("this is not TLS: is it the right port?"),
        _ => None,
    }
}
// ANCHOR_END: encrypt

// ANCHOR: trust
/// What there is to say before the handshake: whom we call, and whom we believe that it is them.
fn handshake_to_come(
    name: &str,
    arguments: &Arguments,
    local: bool,
) -> Result<ClientConnection, Problem> {
    let mut roots = RootCertStore::empty();
    let own = env::temp_dir().join("loopback_post_office/ca.pem");
    match arguments.ca.as_ref().or(local.then_some(&own)) {
        Some(file) if arguments.way != Way::UnknownCa => {
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
        _ => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let name = ServerName::try_from(name.to_owned()).map_err(|error| Problem(error.to_string()))?;
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            let config = config.with_root_certificates(roots).with_no_client_auth();
            ClientConnection::new(Arc::new(config), name)
        })
        .map_err(|error| Problem(error.to_string()))
}
// ANCHOR_END: trust

// ANCHOR: sign_in
/// Signing in is something that an encrypted connection can do. In the clear, it would not compile.
impl Smtp<Tls> {
    fn sign_in(&mut self, user: &str, password: &str) -> Result<(), Problem> {
        println!("> AUTH PLAIN ***");
        let secret = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
        self.write(&format!("AUTH PLAIN {secret}"))?;
        self.hidden_reply(&[&secret, password])?.must_begin(2)?;
        Ok(())
    }
}
// ANCHOR_END: sign_in

// ANCHOR: smtp
/// SMTP over whatever carries bytes.
struct Smtp<Stream>(BufReader<Stream>);

/// A reply: one code, and a line or more.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl<Stream: Read + Write> Smtp<Stream> {
    fn command(&mut self, command: &str) -> Result<Reply, Problem> {
        println!("> {command}");
        self.write(command)?;
        self.reply()
    }

    fn write(&mut self, line: &str) -> Result<(), Problem> {
        let stream = self.0.get_mut();
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        Ok(stream.flush()?)
    }

    fn reply(&mut self) -> Result<Reply, Problem> {
        self.hidden_reply(&[])
    }

    /// Reads a reply, and prints it, but for what is secret: some servers repeat what they did not like.
    fn hidden_reply(&mut self, secrets: &[&str]) -> Result<Reply, Problem> {
        let mut lines = Vec::new();
        let mut first = None;
        while lines.len() < MOST_LINES {
            let mut line = Vec::new();
            let limited = &mut (&mut self.0).take(LONGEST_LINE);
            limited.read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Err("it hung up: its terminal may say why".into());
            }
            let whole = line.ends_with(b"\r\n");
            let line = String::from_utf8_lossy(&line);
            let line = secrets.iter().fold(line.into_owned(), |line, secret| {
                line.replace(secret, "***")
            });
            let line = printable(&line);
            println!("< {line}");
            if !whole {
                return Err("its line is too long, or does not end with CR LF".into());
            }
            let code = line
                .get(..3)
                .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            let code = code.and_then(|code| code.parse().ok());
            let more = line.get(3..4).unwrap_or(" ");
            if code.is_none() || !matches!(more, " " | "-") || *first.get_or_insert(code) != code {
                return Err("that is no reply: is it an SMTP server?".into());
            }
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if let (" ", Some(code)) = (more, code) {
                return Ok(Reply { code, lines });
            }
        }
        Err("its reply has no end".into())
    }
}
// ANCHOR_END: smtp

impl Reply {
    /// The reply itself if its code begins with this digit, and what it says as a problem if not.
    fn must_begin(self, digit: u16) -> Result<Reply, Problem> {
        if self.code / 100 == digit {
            return Ok(self);
        }
        let advice = match self.code {
            421 | 450..=454 => "try again later",
            535 => "check the name and the password",
            _ => "the terminal of the server may say why",
        };
        Err(Problem(format!(
            "{} {}: {advice}",
            self.code,
            self.lines.join(" / ")
        )))
    }
}

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

// ANCHOR: man_in_the_middle
/// Somebody on the way, here on a thread of ours: hands everything on, but for the word STARTTLS. There were firewalls
/// that did this to have mail pass in the clear.
fn man_in_the_middle(server: &[SocketAddr]) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server = dial(server)?;
    thread::spawn(move || -> io::Result<()> {
        let (client, _) = listener.accept()?;
        let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || io::copy(&mut from, &mut to));
        let mut replies = BufReader::new(server.take(LONGEST_LINE * MOST_LINES as u64));
        let mut line = Vec::new();
        while replies.read_until(b'\n', &mut line)? > 0 {
            let passed_on = String::from_utf8_lossy(&line).replace("STARTTLS", "XXXXXXXX");
            (&client).write_all(passed_on.as_bytes())?;
            line.clear();
        }
        client.shutdown(std::net::Shutdown::Both)
    });
    Ok(address)
}
// ANCHOR_END: man_in_the_middle

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
