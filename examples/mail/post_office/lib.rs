//! # The post office of Part V
//!
//! A mail server for one machine: it takes letters by SMTP, keeps them in maildirs on disk, and gives them out by POP3 and
//! IMAP, with and without TLS. The example `mail_server_26` runs it.
//!
//! Where to read on: `smtp.rs` and `pop3.rs` (the two protocols, each a session from top to bottom), `store.rs` (how a letter
//! survives a kill), `connection.rs` (lines, deadlines, TLS), `accounts.rs` (who may sign in), `imap` (on the crate
//! imap-codec). A thread for each connection, as in Part II.

pub mod accounts;
pub mod command;
pub mod connection;
mod imap;
pub mod letter;
pub mod log;
mod pop3;
pub mod smtp;
pub mod store;
mod tls;

pub use accounts::{Account, Accounts};

use connection::Connection;
use log::Log;
use rustls::ServerConfig;
use std::{
    collections::HashMap,
    fmt, fs,
    io::{self, ErrorKind, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use store::Store;

/// How long to wait when the system has no room for one more connection.
const PAUSE: Duration = Duration::from_millis(50);
/// How long sessions have to end when the post office closes.
const CLOSING: Duration = Duration::from_secs(5);

/// What a post office is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen.
    pub address: IpAddr,
    /// On which ports; 0 for any free one.
    pub ports: Ports,
    /// The folder where letters are kept. Made, for its owner only, if it is missing.
    pub root: PathBuf,
    /// What stands behind the @.
    pub domain: String,
    /// Who has a mailbox.
    pub accounts: Vec<Account>,
    /// How much is too much.
    pub limits: Limits,
}

impl Settings {
    /// The course's post office: `loopback.example` with ada and grace, on 127.0.0.1 and any free ports, letters in `root`.
    pub fn new(root: impl Into<PathBuf>) -> Settings {
        Settings {
            address: Ipv4Addr::LOCALHOST.into(),
            ports: Ports::default(),
            root: root.into(),
            domain: "loopback.example".to_owned(),
            accounts: vec![
                Account::new("ada", "lovelace"),
                Account::new("grace", "hopper"),
            ],
            limits: Limits::default(),
        }
    }
}

/// A port for each service. The default is 0 for all: any free one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// SMTP from other servers; 25 in the world.
    pub smtp: u16,
    /// SMTP from mail programs; 587.
    pub submission: u16,
    /// The same in TLS from its first byte; 465.
    pub submissions: u16,
    /// POP3; 110.
    pub pop3: u16,
    /// POP3 in TLS; 995.
    pub pop3s: u16,
    /// IMAP; 143.
    pub imap: u16,
    /// IMAP in TLS; 993.
    pub imaps: u16,
}

impl Ports {
    /// 7000 + the port that the world uses.
    pub const COURSE: Ports = Ports {
        smtp: 7025,
        submission: 7587,
        submissions: 7465,
        pop3: 7110,
        pop3s: 7995,
        imap: 7143,
        imaps: 7993,
    };
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// How long a client may send nothing between two lines.
    pub idle: Duration,
    /// How long one line may take from its first byte to its last, a TLS handshake, or a client to take 16 KiB from us.
    pub command: Duration,
    /// How long a session may take.
    pub session: Duration,
}

/// How much is too much. The defaults are those of a real server, but for the sizes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// SMTP: 5 minutes of silence (RFC 5321 §4.5.3.2.7).
    pub smtp: Times,
    /// POP3: 10 minutes of silence (RFC 1939 §3).
    pub pop3: Times,
    /// IMAP: 30 minutes of silence (RFC 3501 §5.4).
    pub imap: Times,
    /// Octets of a command line, with its CR LF: 512 in RFC 5321 §4.5.3.1.4, and what SIZE, BODY and AUTH add to that.
    pub line: usize,
    /// Octets of a line of a letter, with its CR LF (RFC 5321 §4.5.3.1.6).
    pub text_line: usize,
    /// Octets of a letter.
    pub message: usize,
    /// Octets of all letters together that are coming in at the same time, and so are in memory.
    pub incoming: usize,
    /// Octets of all letters of one account.
    pub mailbox: u64,
    /// Recipients of one letter: at least 100 (RFC 5321 §4.5.3.1.8).
    pub recipients: usize,
    /// Connections at the same time, for each service.
    pub connections: usize,
    /// Wrong passwords in one session.
    pub failed_logins: usize,
    /// Commands in one session that were no command, or came in the wrong order.
    pub mistakes: usize,
    /// `Received` lines in a letter: more, and it goes round in circles (RFC 5321 §6.3).
    pub hops: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        let times = |idle| Times {
            idle: minutes(idle),
            command: minutes(1),
            session: minutes(60),
        };
        Limits {
            smtp: times(5),
            pop3: times(10),
            imap: Times {
                session: minutes(24 * 60),
                ..times(30)
            },
            line: 1000,
            text_line: 1000,
            message: 10 * 1024 * 1024,
            incoming: 64 * 1024 * 1024,
            mailbox: 1024 * 1024 * 1024,
            recipients: 100,
            connections: 100,
            failed_logins: 3,
            mistakes: 20,
            hops: 100,
        }
    }
}

/// Why a post office does not open. Its text is one line that says what to do.
#[derive(Debug)]
pub struct OpenError(String);

impl fmt::Display for OpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

/// What all sessions have in common.
pub(crate) struct Office {
    /// What stands behind the @, and our own name.
    pub(crate) domain: String,
    pub(crate) accounts: Accounts,
    pub(crate) store: Store,
    pub(crate) limits: Limits,
    pub(crate) tls: Arc<ServerConfig>,
    /// Octets of letters that are coming in now.
    pub(crate) incoming: AtomicUsize,
    log: Log,
    last_session: AtomicU64,
    /// The sockets of all sessions, by number, so that closing ends them.
    sessions: Mutex<HashMap<u64, Arc<TcpStream>>>,
    is_closing: AtomicBool,
}

impl Office {
    fn sessions(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A service: a port, and what is spoken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Smtp,
    Submission,
    Submissions,
    Pop3,
    Pop3s,
    Imap,
    Imaps,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Service::Smtp => "smtp",
            Service::Submission => "submission",
            Service::Submissions => "submissions",
            Service::Pop3 => "pop3",
            Service::Pop3s => "pop3s",
            Service::Imap => "imap",
            Service::Imaps => "imaps",
        }
    }

    /// TLS from the first byte?
    fn is_implicit_tls(self) -> bool {
        matches!(self, Service::Submissions | Service::Pop3s | Service::Imaps)
    }

    fn times(self, limits: &Limits) -> Times {
        match self {
            Service::Smtp | Service::Submission | Service::Submissions => limits.smtp,
            Service::Pop3 | Service::Pop3s => limits.pop3,
            Service::Imap | Service::Imaps => limits.imap,
        }
    }

    /// What is said to one client too many. Where TLS comes first, there is no way to say anything.
    fn too_many(self, domain: &str) -> String {
        match self {
            Service::Smtp | Service::Submission => {
                format!("421 4.3.2 {domain} too many connections, come back later\r\n")
            }
            Service::Pop3 => "-ERR [SYS/TEMP] too many connections, come back later\r\n".to_owned(),
            Service::Imap => {
                "* BYE [UNAVAILABLE] too many connections, come back later\r\n".to_owned()
            }
            Service::Submissions | Service::Pop3s | Service::Imaps => String::new(),
        }
    }
}

/// A post office that is open. It closes when this is dropped: nobody is served any more, and all sessions end.
pub struct PostOffice {
    /// Where other servers bring letters.
    pub smtp: SocketAddr,
    /// Where mail programs bring letters.
    pub submission: SocketAddr,
    /// The same in TLS.
    pub submissions: SocketAddr,
    /// Where letters are fetched by POP3.
    pub pop3: SocketAddr,
    /// The same in TLS.
    pub pop3s: SocketAddr,
    /// Where letters are read by IMAP.
    pub imap: SocketAddr,
    /// The same in TLS.
    pub imaps: SocketAddr,
    /// The certificate of the authority to trust, as PEM.
    pub ca_file: PathBuf,
    office: Arc<Office>,
    /// Who accepts, and where.
    accepting: Vec<(SocketAddr, thread::JoinHandle<()>)>,
}

impl PostOffice {
    /// Opens the folder, binds all ports, and serves in threads from then on. `say` gets each line that there is to tell.
    ///
    /// # Errors
    ///
    /// If the folder is not ours to write, or another post office has it, or a port is taken.
    pub fn open(
        settings: Settings,
        say: impl Fn(String) + Send + Sync + 'static,
    ) -> Result<PostOffice, OpenError> {
        let Settings { address, root, .. } = settings;
        let shown = root.display();
        let failed = |what: &str, error: &dyn fmt::Display| OpenError(format!("{what}: {error}"));
        prepare(&root)
            .map_err(|error| failed(&format!("cannot keep letters in {shown}"), &error))?;

        let accounts = Accounts::new(&settings.domain, settings.accounts);
        let store =
            Store::open(&root, accounts.names(), settings.limits.mailbox).map_err(|error| {
                if error.kind() == ErrorKind::ResourceBusy {
                    return OpenError(format!(
                        "another post office is open in {shown}: close it, or take another folder"
                    ));
                }
                failed(&format!("cannot keep letters in {shown}"), &error)
            })?;
        let (tls, pem) =
            tls::make(address).map_err(|error| failed("cannot make a certificate", &error))?;
        // Bound first, so that a second post office at the same ports leaves the first one's file alone.
        let bind = |port| bind(SocketAddr::new(address, port));
        let ports = settings.ports;
        let listeners = [
            (Service::Smtp, bind(ports.smtp)?),
            (Service::Submission, bind(ports.submission)?),
            (Service::Submissions, bind(ports.submissions)?),
            (Service::Pop3, bind(ports.pop3)?),
            (Service::Pop3s, bind(ports.pop3s)?),
            (Service::Imap, bind(ports.imap)?),
            (Service::Imaps, bind(ports.imaps)?),
        ];
        let ca_file = root.join("ca.pem");
        write_whole(&ca_file, &pem)
            .map_err(|error| failed(&format!("cannot write {}", ca_file.display()), &error))?;

        let office = Arc::new(Office {
            domain: settings.domain,
            accounts,
            store,
            limits: settings.limits,
            tls,
            incoming: AtomicUsize::new(0),
            log: Log::new(say),
            last_session: AtomicU64::new(0),
            sessions: Mutex::default(),
            is_closing: AtomicBool::new(false),
        });
        let [smtp, submission, submissions, pop3, pop3s, imap, imaps] =
            [0, 1, 2, 3, 4, 5, 6].map(|place: usize| listeners[place].1.1);
        let accepting = listeners.map(|(service, (listener, bound))| {
            let office = Arc::clone(&office);
            let thread = thread::spawn(move || accept(service, &listener, &office));
            (bound, thread)
        });
        Ok(PostOffice {
            smtp,
            submission,
            submissions,
            pop3,
            pop3s,
            imap,
            imaps,
            ca_file,
            office,
            accepting: accepting.into(),
        })
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.office.is_closing.store(true, Ordering::SeqCst);
        for (address, thread) in self.accepting.drain(..) {
            // Accepting waits for a connection: here is one.
            if TcpStream::connect(reachable(address)).is_ok() {
                let _ = thread.join();
            }
        }
        let end = Instant::now() + CLOSING;
        while Instant::now() < end {
            let sessions = self.office.sessions();
            if sessions.is_empty() {
                break;
            }
            for socket in sessions.values() {
                let _ = socket.shutdown(Shutdown::Both);
            }
            drop(sessions);
            thread::sleep(Duration::from_millis(5));
        }
    }
}

// ANCHOR: accept
/// Gives each connection a thread, or refuses it at once.
fn accept(service: Service, listener: &TcpListener, office: &Arc<Office>) {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let accepted = listener.accept();
        if office.is_closing.load(Ordering::SeqCst) {
            return;
        }
        let socket = match accepted {
            Ok((socket, _)) => Arc::new(socket),
            // The client gave up while it stood in the queue.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            // Too many files are open, most likely: it gets better when a session ends.
            Err(_) => {
                thread::sleep(PAUSE);
                continue;
            }
        };
        let refuse = |socket: &TcpStream| {
            // Into an empty send buffer this fits at once, so a client that does not read holds up nobody.
            let _ = socket.set_nonblocking(true);
            let _ = { socket }.write(service.too_many(&office.domain).as_bytes());
        };
        let place = Place::take(&open);
        if open.load(Ordering::SeqCst) > office.limits.connections {
            refuse(&socket);
            continue;
        }
        let session = {
            let (office, socket) = (Arc::clone(office), Arc::clone(&socket));
            move || {
                serve(service, socket, &office);
                drop(place);
            }
        };
        if thread::Builder::new().spawn(session).is_err() {
            refuse(&socket);
        }
    }
}
// ANCHOR_END: accept

/// One of the places for connections, as long as it lives.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Place {
        open.fetch_add(1, Ordering::SeqCst);
        Place(Arc::clone(open))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A session that is known to the office, as long as this lives.
struct Session<'a> {
    number: u64,
    office: &'a Office,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.office.sessions().remove(&self.number);
    }
}

/// One session, from its first byte to its last.
fn serve(service: Service, socket: Arc<TcpStream>, office: &Office) {
    let number = office.last_session.fetch_add(1, Ordering::Relaxed) + 1;
    let log = office.log.of_session(number);
    office.sessions().insert(number, Arc::clone(&socket));
    let _session = Session { number, office };
    log.note(&format!("connected to {}", service.name()));
    let times = service.times(&office.limits);
    let ended = match Connection::new(socket, times, log.clone()) {
        Ok(connection) => converse(service, connection, office),
        Err(error) => Err(error.to_string()),
    };
    match ended {
        Ok(()) => log.note("ended"),
        Err(reason) => log.note(&format!("ended: {reason}")),
    }
}

/// Speaks the service's protocol.
fn converse(service: Service, mut connection: Connection, office: &Office) -> Result<(), String> {
    let served = if service.is_implicit_tls()
        && let Err(error) = connection.start_tls(&office.tls)
    {
        Err(error.to_string())
    } else {
        let connection = &mut connection;
        match service {
            Service::Smtp => smtp::serve(connection, office, smtp::Role::Relay),
            Service::Submission | Service::Submissions => {
                smtp::serve(connection, office, smtp::Role::Submission)
            }
            Service::Pop3 | Service::Pop3s => pop3::serve(connection, office),
            Service::Imap | Service::Imaps => imap::serve(connection, office),
        }
        .map_err(|error| error.to_string())
    };
    connection.close();
    served
}

/// Binds an address, and says where it really is.
fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), OpenError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    });
    bound.map_err(|error| {
        OpenError(match error.kind() {
            ErrorKind::AddrInUse => {
                format!("another program has {address}: end it, or take 127.0.0.1:0 for free ports")
            }
            ErrorKind::PermissionDenied => {
                format!("this system does not let you bind {address}: take a port above 1023")
            }
            _ => format!("cannot bind {address}: {error}; is it an address of this machine?"),
        })
    })
}

/// An address that reaches a listener: one that is bound to all addresses has none of its own.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// Makes the folder, if it is missing. If it is there, it has to be ours: in a folder for temporary files, somebody else
/// may have put one under the same name.
fn prepare(root: &Path) -> io::Result<()> {
    store::create_private(root)?;
    // Trying it out is the only way to know whether we may write.
    let probe = tempfile::NamedTempFile::new_in(root)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // What we have just made belongs to us.
        if fs::symlink_metadata(root)?.uid() != probe.as_file().metadata()?.uid() {
            return Err(io::Error::other("it belongs to somebody else"));
        }
    }
    probe.close()
}

/// Writes a file that appears whole or not at all. Everybody may read it.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}
