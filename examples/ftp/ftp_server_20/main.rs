//! # An FTP server: two connections, three kinds of account
//!
//! Serves a folder by FTP (RFC 959), plain or in TLS (RFC 4217), and prints each command and each
//! reply as they pass, passwords hidden.
//!
//! The server in one terminal, a client in another:
//!
//! ```console
//! $ cargo run --example ftp_server_20
//! $ curl ftp://ada:lovelace@127.0.0.1:7020/
//! ```
//!
//! Expect `listening on 127.0.0.1:7020`, the accounts, the certificate to trust, and then the
//! conversation: `[1] > USER ada` is what the client of session 1 sent, `[1] < 331 …` is the reply.
//! Inside TLS, you see what was inside. Ctrl-C ends it.
//!
//! Its arguments are the address to bind, port 0 for any free one, and the folder to serve:
//! `cargo run --example ftp_server_20 127.0.0.1:7020 my/folder`. Without a folder it makes one, with a few files,
//! and removes it at its end. Each account has a folder of its own in it, and sees nothing else:
//!
//! | account | password | folder | may |
//! |---|---|---|---|
//! | `ada`, a real account | `lovelace` | `home/ada` | read and write |
//! | `guest` | `welcome` | `shared` | read, and add what is not there yet |
//! | `anonymous` or `ftp` | any | `public` | read |
//!
//! A client may be silent for 300 s; the environment's `IDLE_SECONDS` says otherwise.
//!
//! Where to read on: `accounts.rs` (who may log in, and do what), `storage.rs` (why nobody leaves their folder),
//! `transfer.rs` (text and binary), `control.rs` (what passes on the control connection, and all limits),
//! `data.rs` and `certificate.rs` (TLS). What is not there, the crate libunftp does.
//!
//! Try next: `curl -v`, and find each line that it shows in the server's terminal. Then ask for
//! `ftp://anonymous:x@127.0.0.1:7020/../../etc/passwd`, with `--path-as-is`.
//!
//! Not for production: FTP sends passwords and files readable by whoever is on the way, so this server
//! takes loopback addresses only. The passwords are in its source. Active mode works over IPv4 only. `LIST`
//! of one file, `EPSV ALL` and record structure are not there.

mod accounts;
mod certificate;
mod control;
mod data;
mod storage;
mod transfer;

use accounts::{ACCOUNTS, Account, Accounts};
use async_trait::async_trait;
use control::Conversation;
use libunftp::{
    ServerBuilder,
    options::{ActivePassiveMode, Binder, SiteMd5},
};
use std::{
    env, fs, io,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    panic,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    thread,
    time::Duration,
};
use storage::Storage;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Semaphore,
};
use transfer::Transfer;

/// How many clients at a time.
const MOST_SESSIONS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:7020".into());
    let root = arguments.next().map(PathBuf::from);
    let served = match arguments.next() {
        Some(_) => Err("too many arguments: it takes an address and a folder".into()),
        None => serve(&address.to_string_lossy(), root).await,
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ftp_server_20: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, root: Option<PathBuf>) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7020")
    })?;
    if !address.ip().is_loopback() {
        return Err(format!(
            "{address} can be reached from outside, and FTP shows passwords to everybody: take 127.0.0.1 or [::1]"
        ));
    }
    let idle = idle_limit()?;

    let temporary = tempfile::Builder::new()
        .prefix("ftp_server_20_")
        .tempdir()
        .map_err(|error| format!("cannot make a temporary folder: {error}"))?;
    let root = match root {
        Some(root) => {
            prepare(&root)
                .map_err(|problem| format!("cannot serve {}: {problem}", root.display()))?;
            root
        }
        None => {
            let root = temporary.path().join("root");
            fs::create_dir(&root)
                .map_err(|error| error.to_string())
                .and_then(|()| prepare(&root))
                .and_then(|()| fill(&root).map_err(|error| error.to_string()))
                .map_err(|problem| format!("cannot fill {}: {problem}", root.display()))?;
            root
        }
    };
    let (tls, authority) = certificate::make(address.ip())
        .map_err(|error| format!("cannot make a certificate: {error}"))?;
    let authority_file = temporary.path().join("authority.pem");
    fs::write(&authority_file, authority)
        .map_err(|error| format!("cannot write {}: {error}", authority_file.display()))?;

    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("another program has {address}: end it, or bind another port")
            }
            io::ErrorKind::PermissionDenied => {
                format!("this system does not let you bind {address}: take a port above 1023")
            }
            _ => format!("cannot bind {address}: {error}; is it an address of this machine?"),
        })?;
    // Asked for port 0, the system has chosen one: print the address that we really have.
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    // Whoever reads that we listen may end us at once: be ready for it.
    let asked_to_end =
        asked_to_end().map_err(|error| format!("cannot listen for Ctrl-C: {error}"))?;
    println!("listening on {bound}");
    for (name, _, kind, folder) in ACCOUNTS {
        println!("account {name}: {kind:?}, {}", root.join(folder).display());
    }
    println!("certificate authority: {}", authority_file.display());

    // A panic in libunftp costs the session that it belongs to and no other, so one line is enough.
    panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("somewhere", |place| place.file());
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        eprintln!("ftp_server_20: a session is broken: panic in {file}");
    }));

    let shared = Shared { root, tls, idle };
    tokio::select! {
        problem = accept(listener, shared) => return Err(problem),
        () = asked_to_end => {}
    }
    temporary
        .close()
        .map_err(|error| format!("cannot remove the temporary folder: {error}"))
}

/// What all sessions have in common.
#[derive(Clone)]
struct Shared {
    root: PathBuf,
    tls: Arc<rustls::ServerConfig>,
    idle: Duration,
}

/// Gives each client a thread, until accepting fails: that error is returned.
async fn accept(listener: TcpListener, shared: Shared) -> String {
    let places = Arc::new(Semaphore::new(MOST_SESSIONS));
    let mut number = 0;
    loop {
        let (client, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            // The client gave up while it stood in the queue.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return format!("cannot accept: {error}"),
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // Into an empty send buffer this fits at once, so a client that does not read holds up nobody.
            let _ = client.try_write(b"421 Too many clients, come back later\r\n");
            continue;
        };
        number += 1;
        let shared = shared.clone();
        thread::spawn(move || {
            if let Err(error) = serve_one(number, client, shared) {
                eprintln!("ftp_server_20: lost session {number}: {error}");
            }
            drop(place);
        });
    }
}

// ANCHOR: session
/// One session, from its first byte to its last, on a runtime of its own. libunftp leaves tasks behind
/// when a client goes away in the wrong moment; here they end with the runtime, and so do their sockets.
fn serve_one(number: usize, client: TcpStream, shared: Shared) -> io::Result<()> {
    let client = client.into_std()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        let client = TcpStream::from_std(client)?;
        client.set_nodelay(true)?;
        let transfer = Arc::new(Transfer::new());
        let (ours, theirs) = inner_connection(&client).await?;
        tokio::spawn(libunftp(theirs, &shared, Arc::clone(&transfer))?);
        let conversation = Conversation {
            number,
            client: client.peer_addr()?,
            server: client.local_addr()?.ip(),
            idle: shared.idle,
            transfer,
            tls: shared.tls.into(),
        };
        conversation.hold(client, ours).await;
        Ok(())
    });
    runtime.shutdown_background();
    ended
}
// ANCHOR_END: session

/// A connection from us to us, for libunftp: it takes sockets only, and asks them for addresses. So
/// both ends have the IP addresses of the client's own connection.
async fn inner_connection(client: &TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    let listener = bound_to(client.local_addr()?.ip())?.listen(8)?;
    let socket = bound_to(client.peer_addr()?.ip())?;
    let ours = socket.connect(listener.local_addr()?).await?;
    ours.set_nodelay(true)?;
    loop {
        let (theirs, from) = listener.accept().await?;
        // Somebody else on this machine may have found the port.
        if from == ours.local_addr()? {
            theirs.set_nodelay(true)?;
            return Ok((ours, theirs));
        }
    }
}

/// A socket that is bound to this address, and to a port that the system chooses.
fn bound_to(ip: IpAddr) -> io::Result<TcpSocket> {
    let socket = match ip {
        IpAddr::V4(_) => TcpSocket::new_v4(),
        IpAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.bind((ip, 0).into())?;
    Ok(socket)
}

/// Where libunftp waits for data connections: at the address that the client has come to.
#[derive(Debug)]
struct FreePort;

#[async_trait]
impl Binder for FreePort {
    async fn bind(&mut self, ip: IpAddr, _: RangeInclusive<u16>) -> io::Result<TcpSocket> {
        bound_to(ip)
    }
}

// ANCHOR: libunftp
/// libunftp, for one session. All limits are ours, so its own is out of reach.
fn libunftp(
    connection: TcpStream,
    shared: &Shared,
    transfer: Arc<Transfer>,
) -> io::Result<impl Future<Output = ()> + use<>> {
    let accounts = Arc::new(Accounts {
        root: shared.root.clone(),
    });
    let storage = Box::new(move || Storage::new(Arc::clone(&transfer)));
    let server = ServerBuilder::<Storage, Account>::with_user_detail_provider(
        storage,
        Arc::clone(&accounts) as Arc<_>,
    )
    .authenticator(accounts)
    .greeting("ftp_server_20 is ready")
    .active_passive_mode(ActivePassiveMode::ActiveAndPassive)
    .binder(FreePort)
    .idle_session_timeout(u64::from(u32::MAX))
    .sitemd5(SiteMd5::None)
    .build()
    .map_err(io::Error::other)?;
    Ok(async {
        // An error here is an end of the session, which the conversation sees on its side.
        let _ = server.service(connection).await;
    })
}
// ANCHOR_END: libunftp

/// How long a client may be silent: RFC 1123 §4.1.3.2 asks for 5 minutes at least, and that it can be set.
fn idle_limit() -> Result<Duration, String> {
    let Some(seconds) = env::var_os("IDLE_SECONDS") else {
        return Ok(Duration::from_secs(300));
    };
    match seconds.to_str().and_then(|seconds| seconds.parse().ok()) {
        Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!(
            "IDLE_SECONDS is {seconds:?}: take a number from 1 to 86400"
        )),
    }
}

/// Makes the accounts' folders in this folder, where they are missing.
fn prepare(root: &Path) -> Result<(), String> {
    match fs::metadata(root) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err("it is no folder".into()),
        Err(error) => return Err(error.to_string()),
    }
    // Trying it out is the only way to know whether we may write.
    tempfile::tempfile_in(root).map_err(|error| format!("we may not write there: {error}"))?;
    for (_, _, _, folder) in ACCOUNTS {
        fs::create_dir_all(root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    }
    Ok(())
}

/// Files to look at.
fn fill(root: &Path) -> io::Result<()> {
    let notes =
        "Notes of Ada\n\n1. Order tea: Darjeeling, 100 g, at most 5 €.\n2. Write to Charles.\n";
    fs::write(root.join("home/ada/notes.txt"), notes)?;
    fs::write(root.join("home/ada/picture.png"), PICTURE)?;
    let readme = "Put files here for everybody. What is here stays.\n";
    fs::write(root.join("shared/readme.txt"), readme)?;
    fs::write(
        root.join("public/welcome.txt"),
        "Welcome. Look into course/.\n",
    )?;
    fs::create_dir(root.join("public/course"))?;
    let lesson = "FTP uses two connections: one for commands, one for files.\n";
    fs::write(root.join("public/course/lesson.txt"), lesson)
}

/// A picture of the course's own.
const PICTURE: &[u8] = include_bytes!("picture.png");

/// Listens for Ctrl-C, and for the system's wish that we end, from now on. What it gives is ready when either has come.
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
