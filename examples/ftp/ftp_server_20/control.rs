//! One control connection: passes commands to libunftp and replies to the client, shows both, and
//! does itself what libunftp does not.
//!
//! That is: TLS; `TYPE`; `REST` for one transfer only; `EPRT`; to whom an active data connection may
//! go; `ABOR` in the middle of a transfer; all limits.

use crate::{data, transfer::Transfer};
use std::{
    fmt::Display,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::{sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;

/// The longest line that we take. A path of 4096 bytes, Linux's longest, fits in.
const LONGEST_LINE: usize = 5_000;
/// How long somebody may take for each step until they are logged in.
const LOGIN_PATIENCE: Duration = Duration::from_secs(30);
/// How long a transfer may stand still, or wait for its data connection.
const TRANSFER_PATIENCE: Duration = Duration::from_secs(20);
/// How long a client may take to read one reply, or to shake hands.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// How many wrong passwords a session may try.
const WRONG_PASSWORDS: u32 = 3;

/// A control connection, plain or in TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A stream that is read line by line.
struct Lines {
    stream: Box<dyn Stream>,
    /// What has arrived and is no whole line yet, or not asked for.
    buffer: Vec<u8>,
    searched: usize,
}

impl Lines {
    fn new(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            buffer: Vec::new(),
            searched: 0,
        }
    }

    /// The next line without its end, or `None` at the end of the stream: half a line is no command.
    /// When somebody stops waiting for it, nothing that has arrived is lost.
    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let new = &self.buffer[self.searched..];
            if let Some(end) = new.iter().position(|&byte| byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=self.searched + end).collect();
                self.searched = 0;
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some(line));
            }
            self.searched = self.buffer.len();
            if self.buffer.len() > LONGEST_LINE {
                return Err(io::Error::other("line too long"));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn send(&mut self, line: &str) -> io::Result<()> {
        let write = async {
            let line = format!("{line}\r\n");
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.flush().await
        };
        timeout(WRITE_PATIENCE, write).await?
    }
}

/// What the server owes to the client.
#[derive(Clone, Copy, PartialEq)]
enum Owed {
    Nothing,
    Reply,
    /// The first reply has come, 1yz; the second one comes after the file.
    TransferEnd,
}

/// Whether the session goes on.
enum Next {
    Command,
    End(&'static str),
}

/// One session, as seen on its control connection.
pub struct Conversation {
    /// Which session this is, in what we print.
    pub number: usize,
    /// Who the client is.
    pub client: SocketAddr,
    /// Our own address, to which the client came.
    pub server: IpAddr,
    /// How long a client may be silent.
    pub idle: Duration,
    /// What this session's storage is told.
    pub transfer: Arc<Transfer>,
    /// Our certificate.
    pub tls: TlsAcceptor,
}

impl Conversation {
    /// Talks until one side ends it. `server` is libunftp, at the other end of a connection of our own.
    pub async fn hold(self, client: TcpStream, server: TcpStream) {
        self.note(format_args!("= connected from {}", self.client));
        let mut session = Session {
            client: Lines::new(client),
            server: Lines::new(server),
            owed: Owed::Reply, // the greeting
            held: None,
            secure: false,
            protected: false,
            logged_in: false,
            wrong_passwords: 0,
            last_command: String::new(),
            restart_used: false,
            aborting: false,
            heard: Instant::now(),
            about: &self,
        };
        let why = match session.run().await {
            Ok(why) => why.to_owned(),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                "it does not read our replies".into()
            }
            Err(error) => error.to_string(),
        };
        // What the client has not read may be lost if we are rude: say that it ends, then end.
        let _ = timeout(WRITE_PATIENCE, session.client.stream.shutdown()).await;
        self.note(format_args!("= ended: {why}"));
    }

    /// Prints one line about this session. No terminal that listens is no reason to end it.
    fn note(&self, what: impl Display) {
        let _ = writeln!(io::stdout().lock(), "[{}] {what}", self.number);
    }
}

struct Session<'a> {
    client: Lines,
    server: Lines,
    owed: Owed,
    /// A command that came in the middle of a transfer, and waits for its end.
    held: Option<Vec<u8>>,
    /// The control connection is in TLS.
    secure: bool,
    /// The data connections are to be in TLS, too.
    protected: bool,
    logged_in: bool,
    wrong_passwords: u32,
    last_command: String,
    restart_used: bool,
    aborting: bool,
    heard: Instant,
    about: &'a Conversation,
}

impl Session<'_> {
    async fn run(&mut self) -> io::Result<&'static str> {
        let mut client_has_ended = false;
        loop {
            if self.owed == Owed::Nothing {
                if let Some(line) = self.held.take() {
                    match self.command(&line).await? {
                        Next::Command => continue,
                        Next::End(why) => return Ok(why),
                    }
                }
                if client_has_ended {
                    return Ok("the client has closed the connection");
                }
            }
            // One command at a time: while a reply is owed, only a transfer may be interrupted.
            let listen = !client_has_ended && self.owed != Owed::Reply && self.held.is_none();
            let deadline = self.deadline();
            tokio::select! {
                line = self.client.next(), if listen => match line {
                    Ok(None) => client_has_ended = true,
                    Ok(Some(line)) => {
                        self.heard = Instant::now();
                        if self.owed == Owed::Nothing {
                            if let Next::End(why) = self.command(&line).await? {
                                return Ok(why);
                            }
                        } else if without_telnet(&line).eq_ignore_ascii_case(b"ABOR") {
                            self.show('>', &String::from_utf8_lossy(without_telnet(&line)));
                            self.aborting = true;
                            self.about.transfer.abort();
                        } else {
                            self.held = Some(line);
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::Other => {
                        self.about.note(format_args!("> (a line of more than {LONGEST_LINE} bytes)"));
                        self.reply("500 This line is too long").await?;
                        return Ok("the client sent an endless line");
                    }
                    Err(error) => return Err(error),
                },
                line = self.server.next() => match line? {
                    None if self.last_command == "QUIT" => return Ok("the client said QUIT"),
                    None => return Ok("libunftp has closed the session"),
                    Some(line) => {
                        if let Next::End(why) = self.pass_reply(&line).await? {
                            return Ok(why);
                        }
                    }
                },
                () = sleep_until(deadline.into()) => {
                    // Bytes may have moved since.
                    if self.deadline() <= Instant::now() {
                        let (reply, why) = match self.owed {
                            Owed::Nothing => ("421 You have been silent for too long", "the client was silent for too long"),
                            _ => ("421 No data has moved for too long", "no data moved for too long"),
                        };
                        self.reply(reply).await?;
                        return Ok(why);
                    }
                }
            }
        }
    }

    /// Until when something has to happen.
    fn deadline(&self) -> Instant {
        match self.owed {
            Owed::Nothing if self.logged_in => self.heard + self.about.idle,
            Owed::Nothing => self.heard + LOGIN_PATIENCE.min(self.about.idle),
            _ => {
                let patience = TRANSFER_PATIENCE.min(self.about.idle);
                self.about.transfer.moved().max(self.heard) + patience
            }
        }
    }

    /// Passes one line of a reply on, and notes what it means.
    async fn pass_reply(&mut self, line: &[u8]) -> io::Result<Next> {
        let mut line = String::from_utf8_lossy(line).into_owned();
        if matches!(self.last_command.as_str(), "MKD" | "XMKD") {
            // RFC 959 §5.4 wants the new folder in quotes, and a client looks for it there.
            if let Some(path) = line.strip_prefix("257 ") {
                line = format!("257 \"{}\" is there", path.replace('"', "\"\""));
            } else if line.starts_with("553 ") {
                // What our storage says when the name is taken; of 553 RFC 959 §5.4 knows nothing here.
                line = "550 It exists already".into();
            }
        }
        if self.protected && matches!(self.last_command.as_str(), "PASV" | "EPSV") {
            line = self.passive(line).await?;
        }
        if self.last_command == "FEAT" && line == "211 END" {
            for feature in [" AUTH TLS", " PBSZ", " PROT"] {
                self.reply(feature).await?;
            }
        }
        self.reply(&line).await?;
        let code: Option<u16> = line.get(..3).and_then(|code| code.parse().ok());
        // `230-` is the first of several lines, and only a line that begins with `230 ` is the last.
        let (Some(code), false) = (code, line[3..].starts_with('-')) else {
            return Ok(Next::Command);
        };
        self.heard = Instant::now();
        if code < 200 {
            self.owed = Owed::TransferEnd;
            self.about.transfer.note_movement();
            return Ok(Next::Command);
        }
        self.owed = Owed::Nothing;
        if self.restart_used {
            self.restart_used = false;
            self.about.transfer.set_restart(0);
        }
        if std::mem::take(&mut self.aborting) {
            self.reply("226 The transfer is over").await?;
        }
        match code {
            230 | 232 => self.logged_in = true,
            530 if self.last_command == "PASS" => {
                self.wrong_passwords += 1;
                if self.wrong_passwords == WRONG_PASSWORDS {
                    self.reply("421 Too many wrong passwords").await?;
                    return Ok(Next::End("too many wrong passwords"));
                }
            }
            _ => {}
        }
        Ok(Next::Command)
    }

    /// Does one command, or passes it on.
    async fn command(&mut self, line: &[u8]) -> io::Result<Next> {
        let Some(line) = text(without_telnet(line)) else {
            self.about.note("> (bytes that are no text)");
            self.reply("501 A command is one line of UTF-8 without control characters")
                .await?;
            return Ok(Next::Command);
        };
        self.show('>', line);
        let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
        let command = command.to_ascii_uppercase();
        self.last_command.clone_from(&command);
        if malformed(&command, argument) {
            self.reply("501 This command wants something else behind it")
                .await?;
            return Ok(Next::Command);
        }
        let transfer = &self.about.transfer;
        match command.as_str() {
            "AUTH" => return self.secure(argument).await,
            "PBSZ" | "PROT" if !self.secure => self.reply("503 AUTH TLS comes first").await?,
            "PBSZ" => self.reply("200 PBSZ=0").await?,
            "PROT" if matches!(argument, "E" | "S") => {
                self.reply("536 Only C (clear) and P (private) here")
                    .await?;
            }
            "PROT" => {
                self.protected = argument == "P";
                let how = if self.protected { "in TLS" } else { "plain" };
                self.reply(&format!("200 Data connections are {how} now"))
                    .await?;
            }
            // From here on, what somebody may do only when logged in; libunftp refuses all of it before.
            _ if !self.logged_in => return self.pass(line).await,
            "TYPE" => {
                let argument = argument.to_ascii_uppercase();
                let ascii = match argument.as_str() {
                    "A" | "A N" => true,
                    "I" | "L 8" => false,
                    _ => {
                        self.reply("504 Types here are A (text) and I (binary)")
                            .await?;
                        return Ok(Next::Command);
                    }
                };
                transfer.set_ascii(ascii);
                let name = if ascii { "ASCII" } else { "binary" };
                self.reply(&format!("200 Type is {name} now")).await?;
            }
            // How many bytes text has on the wire is known when it has been converted.
            "SIZE" if transfer.is_ascii() => {
                self.reply("550 SIZE needs TYPE I: the size of text is not known before")
                    .await?;
            }
            "REST" => match argument.parse::<u64>() {
                Ok(offset) if offset > 0 && transfer.is_ascii() => {
                    self.reply("504 REST needs TYPE I").await?;
                }
                Ok(offset) => {
                    transfer.set_restart(offset);
                    self.reply(&format!("350 The next transfer begins at {offset}"))
                        .await?;
                }
                Err(_) => self.reply("501 REST takes a number of bytes").await?,
            },
            "STAT" if argument.is_empty() => {
                let how = if self.secure { "in TLS" } else { "not in TLS" };
                self.reply(&format!("211 This is session {}, {how}", self.about.number))
                    .await?;
            }
            "PORT" | "EPRT" => match self.active(&command, argument).await {
                Ok(port) => return self.pass(&port).await,
                Err(refusal) => self.reply(refusal).await?,
            },
            "PASV" if self.about.client.is_ipv6() => {
                self.reply("425 PASV knows IPv4 addresses only: use EPSV")
                    .await?;
            }
            // The same by definition (RFC 959 §4.1.1), and libunftp keeps a clean path this way.
            "CWD" | "XCWD" if argument == ".." => return self.pass("CDUP").await,
            "RETR" | "STOR" | "STOU" | "APPE" | "LIST" | "NLST" | "MLSD" => {
                self.restart_used = true;
                transfer.begin();
                return self.pass(line).await;
            }
            _ => return self.pass(line).await,
        }
        Ok(Next::Command)
    }

    async fn pass(&mut self, line: &str) -> io::Result<Next> {
        self.owed = Owed::Reply;
        self.about.transfer.note_movement();
        self.server.send(line).await?;
        Ok(Next::Command)
    }

    // ANCHOR: bounce
    /// Where an active data connection is to go, as libunftp's PORT; or the refusal. Only to the client
    /// itself: else a client could make us connect to, and send bytes to, whomever it likes (the
    /// bounce attack, RFC 2577 §2), and not to a port where a service may listen.
    async fn active(&self, command: &str, argument: &str) -> Result<String, &'static str> {
        let target = if command == "PORT" {
            parse_port(argument)
        } else {
            parse_eprt(argument)
        };
        let target = target.ok_or("501 This is no address")?;
        if target.ip() != self.about.client.ip() {
            return Err("504 A data connection goes to your own address only");
        }
        if target.port() < 1024 {
            return Err("504 A data connection goes to no port below 1024");
        }
        // ANCHOR_END: bounce
        let target = if self.protected {
            let tls = self.about.tls.clone();
            let inside = data::active(target, tls).await;
            inside.map_err(|_| "425 Your address refuses the connection")?
        } else {
            target
        };
        match target.ip() {
            IpAddr::V4(ip) => Ok(format!("PORT {}", six_numbers(ip, target.port()))),
            IpAddr::V6(_) => Err("522 Active mode works over IPv4 only here, use (1)"),
        }
    }

    /// Puts our own port for a data connection in TLS into libunftp's reply to PASV or EPSV.
    async fn passive(&self, reply: String) -> io::Result<String> {
        let Some((before, numbers)) = reply.split_once('(') else {
            return Ok(reply);
        };
        let inside = match numbers.strip_prefix("|||") {
            Some(port) => port.strip_suffix("|)").and_then(|port| port.parse().ok()),
            None => numbers
                .strip_suffix(')')
                .and_then(parse_port)
                .map(|inside| inside.port()),
        };
        let Some(inside) = inside else {
            return Ok(reply);
        };
        let inside = SocketAddr::new(self.about.server, inside);
        let client = self.about.client.ip();
        let port = data::passive(client, inside, self.about.tls.clone()).await?;
        Ok(match self.about.server {
            IpAddr::V4(ip) if reply.starts_with("227") => {
                format!("{before}({})", six_numbers(ip, port))
            }
            _ => format!("{before}(|||{port}|)"),
        })
    }

    /// `AUTH TLS` (RFC 4217 §4): from the reply on, the control connection is in TLS.
    async fn secure(&mut self, mechanism: &str) -> io::Result<Next> {
        if !matches!(mechanism.to_ascii_uppercase().as_str(), "TLS" | "TLS-C") {
            self.reply("504 Only AUTH TLS here").await?;
            return Ok(Next::Command);
        }
        if self.secure || self.logged_in {
            self.reply("503 AUTH TLS comes once, and before USER")
                .await?;
            return Ok(Next::Command);
        }
        self.reply("234 Shake hands").await?;
        // What came behind AUTH in plain text may be from somebody in between: it must not count as said in TLS.
        if !self.client.buffer.is_empty() {
            return Ok(Next::End("plain text after AUTH TLS"));
        }
        let plain = std::mem::replace(&mut self.client.stream, Box::new(tokio::io::empty()));
        match timeout(WRITE_PATIENCE, self.about.tls.accept(plain)).await {
            Ok(Ok(stream)) => {
                let version = match stream.get_ref().1.protocol_version() {
                    Some(version) => format!("{version:?}"),
                    None => "TLS".into(),
                };
                self.about
                    .note(format_args!("= {version}: what follows is what was inside"));
                self.client.stream = Box::new(stream);
                self.secure = true;
                self.heard = Instant::now();
                Ok(Next::Command)
            }
            Ok(Err(error)) => {
                self.about
                    .note(format_args!("= no TLS: {}", shown(&error.to_string())));
                Ok(Next::End("the handshake failed"))
            }
            Err(_) => Ok(Next::End("the handshake took too long")),
        }
    }

    async fn reply(&mut self, line: &str) -> io::Result<()> {
        self.show('<', line);
        self.client.send(line).await
    }

    // ANCHOR: show
    /// Prints what passed, passwords excepted.
    fn show(&self, direction: char, line: &str) {
        let word = line.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let word = word.get(..4).unwrap_or("").to_ascii_uppercase();
        let secret = direction == '>' && matches!(word.as_str(), "PASS" | "ACCT");
        let line = if secret {
            format!("{word} ***")
        } else {
            shown(line)
        };
        self.about.note(format_args!("{direction} {line}"));
    }
    // ANCHOR_END: show
}

/// A stranger wrote it: control characters are shown, not obeyed.
fn shown(line: &str) -> String {
    let show = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    line.chars().map(show).collect()
}

/// Without the Telnet signals that some clients put before `ABOR` (RFC 959 §4.1.3): IAC IP IAC DM.
fn without_telnet(line: &[u8]) -> &[u8] {
    let signal = |byte: &u8| matches!(byte, 0xf2 | 0xf4 | 0xff);
    let start = line.iter().position(|byte| !signal(byte));
    &line[start.unwrap_or(line.len())..]
}

/// What libunftp would answer with 501, and then, after one more command, close the connection.
fn malformed(command: &str, argument: &str) -> bool {
    match command {
        "APPE" | "CWD" | "DELE" | "MDTM" | "MKD" | "RETR" | "RMD" | "RNFR" | "RNTO" | "SIZE"
        | "STOR" | "XCWD" | "XMKD" => argument.is_empty(),
        "ABOR" | "BYE" | "CCC" | "CDUP" | "FEAT" | "NOOP" | "PASV" | "PWD" | "QUIT" | "STOU"
        | "XPWD" => !argument.is_empty(),
        "MODE" => !matches!(argument, "B" | "C" | "S"),
        "OPTS" => !matches!(argument, "UTF8 ON" | "utf8 on" | "UTF8 OFF" | "utf8 off"),
        "PBSZ" => argument != "0",
        "PROT" => !matches!(argument, "C" | "E" | "P" | "S"),
        "STRU" => !matches!(argument, "F" | "P" | "R"),
        _ => false,
    }
}

fn text(line: &[u8]) -> Option<&str> {
    let line = str::from_utf8(line).ok()?;
    (!line.contains(char::is_control)).then_some(line)
}

fn six_numbers(ip: Ipv4Addr, port: u16) -> String {
    let [a, b, c, d] = ip.octets();
    let [high, low] = port.to_be_bytes();
    format!("{a},{b},{c},{d},{high},{low}")
}

/// `127,0,0,1,4,210`: four numbers of the address, two of the port (RFC 959 §5.3.2).
fn parse_port(argument: &str) -> Option<SocketAddr> {
    let numbers: Result<Vec<u8>, _> = argument.split(',').map(str::parse).collect();
    let [a, b, c, d, high, low] = numbers.ok()?[..] else {
        return None;
    };
    let port = u16::from_be_bytes([high, low]);
    Some((Ipv4Addr::new(a, b, c, d), port).into())
}

/// `|1|127.0.0.1|1234|`: protocol (1: IPv4, 2: IPv6), address, port (RFC 2428 §2). Any character may separate them.
fn parse_eprt(argument: &str) -> Option<SocketAddr> {
    let separator = argument.chars().next()?;
    let parts: Vec<&str> = argument.split(separator).collect();
    let ["", protocol, ip, port, ""] = parts[..] else {
        return None;
    };
    let ip: IpAddr = ip.parse().ok()?;
    let right = if ip.is_ipv4() { "1" } else { "2" };
    (protocol == right).then_some((ip, port.parse().ok()?).into())
}
