//! # Sending a letter with a library: lettre
//!
//! The same as `smtp_by_hand_30`, with lettre doing the talking: sends a short letter, or a file that `mail_compose_28`
//! wrote, and says for whom it was accepted and for whom not. In the clear, with STARTTLS, or with TLS from the start.
//!
//! The post office in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example mail_send_31
//! $ cargo run --example mail_send_31 -- --tls starttls --to grace@loopback.example,nobody@loopback.example
//! ```
//!
//! Expect a line for each recipient, and the commands in the server's terminal. `--help` lists the flags. With `--user`
//! the password comes from the environment variable `LOOPBACK_MAIL_PASSWORD`, and never from an argument.
//!
//! Try next: your own provider, with its server and its port: `--server smtp.provider.example:465 --tls implicit --user
//! you@provider.example` sends a letter to yourself.
//!
//! Not for production: it sends the letter to each recipient on a connection of its own, and keeps no queue.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::{Parser, ValueEnum};
use lettre::{
    Address, Message, SmtpTransport, Transport,
    address::Envelope,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long we wait for one step: a connection, a part of a reply.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long all of it may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(15);

/// The longest letter that we send; most providers take no longer ones.
const LONGEST_LETTER: u64 = 25 << 20;

/// How much a server may say in one connection.
const LONGEST_ANSWER: u64 = 16 << 10;

/// Sends a letter, and says for whom it was accepted.
#[derive(Parser)]
struct Arguments {
    /// The letter, a file in the form that goes on the wire [default: a short letter]
    file: Option<PathBuf>,
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
    #[arg(long, value_enum, default_value_t = Encryption::None)]
    tls: Encryption,
    /// The certificate of the authority (CA) to trust, a PEM file [default: the post office's]
    #[arg(long)]
    ca: Option<PathBuf>,
    /// The sender's address [default: --user, or ada@loopback.example]
    #[arg(long)]
    from: Option<Address>,
    /// The recipients' addresses, with commas between them [default: --user, or grace@loopback.example]
    #[arg(long, value_delimiter = ',')]
    to: Vec<Address>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Encryption {
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
            eprintln!("mail_send_31: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

/// Works out who writes to whom, and sends on a thread of its own, for no longer than it may take.
fn run(arguments: Arguments) -> Result<(), String> {
    let address = |text: &str| -> Result<Address, String> {
        let address = text.parse();
        address.map_err(|_| format!("{text:?} is not an address: give --from and --to"))
    };
    let user = arguments.user.as_deref();
    let from = match &arguments.from {
        Some(from) => from.clone(),
        None => address(user.unwrap_or("ada@loopback.example"))?,
    };
    let to = match &arguments.to[..] {
        [] => vec![address(user.unwrap_or("grace@loopback.example"))?],
        to => to.to_vec(),
    };
    let letter = match &arguments.file {
        Some(file) => {
            from_file(file).map_err(|why| format!("no letter in {}: {why}", file.display()))?
        }
        None => short_letter(&from, &to).map_err(|error| error.to_string())?,
    };
    let server = match (&arguments.server, arguments.tls) {
        (Some(server), _) => server.clone(),
        (None, Encryption::Implicit) => "127.0.0.1:7465".into(),
        (None, _) => "127.0.0.1:7587".into(),
    };
    let limit = WHOLE * to.len() as u32;
    let (done, ended) = mpsc::channel();
    let at = server.clone();
    thread::spawn(move || done.send(send_all(&at, &arguments, &from, &to, &letter)));
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

// ANCHOR: letter
/// A short letter. lettre adds the Date; a Message-ID is left to the submission server (RFC 6409 §8.3).
fn short_letter(from: &Address, to: &[Address]) -> Result<Vec<u8>, lettre::error::Error> {
    let mut letter = Message::builder()
        .from(Mailbox::new(None, from.clone()))
        .subject("By a library")
        .header(ContentType::TEXT_PLAIN);
    for to in to {
        letter = letter.to(Mailbox::new(None, to.clone()));
    }
    let text = "Dear reader,\n.this line begins with a dot.\nYours, lettre";
    Ok(letter.body(text.to_owned())?.formatted())
}

/// A letter as `mail_compose_28` writes it. On the wire every line ends with CR LF, whatever the file has.
fn from_file(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?
        .take(LONGEST_LETTER + 1)
        .read_to_end(&mut bytes)?;
    if bytes.is_empty() || bytes.len() as u64 > LONGEST_LETTER {
        return Err(io::Error::other("it is empty, or longer than 25 MiB"));
    }
    let mut letter = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.into_iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                letter.extend(b"\r\n");
            }
            byte => letter.push(byte),
        }
    }
    // lettre puts CR LF behind the letter before the dot that ends it, also where there is one already.
    letter.truncate(letter.strip_suffix(b"\r\n").unwrap_or(&letter).len());
    Ok(letter)
}
// ANCHOR_END: letter

// ANCHOR: send
/// Sends the letter to each recipient, with an envelope of its own. In one envelope for all, SMTP can accept some and
/// refuse others; but lettre gives up at the first one that is refused, and then nobody gets the letter.
fn send_all(
    server: &str,
    arguments: &Arguments,
    from: &Address,
    to: &[Address],
    letter: &[u8],
) -> Result<(), Problem> {
    let mut refused = 0;
    for to in to {
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
            .map_err(|error| Problem(error.to_string()))?;
        let (mailer, secrets) = mailer(server, arguments)?;
        // All of it: the connection, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA with the dots doubled, QUIT.
        match mailer.send_raw(&envelope, letter) {
            Ok(reply) => {
                let text: Vec<_> = reply.message().collect();
                let text = hide(&text.join(" / "), &secrets);
                println!("accepted for {to}: {} {text}", reply.code());
            }
            // About this letter or this recipient. What else fails would fail for all.
            Err(error) if error.status().is_some_and(|code| !about_us(code)) => {
                refused += 1;
                println!("refused for {to}: {}", hide(&error.to_string(), &secrets));
            }
            Err(error) => return Err(Problem(hide(&explain(&error), &secrets))),
        }
    }
    match refused {
        0 => Ok(()),
        _ => Err(Problem(format!(
            "{refused} of {} recipients refused: see the replies",
            to.len()
        ))),
    }
}

/// Whether a reply is about who we are (RFC 4954 §6, §4) or that the server is closing, and not about the letter.
fn about_us(code: smtp::response::Code) -> bool {
    matches!(u16::from(code), 421 | 454 | 530 | 534 | 535 | 538)
}
// ANCHOR_END: send

// ANCHOR: mailer
/// A lettre transport for one letter, and what must not be shown of it.
fn mailer(server: &str, arguments: &Arguments) -> Result<(SmtpTransport, Vec<String>), Problem> {
    let at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
    if at.is_empty() {
        return Err(Problem(
            "no such place: write HOST:PORT, such as 127.0.0.1:7587".into(),
        ));
    }
    let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
    let host = server.rsplit_once(':').unwrap_or_default().0;
    let host = host.trim_matches(['[', ']']);
    let tls = match arguments.tls {
        Encryption::None if local => Tls::None,
        Encryption::None => {
            return Err(Problem(
                "it is not on this machine: ask for TLS with --tls implicit or --tls starttls"
                    .into(),
            ));
        }
        // Not `Tls::Opportunistic`: that goes on in the clear where STARTTLS is not offered, password and all.
        Encryption::Starttls => Tls::Required(trust(arguments, host, local)?),
        Encryption::Implicit => Tls::Wrapper(trust(arguments, host, local)?),
    };
    let credentials = credentials(arguments, local)?;
    let server = dial(&at).map_err(|error| Problem(advice(&error)))?;
    let fence = fence(server, arguments.tls == Encryption::Starttls)
        .map_err(|error| Problem(error.to_string()))?;
    let mut mailer = SmtpTransport::builder_dangerous(fence.ip().to_string())
        .port(fence.port())
        .tls(tls)
        .timeout(Some(PATIENCE))
        // Else lettre tells every server the name of this machine.
        .hello_name(ClientId::Ipv4(Ipv4Addr::LOCALHOST));
    let mut secrets = Vec::new();
    if let Some((user, password)) = credentials {
        secrets = vec![
            BASE64_STANDARD.encode(format!("\0{user}\0{password}")),
            BASE64_STANDARD.encode(&password),
            password.clone(),
        ];
        mailer = mailer.credentials(Credentials::new(user, password));
    }
    Ok((mailer.build(), secrets))
}
// ANCHOR_END: mailer

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

/// Whose mailbox it is, and the password.
fn credentials(arguments: &Arguments, local: bool) -> Result<Option<(String, String)>, Problem> {
    match &arguments.user {
        _ if arguments.no_auth => Ok(None),
        Some(user) => match env::var("LOOPBACK_MAIL_PASSWORD") {
            Ok(password) if !password.is_empty() => Ok(Some((user.clone(), password))),
            _ => Err(Problem(
                "set the environment variable LOOPBACK_MAIL_PASSWORD to the password of --user"
                    .into(),
            )),
        },
        None if local => Ok(Some(("ada".into(), "lovelace".into()))),
        None => Err(Problem("say who signs in, with --user".into())),
    }
}

// ANCHOR: trust
/// Whom we believe: the CA in a file and nobody else, or those that browsers believe.
fn trust(arguments: &Arguments, host: &str, local: bool) -> Result<TlsParameters, Problem> {
    let mut tls = TlsParameters::builder(host.into());
    let own = env::temp_dir().join("loopback_post_office/ca.pem");
    if let Some(file) = arguments.ca.as_ref().or(local.then_some(&own)) {
        let unusable = |why| {
            Problem(format!(
                "cannot use the CA in {}: {why}: start mail_server_26, or give --ca",
                file.display()
            ))
        };
        let pem = fs::read(file).map_err(|error| unusable(error.to_string()))?;
        let ca = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
        tls = tls
            .certificate_store(CertificateStore::None)
            .add_root_certificate(ca);
    }
    tls.build().map_err(|error| Problem(error.to_string()))
}
// ANCHOR_END: trust

// ANCHOR: fence
/// Stands between lettre and the server, for two things that version 0.11 does not look after. lettre reads a line to its
/// end before it looks how long it is, so a server that never ends one would fill our memory: this hands on no more than
/// a limit. And what waits behind the reply to STARTTLS, said in the clear by anybody, lettre takes for the first words
/// said in TLS: this lets no reply through with something behind it.
fn fence(server: TcpStream, starttls: bool) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        let (lettre, _) = listener.accept()?;
        if !starttls || until_tls(&lettre, &server).is_ok() {
            let (mut from, mut to) = (lettre.try_clone()?, server.try_clone()?);
            thread::spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                to.shutdown(Shutdown::Write)
            });
            let _ = io::copy(&mut (&server).take(LONGEST_ANSWER), &mut &lettre);
        }
        lettre.shutdown(Shutdown::Both)
    });
    Ok(address)
}

/// Hands on a reply, then a command, in turns, until lettre begins its handshake.
fn until_tls(mut lettre: &TcpStream, mut server: &TcpStream) -> io::Result<()> {
    let mut replies = BufReader::new(server.take(LONGEST_ANSWER));
    let mut commands = BufReader::new(lettre);
    let mut command = Vec::new();
    loop {
        let mut reply = Vec::new();
        loop {
            let start = reply.len();
            replies.read_until(b'\n', &mut reply)?;
            // `250-` says that another line follows.
            if reply.get(start + 3) != Some(&b'-') {
                break;
            }
        }
        if !reply.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !replies.buffer().is_empty() {
            reply =
                b"421 more came in the clear than a reply: is somebody in between?\r\n".to_vec();
            command.clear();
        }
        lettre.write_all(&reply)?;
        if command == b"STARTTLS\r\n" {
            // Not before lettre speaks TLS does it hear more.
            return lettre.peek(&mut [0]).map(drop);
        }
        command.clear();
        commands.read_until(b'\n', &mut command)?;
        if command.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        server.write_all(&command)?;
    }
}
// ANCHOR_END: fence

/// What went wrong, and what to do, in one line.
struct Problem(String);

/// What lettre's error says, with what to do where we know.
fn explain(error: &smtp::Error) -> String {
    let advice = match error.status().map(u16::from) {
        Some(421 | 454) => "no letter was sent; try again later",
        Some(530 | 534 | 538) => "sign in, or ask for TLS",
        Some(535) => "check the name and the password",
        _ => {
            let causes = std::iter::successors(error.source(), |cause| (*cause).source());
            let mut causes = causes.filter_map(|cause| cause.downcast_ref::<io::Error>());
            match causes.next() {
                Some(cause) => return self::advice(cause),
                None => "is it an SMTP server, and does it offer what you ask for?",
            }
        }
    };
    format!("{error}: {advice}")
}

/// What to do about an error of the connection.
fn advice(error: &io::Error) -> String {
    use io::ErrorKind::*;
    match error.kind() {
        // Unix says WouldBlock when the time is up, Windows says TimedOut.
        WouldBlock | TimedOut => {
            format!("it was silent for {} s: is it busy?", PATIENCE.as_secs())
        }
        ConnectionRefused => "nobody listens there: start mail_server_26 first".into(),
        UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected => {
            "it cut the connection: its terminal may say why".into()
        }
        // A bad certificate shows in the handshake, before AUTH; other bytes that make no sense may come later.
        InvalidData => match error.get_ref().and_then(|cause| cause.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(_)) => {
                format!("{error}: no password was sent; check --server and --ca")
            }
            _ => format!("{error}: is it an SMTP server, and the right port for --tls?"),
        },
        _ => error.to_string(),
    }
}

/// No password, also where the server sends it back.
fn hide(text: &str, secrets: &[String]) -> String {
    let hidden = secrets
        .iter()
        .fold(text.to_owned(), |text, secret| text.replace(secret, "***"));
    printable(&hidden)
}

/// A control character could do things to your terminal.
fn printable(text: &str) -> String {
    text.trim_end().replace(char::is_control, "?")
}
