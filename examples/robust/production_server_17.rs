//! # A server to leave alone
//!
//! Everything has a limit: connections, work in progress, work that waits, time. It tells what it does in a log and in
//! numbers, and when it is asked to end, it first finishes what it has begun.
//!
//! The server in one terminal, a client in another:
//!
//! ```console
//! $ cargo run --example production_server_17
//! $ nc 127.0.0.1 7017
//! ```
//!
//! Expect `listening on 127.0.0.1:7017`. It takes lines: `echo TEXT` gives the text back, `work MILLISECONDS` is busy for so
//! long, `metrics` gives the numbers. Ctrl-C ends it in peace. Its arguments are another address to bind, and how many
//! connections it takes.
//!
//! Try next: `work 4000`, and Ctrl-C here before the answer is there. Then 10,000 connections.
//!
//! Not for production: it has no TLS, and its numbers are for whoever asks.

use std::{
    env,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy, sink},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

/// How many connections there are at once, unless the second argument says another number.
const MOST_CONNECTIONS: usize = 10_000;

/// How many pieces of work are in progress, and how many wait. Whoever comes then is told to come again: a queue
/// without an end only makes everybody wait longer than anybody has patience for.
const WORKERS: usize = 8;
const WAITING: usize = 32;

/// How long a piece of work may be, in milliseconds.
const LONGEST_WORK: u64 = 5_000;

/// How long a line may be.
const LONGEST_LINE: u64 = 1_000;

/// How long a connection may say nothing, and how long it may take to take an answer.
const IDLE: Duration = Duration::from_secs(60);
const WRITE: Duration = Duration::from_secs(5);

/// How long a client may take to end after our last words, and how many we refuse are given that time at once.
const PART: Duration = Duration::from_secs(1);
const PARTING: usize = 32;

/// How long we wait for what is in progress, when we are asked to end.
const GRACE: Duration = Duration::from_secs(10);

/// The files that a process needs besides its connections.
const OTHER_FILES: u64 = 64;

/// What all connections share.
struct Server {
    connections: Arc<Semaphore>,
    parting: Arc<Semaphore>,
    workers: Semaphore,
    waiting: Semaphore,
    numbers: Numbers,
    /// Cancelled when the server is asked to end.
    ending: CancellationToken,
}

/// What `metrics` tells.
#[derive(Default)]
struct Numbers {
    open: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    answered: AtomicU64,
    busy: AtomicU64,
    timed_out: AtomicU64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let address = arguments.first().map_or("127.0.0.1:7017", |text| text);
    let most = arguments.get(1).map(|text| text.parse());
    let most = match most.unwrap_or(Ok(MOST_CONNECTIONS)) {
        Ok(most) if (1..=1_000_000).contains(&most) => most,
        _ => {
            eprintln!("production_server_17: the second argument is a number of connections");
            return ExitCode::FAILURE;
        }
    };
    // What a program has to say to people who look after it goes to standard error, with the time.
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_target(false)
        .init();
    match run(address, most).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("production_server_17: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(address: &str, most: usize) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7017")
    })?;
    // ANCHOR: files
    // A connection is an open file, and a process may have few of them (often 1024) until it asks for more.
    let files = rlimit::increase_nofile_limit(most as u64 + OTHER_FILES).unwrap_or(0);
    let most = match usize::try_from(files.saturating_sub(OTHER_FILES)) {
        Ok(room) if room > 0 && room < most => {
            warn!(room, "this system lets us have fewer connections");
            room
        }
        _ => most,
    };
    // ANCHOR_END: files
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot bind {address}: {error}; is it taken, or of another machine?")
    })?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    // Before we say that we listen: whoever has read that may ask us to end.
    let asked_to_end = asked_to_end().map_err(|error| format!("cannot hear Ctrl-C: {error}"))?;
    writeln!(io::stdout(), "listening on {bound}")
        .map_err(|error| format!("cannot say where it listens: {error}"))?;
    let server = Arc::new(Server {
        connections: Arc::new(Semaphore::new(most)),
        parting: Arc::new(Semaphore::new(PARTING)),
        workers: Semaphore::new(WORKERS),
        waiting: Semaphore::new(WAITING),
        numbers: Numbers::default(),
        ending: CancellationToken::new(),
    });
    let tasks = TaskTracker::new();

    // ANCHOR: ending
    tokio::select! {
        () = accept_all(listener, &server, &tasks) => {}
        asked = asked_to_end => info!(by = asked, "ending: no new connection from now on"),
    }
    // The listener is gone: who connects now is refused by the system. Those who are here get the answers that are
    // in the making, and no more.
    server.ending.cancel();
    tasks.close();
    let open = tasks.len();
    match timeout(GRACE, tasks.wait()).await {
        Ok(()) => info!(finished = open, "ended"),
        Err(_) => warn!(unfinished = tasks.len(), "ended without them"),
    }
    // ANCHOR_END: ending
    Ok(())
}

/// Ctrl-C, or what a service manager sends. What comes before somebody waits for it is not lost.
#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => "Ctrl-C",
            _ = terminated.recv() => "SIGTERM",
        }
    })
}

/// Ctrl-C. What comes before somebody waits for it is not lost.
#[cfg(not(unix))]
fn asked_to_end() -> io::Result<impl Future<Output = &'static str>> {
    let mut pressed = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        pressed.recv().await;
        "Ctrl-C"
    })
}

// ANCHOR: accept
async fn accept_all(listener: TcpListener, server: &Arc<Server>, tasks: &TaskTracker) {
    loop {
        let (mut connection, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // No file is free, or this client has gone again. It is no reason to end; but an error that
                // stays must not become a loop that does nothing else.
                warn!(%error, "cannot accept");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(place) = server.connections.clone().try_acquire_owned() else {
            // Told, and not left waiting. This is a few bytes into an empty buffer: it does not wait either.
            add(&server.numbers.refused);
            let _ = connection.try_write(b"busy: come again later\n");
            if let Ok(parting) = server.parting.clone().try_acquire_owned() {
                tasks.spawn(async move {
                    part(&mut connection).await;
                    drop(parting);
                });
            }
            continue;
        };
        add(&server.numbers.accepted);
        let server = server.clone();
        tasks.spawn(async move {
            add(&server.numbers.open);
            serve(connection, &server).await;
            server.numbers.open.fetch_sub(1, Ordering::Relaxed);
            drop(place);
        });
    }
}
// ANCHOR_END: accept

// ANCHOR: part
/// Ends our direction, and waits for the client to end its own. Who closes while there are bytes to read resets the
/// connection, and a reset may take our last words with it.
async fn part(connection: &mut TcpStream) {
    let _ = connection.shutdown().await;
    let _ = timeout(PART, copy(connection, &mut sink())).await;
}
// ANCHOR_END: part

// ANCHOR: serve
async fn serve(mut connection: TcpStream, server: &Server) {
    let (input, mut output) = connection.split();
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut input).take(LONGEST_LINE + 1);
        // The end may come while we wait for a line, and not while we answer one. A line that is here counts.
        let read = tokio::select! {
            biased;
            read = timeout(IDLE, limited.read_until(b'\n', &mut line)) => read,
            () = server.ending.cancelled() => return,
        };
        match read {
            Ok(Ok(1..)) => {}
            Ok(_) => return,
            Err(_) => return add(&server.numbers.timed_out),
        }
        let Some(request) = line.strip_suffix(b"\n") else {
            let _ = timeout(WRITE, output.write_all(b"error: no whole line\n")).await;
            break;
        };
        let answer = answer(&String::from_utf8_lossy(request), server).await + "\n";
        // A client that sends and does not read fills its own buffers, and then waits for itself: while we wait
        // here, nothing more is read from it.
        match timeout(WRITE, output.write_all(answer.as_bytes())).await {
            Ok(Ok(())) => add(&server.numbers.answered),
            Ok(Err(_)) => return,
            Err(_) => return add(&server.numbers.timed_out),
        }
        if server.ending.is_cancelled() {
            break;
        }
    }
    part(&mut connection).await;
}
// ANCHOR_END: serve

// ANCHOR: answer
async fn answer(request: &str, server: &Server) -> String {
    let request = request.trim_end_matches('\r');
    if let Some(text) = request.strip_prefix("echo ") {
        return text.to_owned();
    }
    if request == "metrics" {
        return server.metrics();
    }
    let time = request
        .strip_prefix("work ")
        .and_then(|time| time.parse().ok());
    let Some(time) = time.filter(|time| *time <= LONGEST_WORK) else {
        return "error: echo TEXT, work MILLISECONDS (5000 at most) or metrics".into();
    };
    // A place to wait in, then a worker. If the first is not free, no waiting would end soon.
    let Ok(waits) = server.waiting.try_acquire() else {
        add(&server.numbers.busy);
        return "busy: come again later".into();
    };
    let Ok(_worker) = server.workers.acquire().await else {
        return "busy: come again later".into();
    };
    drop(waits);
    sleep(Duration::from_millis(time)).await;
    format!("worked {time} ms")
}
// ANCHOR_END: answer

impl Server {
    fn metrics(&self) -> String {
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let numbers = &self.numbers;
        format!(
            "open {} accepted {} refused {} answered {} working {} waiting {} busy {} timed_out {}",
            of(&numbers.open),
            of(&numbers.accepted),
            of(&numbers.refused),
            of(&numbers.answered),
            WORKERS - self.workers.available_permits(),
            WAITING - self.waiting.available_permits(),
            of(&numbers.busy),
            of(&numbers.timed_out)
        )
    }
}

fn add(number: &AtomicU64) {
    number.fetch_add(1, Ordering::Relaxed);
}
