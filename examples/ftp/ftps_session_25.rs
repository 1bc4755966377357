//! # The same session in TLS: FTPS
//!
//! Asks `ftp_server_20` for TLS before it says who it is, verifies the server's certificate, and lists and
//! downloads as in the clear; the data connections are encrypted, too (RFC 4217).
//!
//! The server in one terminal; this client in another, with the file that the server names:
//!
//! ```console
//! $ cargo run --example ftp_server_20
//! $ cargo run --example ftps_session_25 127.0.0.1:7020 PATH/authority.pem
//! ```
//!
//! Expect `AUTH TLS`, a handshake, `PBSZ 0` and `PROT P` before `USER`. Its arguments are the server's address, and the
//! certificate of the authority (CA) that has signed the server's. Without one, it trusts nobody. With `anonymous` as
//! a third argument it logs in as anybody may; else as `ada`.
//!
//! Try next: leave the certificate out. Then start the server anew, which makes a new one, and take the old one.
//!
//! Not for production: it trusts one authority for everything; a client for the Internet trusts those of the system.

use log::{LevelFilter, Log, Metadata, Record};
use std::{
    env,
    io::{self, Read},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use suppaftp::{
    FtpError, FtpResult, Mode, RustlsConnector, RustlsFtpStream, Status, TlsConnector, TlsStream,
    rustls::{
        self, CertificateError, ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, pem::PemObject},
    },
    types::FileType,
};

/// How long we wait for one step: a connection, a reply, some more bytes of a file.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the whole session may take: without it, a server could send a byte now and then for ever.
const WHOLE: Duration = Duration::from_secs(10);

/// How many bytes of a file or a listing we take. Without a limit, a server could fill our memory.
const LONGEST: u64 = 1 << 20;

/// Who logs in, with which password, and the file that they download.
type Account = [&'static str; 3];
const ADA: Account = ["ada", "lovelace", "notes.txt"];
const ANONYMOUS: Account = ["anonymous", "reader@example.org", "welcome.txt"];

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let server = arguments.first().map(|server| server.to_string_lossy());
    let account = arguments.get(2).map(|account| account.to_string_lossy());
    let account = match (account.as_deref(), arguments.get(3)) {
        (None, _) => Ok(ADA),
        (Some("anonymous"), None) => Ok(ANONYMOUS),
        _ => Err(
            "too many arguments: it takes an address, a file with a certificate, and `anonymous`"
                .into(),
        ),
    };
    let ran = account.and_then(|account| {
        let server = server.as_deref().unwrap_or("127.0.0.1:7020");
        run(server, arguments.get(1).map(Path::new), account)
    });
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ftps_session_25: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Holds the session on a thread of its own, and waits for it no longer than it may take.
fn run(server: &str, authority: Option<&Path>, account: Account) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7020")
    })?;
    let trust = trust(authority).map_err(|why| {
        format!("cannot use this certificate: {why}; ftp_server_20 says where its one is")
    })?;
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(session(server, trust, account)));
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

// ANCHOR: trust
/// Whom we believe: the authority in this file (PEM), nobody else; without a file, nobody.
fn trust(authority: Option<&Path>) -> Result<Encrypt, String> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = authority {
        let certificate = CertificateDer::from_pem_file(file).map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Encrypt(Arc::new(config).into()))
}
// ANCHOR_END: trust

// ANCHOR: handshake
/// What suppaftp calls for each connection that is to be encrypted. Its own connector lets the first bytes that
/// are sent bring about the handshake; this one shakes hands first, so that we see it, and what fails in it.
#[derive(Debug)]
struct Encrypt(RustlsConnector);

impl TlsConnector for Encrypt {
    type Stream = <RustlsConnector as TlsConnector>::Stream;

    fn connect(&self, server: &str, connection: TcpStream) -> FtpResult<Self::Stream> {
        let mut stream = self.0.connect(server, connection)?;
        let tls = stream.mut_ref();
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock).map_err(|error| {
                FtpError::SecureError(match advice(&error) {
                    Some(advice) => format!("{error}: {advice}"),
                    None => Problem::from(error).0,
                })
            })?;
        }
        if let Some(version) = tls.conn.protocol_version() {
            println!("= {version:?}, with the certificate of {server}");
        }
        Ok(stream)
    }
}
// ANCHOR_END: handshake

/// What to do about what rustls says, where we know.
fn advice(error: &io::Error) -> Option<&'static str> {
    use CertificateError::*;
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature) => {
            Some("give the certificate of its authority, of this run")
        }
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            Some("it is somebody else's")
        }
        rustls::Error::InvalidMessage(_) => Some("this is not TLS"),
        _ => None,
    }
}

// ANCHOR: session
fn session(
    server: SocketAddr,
    trust: Encrypt,
    [name, password, file]: Account,
) -> Result<(), Problem> {
    let mut ftp = connect(server, trust)?;
    ftp.login(name, password)?;
    ftp.transfer_type(FileType::Binary)?;
    for command in ["LIST", &format!("RETR {file}")] {
        let start = [Status::AboutToSend, Status::AlreadyOpen];
        let (_, mut data) = ftp.custom_data_command(command, &start)?;
        let mut bytes = Vec::new();
        // TLS marks the end of a stream. Where somebody cuts the connection, this is an error.
        (&mut data).take(LONGEST).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == LONGEST {
            return Err(Problem(format!("the answer to {command} is too long")));
        }
        data.finish()?;
        for line in String::from_utf8_lossy(&bytes).lines() {
            println!("  {}", printable(line));
        }
    }
    ftp.quit()?;
    // In TLS, the server says that it ends. Who hangs up without having read that resets the connection.
    let _ = io::copy(&mut (&*ftp.get_ref()).take(LONGEST), &mut io::sink());
    Ok(())
}
// ANCHOR_END: session

// ANCHOR: secure
/// Opens the control connection, and has it encrypted before anything else is said.
fn connect(server: SocketAddr, trust: Encrypt) -> Result<RustlsFtpStream, Problem> {
    // From here on, suppaftp's log goes to `Wire`.
    if log::set_logger(&Wire).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    let mut ftp = RustlsFtpStream::connect_with_stream(open(server)?)?
        .passive_stream_builder(|target| open(target).map_err(FtpError::ConnectionError));
    // Of the address in a reply to PASV, take the port only: see `ftp_session_21`.
    ftp.set_passive_nat_workaround(true);
    // PASV has no room for an IPv6 address. EPSV names a port alone, at the address that we have called.
    if server.is_ipv6() {
        ftp.set_mode(Mode::ExtendedPassive);
    }
    // AUTH TLS; then the handshake, in which the server must prove to be who we have called; then PBSZ 0 and
    // PROT P, which encrypt data connections, too. If one of them fails, we say no more: no name, no password.
    ftp.into_secure(trust, &server.ip().to_string())
        .map_err(|error| {
            let Problem(why) = error.into();
            Problem(format!("no password was sent, for it is not secure: {why}"))
        })
}
// ANCHOR_END: secure

/// A connection with a limit for each of its steps.
fn open(target: SocketAddr) -> io::Result<TcpStream> {
    let connection = TcpStream::connect_timeout(&target, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    Ok(connection)
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
                    431 | 500 | 502 | 504 | 534 => "ask for a server that encrypts",
                    530 => "check the name and the password",
                    550 | 553 => "check the name, and what this account may do",
                    _ => "the terminal of the server may say why",
                };
                Problem(format!("{}: {advice}", printable(text)))
            }
            FtpError::BadResponse => Problem("that is no reply: is it an FTP server?".into()),
            FtpError::ConnectionError(error) => error.into(),
            FtpError::SecureError(why) => Problem(why.replace("Secure error: ", "")),
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
