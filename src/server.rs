//! Serves the book on 127.0.0.1, and builds it again when its source changes.

use crate::book;
use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use notify::{EventKind, RecursiveMode, Watcher};
use std::{
    io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower_http::services::{ServeDir, ServeFile};

/// The first port to try when the reader asks for none.
const DEFAULT_PORT: u16 = 7080;

/// How many ports to try from there.
const PORTS_TO_TRY: u16 = 20;

/// The folders whose files the book is built from.
const SOURCES: [&str; 3] = ["book", "examples", "exercises"];

/// How long the source must be quiet before the book is built again: editors save in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// The folder of the newest good build. A request keeps the folder that it began with.
type Current = Arc<Mutex<Arc<TempDir>>>;

/// Builds the book and serves it until Ctrl-C. Prints what it does as it does it.
pub async fn serve(root: PathBuf, port: Option<u16>, open: bool) -> Result<()> {
    let listener = listen(port).await?;
    let address = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());

    println!("building the book ...");
    let (first, built) = build(&root)?;
    let current = Arc::new(Mutex::new(Arc::new(first)));
    println!("{built}");
    println!("the book is at {address}");
    let (tell, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(tell)?;
    for folder in SOURCES {
        let watched = watcher.watch(&root.join(folder), RecursiveMode::Recursive);
        watched.with_context(|| format!("cannot watch {folder}/ for changes"))?;
    }
    let newest = current.clone();
    std::thread::spawn(move || rebuild_on_change(&root, &changes, &newest));

    let port = listener.local_addr()?.port();
    let routes = Router::new()
        .fallback(page)
        .with_state(current.clone())
        .layer(middleware::from_fn_with_state(port, guard));
    let invite = async {
        println!("it follows changes of its source; Ctrl-C ends it");
        if open && let Err(error) = open::that(&address) {
            eprintln!("loopback: no browser opened ({error}); open the address yourself");
        }
        std::future::pending().await
    };
    let ended = tokio::select! {
        // In this order: once the reader is invited, Ctrl-C is heard and pages are served.
        biased;
        ended = end_is_asked() => ended.context("cannot wait for Ctrl-C"),
        served = axum::serve(listener, routes) => served.context("cannot serve"),
        () = invite => Ok(()),
    };
    // The watching thread holds the folder too, and is not waited for: remove it here.
    let last = current.lock().unwrap_or_else(PoisonError::into_inner);
    std::fs::remove_dir_all(last.path()).context("cannot remove the built book")?;
    ended
}

/// Waits until the reader presses Ctrl-C, or closes the terminal, or otherwise asks for the end.
async fn end_is_asked() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminal_closed = signal(SignalKind::hangup())?;
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminal_closed.recv() => Ok(()),
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// The port that was asked for, or else the first free one of ours.
async fn listen(port: Option<u16>) -> Result<TcpListener> {
    let ports = match port {
        Some(port) => port..=port,
        None => DEFAULT_PORT..=DEFAULT_PORT + PORTS_TO_TRY - 1,
    };
    let (first, last) = (*ports.start(), *ports.end());
    for port in ports {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => bail!("cannot have port {port}: {error}; try another with --port"),
        }
    }
    if first == last {
        bail!("another program has port {first}: end it, or choose another with --port")
    }
    bail!("other programs have all ports from {first} to {last}: choose one with --port")
}

/// Builds the book into a folder of its own, and gives a line that says so.
fn build(root: &Path) -> Result<(TempDir, String)> {
    let start = Instant::now();
    let directory = tempfile::Builder::new()
        .prefix("loopback-book-")
        .tempdir()?;
    book::build(root, directory.path())?;
    let (pages, took) = (book::pages(root)?.len(), start.elapsed().as_secs_f64());
    Ok((directory, format!("built {pages} pages in {took:.1} s")))
}

/// Builds the book again whenever its source has changed; keeps the last good one if that fails.
fn rebuild_on_change(
    root: &Path,
    changes: &mpsc::Receiver<notify::Result<notify::Event>>,
    current: &Current,
) {
    // Where `mdbook build book` and `cargo run -- build` put the book: that is no source.
    let output = root.join("book/book");
    let is_source = |change: &notify::Result<notify::Event>| match change {
        Ok(event) => {
            !matches!(event.kind, EventKind::Access(_))
                && !event.paths.iter().all(|path| path.starts_with(&output))
        }
        Err(_) => false,
    };
    while let Ok(change) = changes.recv() {
        if !is_source(&change) {
            continue;
        }
        while changes.recv_timeout(QUIET).is_ok() {}
        match build(root) {
            Ok((newest, built)) => {
                *current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(newest);
                println!("{built}");
            }
            Err(error) => eprintln!("loopback: {error:#}; showing the last good book"),
        }
    }
}

/// Any page that the reader's browser has open can send requests here. One whose name was made to
/// point to this machine (DNS rebinding) is known by its Host header and gets nothing.
async fn guard(State(port): State<u16>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    if !host.is_some_and(|host| ours.iter().any(|ours| host == ours.as_str())) {
        return (StatusCode::MISDIRECTED_REQUEST, "not this book's address").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A page may change with the next save.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            // mdBook's pages have scripts and styles of their own in them.
            "default-src 'self'; script-src 'self' 'unsafe-inline'; \
             style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
             frame-ancestors 'none'; base-uri 'self'; form-action 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn page(State(current): State<Current>, request: Request) -> Response {
    let directory = current
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let missing = ServeFile::new(directory.path().join("404.html"));
    let mut files = ServeDir::new(directory.path()).not_found_service(missing);
    match files.try_call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
