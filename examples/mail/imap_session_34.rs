//! # A mailbox that stays on the server: IMAP
//!
//! Signs in to the IMAP port of `mail_server_26` with the crate async-imap; looks at the folders and at the newest letter;
//! then writes a draft, flags it, searches for it, moves it and deletes it, in two folders of its own. Every line is
//! printed: `>` before what the client sent, `<` before what the server answered, `=` before what the client makes of it.
//!
//! The post office in one terminal; in another a letter to ada, then this client:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example smtp_by_hand_30 -- --to ada@loopback.example
//! $ cargo run --example imap_session_34
//! ```
//!
//! Expect a tag before each command, and the same tag before the line that ends its answer; lines with `*` are data. `--help`
//! lists the flags. With `--user` the password comes from the environment variable `LOOPBACK_MAIL_PASSWORD`, and never from
//! an argument. What it changes: it creates the folders `loopback-34-desk` and `loopback-34-archive`, puts one letter into
//! them, and deletes all three (and folders of these names that an earlier session left). INBOX is opened to be read only.
//!
//! Try next: `--wait 60`, and send another letter to ada meanwhile: the server says so without being asked.
//!
//! Not for production: it keeps nothing, so it asks anew each time; a mail program remembers UIDs, and asks for what is new.

use async_imap::{
    Client, Session, error::Error as ImapError, extensions::idle::IdleResponse, types::Fetch,
};
use clap::{Parser, ValueEnum};
use futures_util::TryStreamExt;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    env, fmt,
    future::Future,
    io,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, BufWriter, ReadBuf},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// How long we wait for one step: a connection, the answer to a command.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the whole session may take, and as much longer as `--wait` says.
const WHOLE: Duration = Duration::from_secs(15);

/// How long a line may be, in bytes, and how long all that the server says. async-imap itself takes up to 512 MiB at once.
const LONGEST_LINE: usize = 65_536;
const LONGEST_SESSION: usize = 1 << 20;
/// How many lines: each is shown, so a megabyte of short ones would be long in passing.
const MOST_LINES: usize = 5_000;

/// The folders that we make, and delete.
const DESK: &str = "loopback-34-desk";
const ARCHIVE: &str = "loopback-34-archive";

/// The letter that we put into them. What looks like the length of a literal is text, within a literal.
const DRAFT: &str = "From: ada@loopback.example\r\nTo: grace@loopback.example\r\nSubject: A draft, not sent\r\n\r\n\
    In here, {3}\r\nis text: the server counts bytes, and looks for no brace.\r\n";

/// Reads a mailbox by IMAP, and prints every line of it.
#[derive(Parser)]
struct Arguments {
    /// The server, as HOST:PORT [default: 127.0.0.1:7143; with implicit TLS 127.0.0.1:7993]
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
    /// Then wait for news for so many seconds
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=1500))]
    wait: u64,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Tls {
    None,
    Starttls,
    Implicit,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match Arguments::try_parse() {
        Ok(arguments) => run(arguments).await,
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
            eprintln!("imap_session_34: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

/// Holds the session, for no longer than it may take.
async fn run(arguments: Arguments) -> Result<(), String> {
    let server = arguments.server.clone().unwrap_or(match arguments.tls {
        Tls::Implicit => "127.0.0.1:7993".into(),
        _ => "127.0.0.1:7143".into(),
    });
    let limit = WHOLE + Duration::from_secs(arguments.wait);
    let all = async {
        let imap = connect(&server, &arguments).await?;
        session(imap, Duration::from_secs(arguments.wait)).await
    };
    match timeout(limit, all).await {
        Ok(result) => {
            // The server's words may be in it, and in these the password.
            let password = env::var("LOOPBACK_MAIL_PASSWORD").unwrap_or_default();
            let hide = |why| hide(why, &forms(&password));
            result
                .map_err(|Problem(why)| format!("the session with {server} failed: {}", hide(why)))
        }
        Err(_) => Err(format!(
            "the session with {server} was not over after {} s: the server is too slow",
            limit.as_secs()
        )),
    }
}

// ANCHOR: session
async fn session(mut imap: Imap, wait: Duration) -> Result<(), Problem> {
    let able = step(imap.capabilities()).await?;
    let folders: Vec<_> =
        step(async { imap.list(Some(""), Some("*")).await?.try_collect().await }).await?;
    println!("= folders: {}", folders.len());

    look(&mut imap).await?;

    // What an earlier session of this program has left, if it was cut.
    for folder in folders.iter().map(|folder| folder.name()) {
        if [DESK, ARCHIVE].contains(&folder) {
            step(imap.delete(folder)).await?;
        }
    }
    step(imap.create(DESK)).await?;
    step(imap.create(ARCHIVE)).await?;
    // The letter goes as a literal: its length first, and when the server wants it, its bytes.
    step(imap.append(DESK, Some("(\\Draft)"), None, DRAFT)).await?;
    file(&mut imap, able.has_str("MOVE")).await?;
    step(imap.delete(DESK)).await?;
    step(imap.delete(ARCHIVE)).await?;

    if !wait.is_zero() {
        imap = listen(imap, wait).await?;
    }
    step(imap.logout()).await
}
// ANCHOR_END: session

// ANCHOR: look
/// Looks at the newest letter, and changes nothing, not even that it has not been seen.
async fn look(imap: &mut Imap) -> Result<(), Problem> {
    // SELECT opens a folder; EXAMINE does the same, to be read only.
    let inbox = step(imap.examine("INBOX")).await?;
    let unseen = step(imap.search("UNSEEN")).await?;
    println!(
        "= letters in INBOX: {}, not seen: {}",
        inbox.exists,
        unseen.len()
    );
    if inbox.exists > 0 {
        // What a list of letters shows, without the letters: the server takes them apart.
        let newest = inbox.exists.to_string();
        let letters = fetch(
            imap,
            &newest,
            "(UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
        )
        .await?;
        for letter in &letters {
            let subject = letter
                .envelope()
                .and_then(|envelope| envelope.subject.as_deref());
            let subject = String::from_utf8_lossy(subject.unwrap_or(b"without a subject"));
            println!(
                "= the newest: {}, {} bytes",
                printable(&subject),
                letter.size.unwrap_or(0)
            );
        }
        // Of its first part the first 200 bytes. BODY[1] would set \Seen; BODY.PEEK[1] does not.
        fetch(imap, &newest, "BODY.PEEK[1]<0.200>").await?;
    }
    Ok(())
}

/// One FETCH, and all answers to it.
async fn fetch(imap: &mut Imap, letters: &str, items: &str) -> Result<Vec<Fetch>, Problem> {
    step(async { imap.fetch(letters, items).await?.try_collect().await }).await
}
// ANCHOR_END: look

// ANCHOR: file
/// Flags the draft, finds it again, moves it, and deletes it.
async fn file(imap: &mut Imap, able_to_move: bool) -> Result<(), Problem> {
    step(imap.select(DESK)).await?;
    // A number counts from 1 in this session, and sinks when a letter before it goes. The UID stays.
    let found = step(imap.uid_search("SUBJECT draft")).await?;
    let Some(uid) = found.iter().next().map(u32::to_string) else {
        return Err("the draft that it took is not in its folder".into());
    };
    store(imap, &uid, "+FLAGS (\\Flagged)").await?;
    if able_to_move {
        step(imap.uid_mv(&uid, ARCHIVE)).await?;
    } else {
        // Without the extension MOVE (RFC 6851), in three steps.
        step(imap.uid_copy(&uid, ARCHIVE)).await?;
        store(imap, &uid, "+FLAGS.SILENT (\\Deleted)").await?;
        expunge(imap).await?;
    }
    let archive = step(imap.select(ARCHIVE)).await?;
    println!("= letters in the archive: {}", archive.exists);
    // Deleting is a flag. The letter goes at EXPUNGE, and until then everybody can take the flag off again.
    store(imap, "1:*", "+FLAGS (\\Deleted)").await?;
    expunge(imap).await?;
    step(imap.close()).await
}
// ANCHOR_END: file

async fn store(imap: &mut Imap, letters: &str, change: &str) -> Result<(), Problem> {
    let by_uid = step(async {
        let answers = imap.uid_store(letters, change).await?;
        answers.try_collect::<Vec<_>>().await
    });
    by_uid.await.map(drop)
}

async fn expunge(imap: &mut Imap) -> Result<(), Problem> {
    let numbers: Vec<u32> = step(async { imap.expunge().await?.try_collect().await }).await?;
    println!("= gone: {numbers:?}");
    Ok(())
}

// ANCHOR: listen
/// IDLE (RFC 2177): the server tells what happens while nobody asks, until we say DONE.
async fn listen(mut imap: Imap, longest: Duration) -> Result<Imap, Problem> {
    step(imap.examine("INBOX")).await?;
    let mut idle = imap.idle();
    step(idle.init()).await?;
    let (news, _until_dropped) = idle.wait_with_timeout(longest);
    match news.await? {
        IdleResponse::NewData(_) => println!("= news, and nobody had asked"),
        IdleResponse::Timeout => println!("= no news for {} s", longest.as_secs()),
        // That is what async-imap says when the connection has ended.
        IdleResponse::ManualInterrupt => return Err(ImapError::ConnectionLost.into()),
    }
    step(idle.done()).await
}
// ANCHOR_END: listen

/// A session, over whatever carries it.
type Imap = Session<Carrier>;
type Carrier = Wire<Box<dyn Stream>>;

/// TCP, or TLS over it.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for T {}

// ANCHOR: connect
/// Opens the connection, has it encrypted, and signs in. Without TLS, it does so on this machine alone: everybody on
/// the way could read the password.
async fn connect(server: &str, arguments: &Arguments) -> Result<Imap, Problem> {
    let at: Vec<_> = lookup_host(server).await.into_iter().flatten().collect();
    if at.is_empty() {
        return Err("no such place: write HOST:PORT, such as 127.0.0.1:7143".into());
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
    let tcp: Box<dyn Stream> = Box::new(dial(&at).await?);
    let tls = |tcp| async move {
        let encrypted = encrypt(tcp, server, arguments, local).await;
        encrypted.map_err(|Problem(why)| Problem(format!("no TLS, so no password was sent: {why}")))
    };
    let mut imap = match arguments.tls {
        Tls::None => greeted(tcp, &password).await?,
        Tls::Implicit => greeted(tls(tcp).await?, &password).await?,
        Tls::Starttls => {
            let mut plain = greeted(tcp, &password).await?;
            let lines_left = plain.get_ref().lines_left;
            step(plain.run_command_and_check_ok("STARTTLS", None)).await?;
            // Whatever has come behind the OK was not encrypted; somebody on the way could have put it there. It would
            // stay behind in this client, unread; but an honest server sends none (RFC 3501 §6.2.1).
            let wire = plain.into_inner();
            let is_one_line = lines_left - wire.lines_left == 1 && wire.is_at_the_end_of_a_line();
            if !is_one_line {
                return Err("it sent something before TLS began, so no password was sent".into());
            }
            // There is no second greeting.
            Client::new(Wire::new(tls(wire.stream.into_inner()).await?, &password))
        }
    };
    // A server that says so would not take the password, but would have seen it (RFC 3501 §6.2.3). async-imap reads what a
    // server is able to do in a session only, which is too late; so `Wire` looks.
    step(imap.run_command_and_check_ok("CAPABILITY", None)).await?;
    if imap.get_ref().login_disabled {
        return Err("it takes no password like this: ask for TLS with --tls starttls".into());
    }
    match timeout(PATIENCE, imap.login(user, password)).await {
        Ok(signed_in) => signed_in.map_err(|(error, _)| error.into()),
        Err(_) => Err(silent().into()),
    }
}

/// The server speaks first.
async fn greeted(stream: Box<dyn Stream>, password: &str) -> Result<Client<Carrier>, Problem> {
    let mut imap = Client::new(Wire::new(stream, password));
    let greeting = step(async { Ok(imap.read_response().await?) }).await?;
    match greeting.as_ref().map(|greeting| greeting.parsed()) {
        Some(async_imap::imap_proto::Response::Data {
            status: async_imap::imap_proto::Status::Ok,
            ..
        }) => Ok(imap),
        Some(_) => Err("it does not let us in: is it an IMAP server?".into()),
        None => Err(ImapError::ConnectionLost.into()),
    }
}
// ANCHOR_END: connect

/// The handshake, in which the server must prove to be the one that we have called.
async fn encrypt(
    tcp: Box<dyn Stream>,
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
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    let tls = timeout(PATIENCE, handshake)
        .await
        .map_err(|_| Problem(silent()))??;
    if let Some(version) = tls.get_ref().1.protocol_version() {
        println!("= {version:?}, with the certificate of {}", printable(host));
    }
    Ok(Box::new(tls))
}

/// A name may have several addresses, as `localhost` has 127.0.0.1 and ::1: the first that takes the connection is ours.
async fn dial(addresses: &[SocketAddr]) -> Result<TcpStream, Problem> {
    let mut tcp = Err(silent().into());
    for address in addresses {
        tcp = match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(dialled) => dialled.map_err(Problem::from),
            Err(_) => Err(silent().into()),
        };
        if tcp.is_ok() {
            break;
        }
    }
    tcp
}

/// Waits for one step, for no longer than it may take.
async fn step<T>(what: impl Future<Output = Result<T, ImapError>>) -> Result<T, Problem> {
    match timeout(PATIENCE, what).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(silent().into()),
    }
}

// ANCHOR: wire
/// async-imap shows nobody what passes. So this stands between it and the connection, and prints each line; and it ends
/// the session where the server says more than it should.
#[derive(Debug)]
struct Wire<S> {
    /// async-imap writes a command in pieces, and says when it is complete. So it goes out at once.
    stream: BufWriter<S>,
    hidden: Vec<String>,
    /// What has been sent, and is no whole line yet.
    sent: Vec<u8>,
    /// What has come, and is no whole line yet.
    come: Vec<u8>,
    /// How much of that is the end of a literal: in there, nothing is syntax.
    text: usize,
    /// How many bytes of a literal are still to come.
    literal: usize,
    /// How many bytes the server may still send, and how many lines.
    left: usize,
    lines_left: usize,
    login_disabled: bool,
}

impl<S: AsyncWrite> Wire<S> {
    fn new(stream: S, password: &str) -> Self {
        Wire {
            stream: BufWriter::new(stream),
            hidden: forms(password),
            sent: Vec::new(),
            come: Vec::new(),
            text: 0,
            literal: 0,
            left: LONGEST_SESSION,
            lines_left: MOST_LINES,
            login_disabled: false,
        }
    }

    fn is_at_the_end_of_a_line(&self) -> bool {
        self.come.is_empty()
    }

    /// Looks at one byte from the server.
    fn look_at(&mut self, byte: u8) -> Result<(), &'static str> {
        self.left = self.left.checked_sub(1).ok_or("its answers have no end")?;
        self.come.push(byte);
        if self.come.len() > LONGEST_LINE {
            return Err("its line is too long");
        }
        let within = self.literal > 0;
        if within {
            self.literal -= 1;
            self.text = self.come.len();
        }
        if byte == b'\n' {
            let lines_left = self.lines_left.checked_sub(1);
            self.lines_left = lines_left.ok_or("its answers have no end")?;
            let line = String::from_utf8_lossy(self.come.trim_ascii_end()).into_owned();
            println!("< {}", self.shown(&line));
            if !within {
                let syntax = &self.come[self.text..];
                self.literal = literal(syntax).unwrap_or(0);
                if self.literal > self.left {
                    return Err("it wants to send more than this program takes");
                }
                if line.starts_with("* CAPABILITY") {
                    self.login_disabled = line.to_uppercase().contains("LOGINDISABLED");
                }
            }
            self.come.clear();
            self.text = 0;
        }
        Ok(())
    }

    /// As it may be shown: without the password, should the server send it back.
    fn shown(&self, line: &str) -> String {
        printable(&hide(line.to_owned(), &self.hidden))
    }
}

/// How many bytes a line announces at its end: `{3}` (RFC 3501 §4.3).
fn literal(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}\r\n")?;
    let (_, number) = std::str::from_utf8(line).ok()?.rsplit_once('{')?;
    // A number that is too large for us is too large a literal.
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| number.parse().unwrap_or(usize::MAX))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() == before {
            // async-imap takes the end of the connection for the end of some answers: of that to SEARCH, for one.
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        for byte in &buffer.filled()[before..] {
            self.look_at(*byte).map_err(io::Error::other)?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        for byte in &bytes[..count] {
            self.sent.push(*byte);
            if *byte == b'\n' {
                let line = String::from_utf8_lossy(self.sent.trim_ascii_end()).into_owned();
                println!("> {}", self.shown(&line));
                self.sent.clear();
            }
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
// ANCHOR_END: wire

/// What a password may look like: as IMAP quotes it, as it is, and both as Rust prints a string for debugging.
fn forms(password: &str) -> Vec<String> {
    let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
    let forms = [quoted, password.to_owned()];
    let debugged = forms.clone().map(|form| form.escape_debug().to_string());
    debugged.into_iter().chain(forms).collect()
}

/// A text without any of these.
fn hide(text: String, secrets: &[String]) -> String {
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    secrets.fold(text, |text, secret| text.replace(secret, "***"))
}

/// What went wrong, and what to do, in one line.
struct Problem(String);

fn silent() -> String {
    format!("no whole answer for {} s: is it busy?", PATIENCE.as_secs())
}

impl From<&str> for Problem {
    fn from(why: &str) -> Self {
        Problem(why.into())
    }
}

impl From<String> for Problem {
    fn from(why: String) -> Self {
        Problem(why)
    }
}

impl From<ImapError> for Problem {
    fn from(error: ImapError) -> Self {
        match error {
            ImapError::Io(error) => error.into(),
            ImapError::ConnectionLost => io::Error::from(io::ErrorKind::UnexpectedEof).into(),
            // The server understood, and does not do it; or it did not understand. async-imap gives its words as
            // `code: …, info: Some("…")`.
            ImapError::No(words) | ImapError::Bad(words) => {
                let text = words.split_once("info: Some(\"").map(|(_, text)| text);
                let text = text.and_then(|text| text.strip_suffix("\")"));
                let advice = if words.contains("AUTHENTICATIONFAILED") {
                    "check the name and the password"
                } else {
                    "its terminal may say why"
                };
                Problem(format!("it answered {}: {advice}", text.unwrap_or("NO")))
            }
            ImapError::Append => "it did not take the draft: its terminal may say why".into(),
            ImapError::Parse(_) => "that is no answer: is it an IMAP server?".into(),
            other => Problem(other.to_string()),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::*;
        Problem(match error.kind() {
            ConnectionRefused => "nobody listens there: start mail_server_26 first".into(),
            UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected => {
                "it cut the connection: its terminal may say why".into()
            }
            // So does async-imap tell of what it cannot read: with all that it has.
            Other if error.to_string().contains("during parsing of") => {
                "that is no answer: is it an IMAP server?".into()
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
