//! Serves the book on 127.0.0.1, and builds it again when its source changes.

use crate::{
    builds::Builds,
    cargo::Cargo,
    guard::{self, Guard},
    live::{self, Live},
    pages::{self, Pages},
    progress::Progress,
};
use anyhow::{Context, Result, bail};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use notify::{EventKind, RecursiveMode, Watcher};
use std::{
    io::{self, Write},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
};
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

/// The first port to try when the reader asks for none.
const DEFAULT_PORT: u16 = 7080;

/// How many ports to try from there.
const PORTS_TO_TRY: u16 = 20;

/// The folders whose files the book is built from.
const SOURCES: [&str; 3] = ["book", "examples", "exercises"];

/// How long the body of a request may be, in bytes.
const LONGEST_REQUEST: usize = 4_096;

/// Builds the book and serves it until Ctrl-C. Prints what it does as it does it.
pub async fn serve(root: PathBuf, port: Option<u16>, open: bool) -> Result<()> {
    let listener = listen(port).await?;
    let guard = Arc::new(Guard::new(listener.local_addr()?.port())?);
    let address = guard.address();

    println!("building the book ...");
    let (pages, built) = Pages::build(&root, guard.clone())?;
    println!("{built}");
    println!("the book is at {address}");
    let folder = root.join("target");
    let cargo = Cargo::new(&root);
    let builds = Builds::start(cargo.clone());
    let progress = Progress::start(cargo, builds.clone());
    let (tell_pages, changes) = mpsc::channel();
    let mut watcher =
        notify::recommended_watcher(report_changes(&root, tell_pages, &builds, &progress))?;
    for folder in SOURCES {
        let watched = watcher.watch(&root.join(folder), RecursiveMode::Recursive);
        watched.with_context(|| format!("cannot watch {folder}/ for changes"))?;
    }
    let follower = pages.clone();
    std::thread::spawn(move || follower.follow(&changes));

    let live = Router::new()
        .route("/run/{lab}", post(live::run))
        .route("/builds", get(live::builds))
        .route("/exercises", get(live::exercise_states))
        .route("/open/{exercise}", post(live::open_file))
        .layer(DefaultBodyLimit::max(LONGEST_REQUEST))
        .with_state(Live::new(root, builds, progress));
    let book = Router::new()
        .fallback(pages::page)
        .layer(CompressionLayer::new())
        .with_state(pages.clone());
    let routes = live
        .merge(book)
        .layer(middleware::from_fn_with_state(guard, guard::guard));
    let invite = async {
        println!("it follows changes of its source; Ctrl-C ends it");
        let opened = if open {
            open_browser(&folder, &address)
        } else {
            Ok(None)
        };
        if let Err(error) = &opened {
            eprintln!("loopback: no browser opened ({error}); open the address yourself");
        }
        // The file that leads to the book stays until then.
        std::future::pending().await
    };
    let ended = tokio::select! {
        // In this order: once the reader is invited, Ctrl-C is heard and pages are served.
        biased;
        ended = end_is_asked() => ended.context("cannot wait for Ctrl-C"),
        served = axum::serve(listener, routes) => served.context("cannot serve"),
        () = invite => Ok(()),
    };
    // The following thread holds the folder too, and is not waited for: remove it here.
    pages.remove().context("cannot remove the built book")?;
    ended
}

/// Passes on what has changed: to the pages, and where it concerns them, to the builds and the exercises.
fn report_changes(
    root: &Path,
    pages: mpsc::Sender<bool>,
    builds: &Arc<Builds>,
    progress: &Arc<Progress>,
) -> impl Fn(notify::Result<notify::Event>) + use<> {
    let (builds, progress) = (builds.clone(), progress.clone());
    let (examples, exercises) = (root.join("examples"), root.join("exercises"));
    // Where `mdbook build book` and `cargo run -- build` put the book: that is no source.
    let output = root.join("book/book");
    move |change| {
        let Ok(event) = change else { return };
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        let concerns = |folder: &Path| event.paths.iter().any(|path| path.starts_with(folder));
        if concerns(&examples) {
            builds.look_again();
        }
        if concerns(&exercises) {
            progress.look_again();
        }
        if !event.paths.iter().all(|path| path.starts_with(&output)) {
            let _ = pages.send(event.paths.iter().all(|path| path.starts_with(&exercises)));
        }
    }
}

/// Opens the book in the reader's browser, by way of a file that nobody else can read: every user of this machine
/// sees the arguments of every program, and the key must not be among them.
fn open_browser(folder: &Path, address: &str) -> io::Result<Option<NamedTempFile>> {
    std::fs::create_dir_all(folder)?;
    // Not in the folder for temporary files: some browsers run where they cannot see it.
    let mut file = tempfile::Builder::new()
        .prefix("open-the-book-")
        .suffix(".html")
        .tempfile_in(folder)?;
    file.write_all(guard::way_in(address).as_bytes())?;
    open::that_detached(file.path())?;
    Ok(Some(file))
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
