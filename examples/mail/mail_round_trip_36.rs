//! # The round trip: compose, send, deliver, fetch twice, compare
//!
//! Composes a letter, sends it by SMTP, fetches it by POP3 and by IMAP, and compares what came with what went, byte for
//! byte: what the hops have added is told apart from what was sent.
//!
//! The post office in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example mail_round_trip_36
//! $ cargo run --example mail_round_trip_36 -- --tls implicit
//! ```
//!
//! Expect two headers that the post office has put in front, `Return-Path` and `Received`, and below them the same bytes.
//!
//! Your own provider: `LOOPBACK_MAIL_PASSWORD` in the environment, then `--tls implicit --user you@provider.example
//! --smtp smtp.provider.example:465 --pop3 pop.provider.example:995 --imap imap.provider.example:993`. It sends a letter to
//! you, which stays in your mailbox. Providers add more, and some write parts of a letter anew: it says what differs,
//! and fails only where a text or an attachment is not what was sent.
//!
//! Try next: `cargo run --example mail_read_29` with the file that the post office keeps.
//!
//! Not for production: it looks for its letter among the newest ten, and gives up after 20 seconds.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::{Parser, ValueEnum};
use lettre::{
    Message,
    message::{Attachment, MultiPart, SinglePart, header::ContentType},
};
use mail_parser::MessageParser;
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
    process::{self, ExitCode},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, SystemTime},
};

/// How long we wait for one step: a connection, a part of a reply.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long all of it may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(20);

/// How often we look for the letter, and how long we wait before we look again. The post office needs one look.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// How long a line of a server may be, how many lines an answer may have, and how long a letter may be.
const LONGEST_LINE: u64 = 8_192;
const MOST_LINES: usize = 200;
const LONGEST_LETTER: usize = 1 << 20;

/// Sends a letter, fetches it by POP3 and by IMAP, and compares.
#[derive(Parser)]
struct Arguments {
    /// Where to send, as HOST:PORT [default: the post office's port for --tls, as with the next two]
    #[arg(long)]
    smtp: Option<String>,
    /// Where to fetch by POP3
    #[arg(long)]
    pop3: Option<String>,
    /// Where to fetch by IMAP
    #[arg(long)]
    imap: Option<String>,
    /// Whose mailbox it is; the password comes from LOOPBACK_MAIL_PASSWORD [default: from ada to grace]
    #[arg(long)]
    user: Option<String>,
    /// How the connections are encrypted
    #[arg(long, value_enum, default_value_t = Tls::None)]
    tls: Tls,
    /// The certificate of the authority (CA) to trust, a PEM file [default: the post office's]
    #[arg(long)]
    ca: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Tls {
    None,
    Starttls,
    Implicit,
}

/// Who sends, or who fetches.
struct Account {
    name: String,
    address: String,
    password: String,
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
            eprintln!("mail_round_trip_36: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

/// Holds the round trip on a thread of its own, and waits for it no longer than it may take.
fn run(arguments: Arguments) -> Result<(), String> {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(round_trip(&arguments)));
    match ended.recv_timeout(WHOLE) {
        Ok(result) => result.map_err(|Problem(why)| why),
        Err(_) => Err(format!(
            "not back after {} s: a server is too slow",
            WHOLE.as_secs()
        )),
    }
}

// ANCHOR: round_trip
fn round_trip(arguments: &Arguments) -> Result<(), Problem> {
    let (sender, reader) = accounts(arguments)?;
    let id = new_id(&sender.address);
    let sent = compose(&sender.address, &reader.address, &id)?;
    println!("composed {} bytes, {id}", sent.len());

    let reply = send(arguments, &sender, &reader.address, &sent)
        .map_err(|Problem(why)| Problem(format!("sending failed: {why}")))?;
    println!("sent: {reply}");

    let by_pop3 = look(|| fetch_by_pop3(arguments, &reader, &id))
        .map_err(|Problem(why)| Problem(format!("fetching by POP3 failed: {why}")))?;
    println!("fetched {} bytes by POP3", by_pop3.len());
    compare(&sent, &by_pop3)?;

    let by_imap = look(|| fetch_by_imap(arguments, &reader, &id))
        .map_err(|Problem(why)| Problem(format!("fetching by IMAP failed: {why}")))?;
    println!("fetched {} bytes by IMAP", by_imap.len());
    compare(&sent, &by_imap)
}

/// Looks for the letter now and then: from one machine to another, it may take a while.
fn look(fetch: impl Fn() -> Result<Option<Vec<u8>>, Problem>) -> Result<Vec<u8>, Problem> {
    for _ in 0..LOOKS {
        if let Some(letter) = fetch()? {
            return Ok(letter);
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    Err("the letter is not there: is it among the junk, or the mailbox in use?".into())
}
// ANCHOR_END: round_trip

// ANCHOR: compose
/// A letter with what gets lost most easily: a line that begins with a dot, a dot alone, spaces at the end of a line, letters
/// that are not ASCII, and an attachment with every byte there is.
fn compose(from: &str, to: &str, id: &str) -> Result<Vec<u8>, Problem> {
    let text = "Dear reader,\n.a dot first\n.\n..\nspaces at the end:  \nGrüße, 你好\n";
    let bytes: Vec<u8> = (0..=255).collect();
    let letter = || -> Result<Message, Box<dyn std::error::Error>> {
        let bytes = Attachment::new("bytes.bin".into())
            .body(bytes, ContentType::parse("application/octet-stream")?);
        Ok(Message::builder()
            .from(from.parse()?)
            .to(to.parse()?)
            .subject("Round trip: hin und zurück")
            .message_id(Some(id.to_owned()))
            .multipart(
                MultiPart::mixed()
                    // Else it is a new one each time, and the recorded run in the book could not be compared.
                    .boundary("=_text_and_bytes")
                    .singlepart(SinglePart::plain(text.to_owned()))
                    .singlepart(bytes),
            )?)
    };
    let letter = letter().map_err(|error| Problem(format!("cannot compose: {error}")))?;
    Ok(letter.formatted())
}

/// An id that no other letter has: the time, this process, and a domain of ours (RFC 5322 §3.6.4).
fn new_id(address: &str) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or_default().as_nanos();
    let domain = address.rsplit_once('@').unwrap_or_default().1;
    format!("<{now:016x}.{:08x}@{domain}>", process::id())
}
// ANCHOR_END: compose

// ANCHOR: send
/// SMTP: the envelope, then the letter with its dots doubled, then a dot alone.
fn send(
    arguments: &Arguments,
    sender: &Account,
    to: &str,
    letter: &[u8],
) -> Result<String, Problem> {
    let mut smtp = Talk::open(arguments, Protocol::Smtp, sender)?;
    smtp.ask(&format!("AUTH PLAIN {}", sender.plain()))?;
    smtp.ask(&format!("MAIL FROM:<{}>", sender.address))?;
    smtp.ask(&format!("RCPT TO:<{to}>"))?;
    smtp.write(b"DATA\r\n")?;
    refused_unless(smtp.line()?, "354")?;
    for line in letter.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            smtp.write(b".")?;
        }
        smtp.write(line)?;
    }
    let reply = smtp.ask(".")?;
    let _ = smtp.ask("QUIT");
    Ok(reply.concat())
}
// ANCHOR_END: send

// ANCHOR: pop3
/// POP3: the newest letters have the highest numbers. TOP shows the headers alone, RETR all of a letter.
fn fetch_by_pop3(
    arguments: &Arguments,
    reader: &Account,
    id: &str,
) -> Result<Option<Vec<u8>>, Problem> {
    let mut pop3 = Talk::open(arguments, Protocol::Pop3, reader)?;
    pop3.ask(&format!("USER {}", reader.name))?;
    match pop3.ask(&format!("PASS {}", reader.password)) {
        // Another program reads the mailbox just now: POP3 lets in one at a time (RFC 2449 §8.1.2).
        Err(Problem(why)) if why.starts_with("-ERR [IN-USE]") => return Ok(None),
        welcome => welcome?,
    };
    let stat = pop3.ask("STAT")?.concat();
    let count = stat.split(' ').nth(1).and_then(|count| count.parse().ok());
    let count: u32 = count.ok_or("its reply to STAT has no number")?;
    let mut found = None;
    for number in (1..=count).rev().take(10) {
        pop3.ask(&format!("TOP {number} 0"))?;
        let headers = pop3.letter()?;
        if String::from_utf8_lossy(&headers).contains(id) {
            pop3.ask(&format!("RETR {number}"))?;
            found = Some(pop3.letter()?);
            break;
        }
    }
    let _ = pop3.ask("QUIT");
    Ok(found)
}
// ANCHOR_END: pop3

// ANCHOR: imap
/// IMAP: the server searches. EXAMINE and BODY.PEEK, so that the letter does not count as read.
fn fetch_by_imap(
    arguments: &Arguments,
    reader: &Account,
    id: &str,
) -> Result<Option<Vec<u8>>, Problem> {
    let mut imap = Talk::open(arguments, Protocol::Imap, reader)?;
    imap.ask(&format!(
        "LOGIN {} {}",
        quoted(&reader.name),
        quoted(&reader.password)
    ))?;
    imap.ask("EXAMINE INBOX")?;
    let lines = imap.ask(&format!("UID SEARCH HEADER Message-ID {}", quoted(id)))?;
    let found = lines.iter().find_map(|line| line.strip_prefix("* SEARCH "));
    let Some(uid) = found.and_then(|uids| uids.split(' ').next_back()?.parse::<u32>().ok()) else {
        let _ = imap.ask("LOGOUT");
        return Ok(None);
    };
    imap.ask(&format!("UID FETCH {uid} BODY.PEEK[]"))?;
    let letter = imap
        .literal
        .take()
        .ok_or("its answer to FETCH has no letter in it")?;
    let _ = imap.ask("LOGOUT");
    Ok(Some(letter))
}
// ANCHOR_END: imap

// ANCHOR: compare
/// Every hop puts its headers in front, so what was sent should be the end of what has come.
fn compare(sent: &[u8], came: &[u8]) -> Result<(), Problem> {
    if let Some(added) = came.strip_suffix(sent) {
        for field in fields(added) {
            println!("  added: {}", printable(&field));
        }
        println!("  and the rest is what was sent, byte for byte");
        return Ok(());
    }
    let (sent_headers, sent_body) = split(sent);
    let (came_headers, came_body) = split(came);
    let (ours, theirs) = (fields(sent_headers), fields(came_headers));
    for field in theirs.iter().filter(|field| !ours.contains(field)) {
        println!("  added, or written anew: {}", printable(field));
    }
    for field in ours.iter().filter(|field| !theirs.contains(field)) {
        println!("  no longer as it was: {}", printable(field));
    }
    if sent_body == came_body {
        println!("  and the body is what was sent, byte for byte");
        return Ok(());
    }
    let same = sent_body
        .iter()
        .zip(came_body)
        .take_while(|(a, b)| a == b)
        .count();
    println!("  the body differs from byte {same} on: is it the same, decoded?");
    match decoded(sent) == decoded(came) {
        true => println!("  and the text and the attachment are what was sent"),
        false => return Err("the text or the attachment is not what was sent".into()),
    }
    Ok(())
}

/// What a reader gets to see: texts and attachments, without their encodings.
fn decoded(letter: &[u8]) -> Option<(String, Vec<Vec<u8>>)> {
    let letter = MessageParser::default().parse(letter)?;
    let text = letter.body_text(0)?.replace("\r\n", "\n");
    let attachments = letter.attachments().map(|part| part.contents().to_vec());
    Some((text.trim_end().to_owned(), attachments.collect()))
}

/// A letter's headers and its body: an empty line is between them.
fn split(letter: &[u8]) -> (&[u8], &[u8]) {
    let end = letter.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    letter.split_at(end.map_or(letter.len(), |end| end + 2))
}

/// The headers, each with the lines that continue it: those begin with a space or a tab.
fn fields(headers: &[u8]) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in String::from_utf8_lossy(headers).lines() {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => {
                field.push(' ');
                field.push_str(line.trim_start());
            }
            _ => fields.push(line.into()),
        }
    }
    fields
}
// ANCHOR_END: compare

// ANCHOR: talk
#[derive(Clone, Copy, PartialEq)]
enum Protocol {
    Smtp,
    Pop3,
    Imap,
}

/// A conversation in one of the three protocols.
struct Talk {
    stream: BufReader<Box<dyn Stream>>,
    protocol: Protocol,
    /// Of the last IMAP command: its reply comes back with it.
    tag: u32,
    /// The last literal in an answer of IMAP: its length in braces, then so many bytes.
    literal: Option<Vec<u8>>,
    /// What is never printed, also when the server sends it back.
    secrets: Vec<String>,
}

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

impl Talk {
    /// Connects, with TLS as it was asked for, and gets as far as signing in.
    fn open(arguments: &Arguments, protocol: Protocol, account: &Account) -> Result<Talk, Problem> {
        let server = server(arguments, protocol);
        let at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
        if at.is_empty() {
            return Err(Problem(format!("{server} is no place: write HOST:PORT")));
        }
        let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
        if arguments.tls == Tls::None && !local {
            return Err("it is not on this machine: ask for TLS with --tls implicit".into());
        }
        // The accounts of the post office are no secret; but they are nobody else's business.
        if arguments.user.is_none() && !local {
            return Err("say who signs in, with --user".into());
        }
        let tcp = dial(&at)?;
        tcp.set_read_timeout(Some(PATIENCE))?;
        tcp.set_write_timeout(Some(PATIENCE))?;
        let mut talk = Talk {
            stream: BufReader::new(Box::new(tcp.try_clone()?)),
            protocol,
            tag: 0,
            literal: None,
            secrets: vec![
                account.plain(),
                quoted(&account.password),
                account.password.clone(),
            ],
        };
        if arguments.tls == Tls::Implicit {
            talk.encrypt(tcp, &server, arguments, local)?;
            talk.greeting()?;
        } else {
            talk.greeting()?;
            if arguments.tls == Tls::Starttls {
                talk.hello()?;
                let begin = if protocol == Protocol::Pop3 {
                    "STLS"
                } else {
                    "STARTTLS"
                };
                talk.ask(begin).map_err(|Problem(why)| {
                    Problem(format!("no TLS, so no password was sent: {why}"))
                })?;
                talk.encrypt(tcp, &server, arguments, local)?;
            }
        }
        talk.hello()?;
        Ok(talk)
    }

    /// The server speaks first.
    fn greeting(&mut self) -> Result<(), Problem> {
        match self.protocol {
            Protocol::Smtp => self.smtp_reply().map(drop),
            Protocol::Imap => refused_unless(self.line()?, "* OK").map(drop),
            Protocol::Pop3 => refused_unless(self.line()?, "+OK").map(drop),
        }
    }

    /// SMTP alone wants to know who we are.
    fn hello(&mut self) -> Result<(), Problem> {
        match self.protocol {
            Protocol::Smtp => self.ask("EHLO [127.0.0.1]").map(drop),
            _ => Ok(()),
        }
    }

    /// Sends a command, and gives back what the server says if it agrees.
    fn ask(&mut self, command: &str) -> Result<Vec<String>, Problem> {
        if command.contains(['\r', '\n', '\0']) {
            return Err("there is a line end in --user or in the password".into());
        }
        self.tag += 1;
        let tag = format!("a{} ", self.tag);
        let tagged = if self.protocol == Protocol::Imap {
            &tag
        } else {
            ""
        };
        self.write(format!("{tagged}{command}\r\n").as_bytes())?;
        match self.protocol {
            Protocol::Smtp => self.smtp_reply(),
            Protocol::Pop3 => Ok(vec![refused_unless(self.line()?, "+OK")?]),
            Protocol::Imap => {
                let mut lines = Vec::new();
                let mut goes_on = false;
                while lines.len() < MOST_LINES {
                    let line = self.line()?;
                    if !goes_on && line.starts_with(&tag) {
                        refused_unless(line, &format!("{tag}OK"))?;
                        return Ok(lines);
                    }
                    if !goes_on && !line.starts_with("* ") {
                        return Err("that is no answer: is it an IMAP server?".into());
                    }
                    // `{42}` at its end: 42 bytes follow, and then the line goes on.
                    let literal = line.strip_suffix('}').and_then(|it| it.rsplit_once('{'));
                    goes_on = literal.is_some();
                    if let Some((_, length)) = literal {
                        self.literal = Some(self.bytes(length)?);
                    }
                    lines.push(line);
                }
                Err("its answer has no end".into())
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.stream.get_mut().write_all(bytes)?;
        Ok(self.stream.get_mut().flush()?)
    }

    /// A line with `-` behind its code is not the last one.
    fn smtp_reply(&mut self) -> Result<Vec<String>, Problem> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let line = refused_unless(self.line()?, "2")?;
            let last = line.get(3..4) != Some("-");
            lines.push(line);
            if last {
                return Ok(lines);
            }
        }
        Err("its reply has no end".into())
    }

    /// A line as it may be shown.
    fn line(&mut self) -> Result<String, Problem> {
        let line = self.raw_line()?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let hide = |line: String, secret: &String| line.replace(secret, "***");
        Ok(printable(&self.secrets.iter().fold(line, hide)))
    }

    fn raw_line(&mut self) -> Result<Vec<u8>, Problem> {
        let mut line = Vec::new();
        let limited = &mut (&mut self.stream).take(LONGEST_LINE);
        limited.read_until(b'\n', &mut line)?;
        match (line.is_empty(), line.ends_with(b"\r\n")) {
            (true, _) => Err("it hung up: its terminal may say why".into()),
            (_, false) => Err("its line is too long, or does not end with CR LF".into()),
            _ => Ok(line),
        }
    }

    /// Lines until a dot stands alone. Every other line that begins with a dot had one more on its way (RFC 1939 §3).
    fn letter(&mut self) -> Result<Vec<u8>, Problem> {
        let mut letter = Vec::new();
        loop {
            let line = self.raw_line()?;
            if line == b".\r\n" {
                return Ok(letter);
            }
            letter.extend(line.strip_prefix(b".").unwrap_or(&line));
            if letter.len() > LONGEST_LETTER {
                return Err("its letter has no end".into());
            }
        }
    }

    fn bytes(&mut self, length: &str) -> Result<Vec<u8>, Problem> {
        let length = length
            .parse()
            .ok()
            .filter(|length| *length <= LONGEST_LETTER);
        let length = length.ok_or("it announces a letter that is too long")?;
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The line itself if it begins with this, and what it says as a problem if not.
fn refused_unless(line: String, start: &str) -> Result<String, Problem> {
    match line.starts_with(start) {
        true => Ok(line),
        false => Err(Problem(format!("{line}: mailbox_check_27 may show why"))),
    }
}

/// A string of IMAP.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
// ANCHOR_END: talk

impl Account {
    /// For AUTH PLAIN (RFC 4616).
    fn plain(&self) -> String {
        BASE64_STANDARD.encode(format!("\0{}\0{}", self.name, self.password))
    }
}

/// Who sends, and who fetches.
fn accounts(arguments: &Arguments) -> Result<(Account, Account), Problem> {
    let account = |name: &str, address: String, password: &str| Account {
        name: name.into(),
        address,
        password: password.into(),
    };
    let Some(user) = &arguments.user else {
        let here =
            |name: &str, password| account(name, format!("{name}@loopback.example"), password);
        return Ok((here("ada", "lovelace"), here("grace", "hopper")));
    };
    match env::var("LOOPBACK_MAIL_PASSWORD") {
        Ok(password) if !password.is_empty() => {
            let us = || account(user, user.clone(), &password);
            Ok((us(), us()))
        }
        _ => Err(
            "set the environment variable LOOPBACK_MAIL_PASSWORD to the password of --user".into(),
        ),
    }
}

/// Which server speaks this protocol.
fn server(arguments: &Arguments, protocol: Protocol) -> String {
    let implicit = arguments.tls == Tls::Implicit;
    let (given, port) = match protocol {
        Protocol::Smtp => (&arguments.smtp, if implicit { 7465 } else { 7587 }),
        Protocol::Pop3 => (&arguments.pop3, if implicit { 7995 } else { 7110 }),
        Protocol::Imap => (&arguments.imap, if implicit { 7993 } else { 7143 }),
    };
    given.clone().unwrap_or_else(|| format!("127.0.0.1:{port}"))
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
