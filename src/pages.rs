//! The built book: built again when its source changes, and sent page by page, so that a browser keeps what it has.

use crate::{
    book,
    exercises::{self, Exercise},
    guard::Guard,
};
use anyhow::Result;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tower_http::services::{ServeDir, ServeFile};

/// How long the source must be quiet before the book is built again: editors save in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// Longer than any file of the book.
const LONGEST_FILE: usize = 64 << 20;

/// The newest good build of the book.
#[derive(Clone)]
pub struct Pages {
    root: PathBuf,
    guard: Arc<Guard>,
    /// Its folder. A request keeps the folder that it began with.
    current: Arc<Mutex<Arc<TempDir>>>,
}

impl Pages {
    /// Builds the book, and gives a line that says so.
    pub fn build(root: &Path, guard: Arc<Guard>) -> Result<(Pages, String)> {
        let (first, built) = build(root)?;
        let pages = Pages {
            root: root.to_owned(),
            guard,
            current: Arc::new(Mutex::new(Arc::new(first))),
        };
        Ok((pages, built))
    }

    fn current(&self) -> Arc<TempDir> {
        let current = self.current.lock();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Removes the built book from the disk.
    pub fn remove(&self) -> std::io::Result<()> {
        std::fs::remove_dir_all(self.current().path())
    }

    /// Builds the book again whenever a change is reported; keeps the last good one if that fails. A change says
    /// whether it is in the exercises only, of which most leave the book as it is.
    pub fn follow(&self, changes: &mpsc::Receiver<bool>) {
        let mut words = exercise_words(&self.root);
        while let Ok(mut only_exercises) = changes.recv() {
            while let Ok(more) = changes.recv_timeout(QUIET) {
                only_exercises &= more;
            }
            let before = std::mem::replace(&mut words, exercise_words(&self.root));
            if only_exercises && words == before {
                continue;
            }
            match build(&self.root) {
                Ok((newest, built)) => {
                    let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
                    *current = Arc::new(newest);
                    println!("{built}");
                }
                Err(error) => eprintln!("loopback: {error:#}; showing the last good book"),
            }
        }
    }
}

/// What the book shows of the exercises: their tasks and their hints.
fn exercise_words(root: &Path) -> Vec<Option<(String, Vec<String>)>> {
    let exercises = exercises::list(root).unwrap_or_default();
    let words = |exercise: &Exercise| Some((exercise.task(root).ok()?, exercise.hints(root).ok()?));
    exercises.iter().map(words).collect()
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

/// Sends a file of the book.
pub async fn page(State(pages): State<Pages>, request: Request) -> Response {
    match file(&pages, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn file(pages: &Pages, mut request: Request) -> Result<Response, axum::BoxError> {
    let known = request.headers_mut().remove(header::IF_NONE_MATCH);
    // Every start has its own token in its pages, so neither a date nor a part of a file says enough.
    request.headers_mut().remove(header::IF_MODIFIED_SINCE);
    request.headers_mut().remove(header::RANGE);
    let never_changes = is_named_by_its_hash(request.uri().path());

    let directory = pages.current();
    let missing = ServeFile::new(directory.path().join("404.html"));
    let mut files = ServeDir::new(directory.path()).not_found_service(missing);
    let (mut head, body) = files.try_call(request).await?.into_parts();
    let mut bytes = to_bytes(Body::new(body), LONGEST_FILE).await?;
    let kind = head.headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        bytes = with_token(&bytes, &pages.guard.token);
    }
    if head.status != StatusCode::OK {
        head.headers.remove(header::CONTENT_LENGTH);
        return Ok(Response::from_parts(head, Body::from(bytes)));
    }
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish()))?;
    let keep = if never_changes {
        "private, max-age=31536000, immutable"
    } else {
        // Kept, but asked for again each time: it may change with the next save.
        "private, no-cache"
    };
    for name in [
        header::LAST_MODIFIED,
        header::ACCEPT_RANGES,
        header::CONTENT_LENGTH,
    ] {
        head.headers.remove(name);
    }
    head.headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    head.headers.insert(header::ETAG, tag.clone());
    if known.is_some_and(|known| known == tag) {
        head.status = StatusCode::NOT_MODIFIED;
        bytes = Bytes::new();
    }
    Ok(Response::from_parts(head, Body::from(bytes)))
}

/// A page with the token in it that lets its scripts ask this program to do something.
fn with_token(page: &[u8], token: &str) -> Bytes {
    let page = String::from_utf8_lossy(page);
    let meta = format!("<head>\n<meta name=\"loopback-token\" content=\"{token}\">");
    page.replacen("<head>", &meta, 1).into()
}

/// Whether mdBook has put a hash of its content into a file's name, such as `general-2459343d.css`.
fn is_named_by_its_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let hash = name
        .rsplit_once('-')
        .and_then(|(_, end)| end.split_once('.'))
        .map_or("", |(hash, _)| hash);
    hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}
