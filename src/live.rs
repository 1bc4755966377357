//! What a page can ask of this program: to run a lab and send what happens as it happens; to tell how the builds
//! and the exercises stand, and each change. One JSON object a line, in answers that go on as long as there is news.

use crate::{
    builds::{Builds, LabBuild},
    exercises,
    labs::{self, Lab},
    progress::Progress,
    recording::{Event, What},
};
use anyhow::Result;
use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, convert::Infallible, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::timeout,
};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

/// How many labs run at once. A further one waits.
const RUNS: usize = 2;

/// How many runs are taken on at once, with those that wait. A further one is refused.
const MOST_RUNS: usize = 8;

/// How many lines one program may print on one stream, or one direction of a connection may carry.
const MOST_LINES: usize = 500;

/// How long the last line of a run may take to be read.
const LAST_LINE: Duration = Duration::from_secs(5);

/// What the answers here need.
#[derive(Clone)]
pub struct Live {
    root: PathBuf,
    builds: Arc<Builds>,
    progress: Arc<Progress>,
    taken_on: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// What a run's request may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The reader's own message, for a lab that takes one.
    message: Option<String>,
}

/// A line of a run's answer that is not an [`Event`] of the run.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line<'a> {
    /// Its examples are being built.
    Building { example: &'a str, line: &'a str },
    /// Others run; this one begins when one of them has ended.
    Waiting,
    /// It has ended as it should.
    Done,
    /// It has not, or could not begin.
    Problem { line: String },
}

impl Live {
    /// Runs the labs of the course in `root`.
    pub fn new(root: PathBuf, builds: Arc<Builds>, progress: Arc<Progress>) -> Live {
        Live {
            root,
            builds,
            progress,
            taken_on: Arc::new(Semaphore::new(MOST_RUNS)),
            running: Arc::new(Semaphore::new(RUNS)),
        }
    }

    /// Runs the lab and sends each line, as JSON, to the reader; ends when the reader is gone.
    async fn run(
        &self,
        lab: &Lab,
        message: Option<&str>,
        reader: &mpsc::Sender<Bytes>,
    ) -> Result<()> {
        let tell = |state: &LabBuild| {
            let (example, line) = (&state.example, &state.message);
            if let Ok(line) = json_line(&Line::Building { example, line }) {
                // To somebody who reads slowly it matters least.
                let _ = reader.try_send(line);
            }
        };
        let built = self.builds.programs(lab, tell).await?;
        let turn = match self.running.try_acquire() {
            Ok(turn) => turn,
            Err(_) => {
                send(reader, &Line::Waiting).await?;
                self.running.acquire().await?
            }
        };
        let (watcher, mut events) = mpsc::channel(64);
        let forward = async {
            let mut lines: BTreeMap<String, usize> = BTreeMap::new();
            while let Some(event) = events.recv().await {
                let count = lines.entry(speaker(&event)).or_default();
                *count += 1;
                anyhow::ensure!(
                    *count <= MOST_LINES,
                    "more than {MOST_LINES} lines of one kind; the run was ended"
                );
                send(reader, &event).await?;
            }
            Ok(())
        };
        // Where one of the two fails, the other is dropped, and with the run all its programs are ended.
        tokio::try_join!(lab.run(&built, message, watcher), forward)?;
        drop(turn);
        Ok(())
    }
}

/// Who speaks in an event: a program on one of its streams, or one direction of a connection.
fn speaker(event: &Event) -> String {
    match &event.what {
        What::Printed { program, error, .. } => format!("{program} {error}"),
        What::Wire {
            connection,
            direction,
            ..
        } => format!("{connection} {direction:?}"),
        What::Started { .. } | What::Ended { .. } => String::new(),
    }
}

fn json_line(line: &impl Serialize) -> Result<Bytes> {
    let mut json = serde_json::to_vec(line)?;
    json.push(b'\n');
    Ok(json.into())
}

async fn send(reader: &mpsc::Sender<Bytes>, line: &impl Serialize) -> Result<()> {
    Ok(reader.send(json_line(line)?).await?)
}

/// `POST /run/LAB`: runs it and sends what happens.
pub async fn run(State(live): State<Live>, Path(name): Path<String>, body: Bytes) -> Response {
    let refuse = |status: StatusCode, why: String| (status, why).into_response();
    let lab = match labs::list(&live.root) {
        Ok(labs) => labs.into_iter().find(|lab| lab.name() == name),
        Err(error) => return refuse(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")),
    };
    let Some(lab) = lab else {
        return refuse(StatusCode::NOT_FOUND, "there is no lab of this name".into());
    };
    let Ok(wish) = serde_json::from_slice::<Wish>(&body) else {
        let why = "the request is not {} or {\"message\": \"...\"}";
        return refuse(StatusCode::BAD_REQUEST, why.into());
    };
    if let Some(message) = &wish.message
        && let Err(error) = lab.check_message(message)
    {
        return refuse(StatusCode::BAD_REQUEST, format!("{error:#}"));
    }
    let Ok(place) = live.taken_on.clone().try_acquire_owned() else {
        let why =
            format!("{MOST_RUNS} runs are under way or wait already: let one end, then try again");
        return refuse(StatusCode::TOO_MANY_REQUESTS, why);
    };
    let (reader, lines) = mpsc::channel(64);
    tokio::spawn(async move {
        let ran = tokio::select! {
            ran = live.run(&lab, wish.message.as_deref(), &reader) => ran,
            () = reader.closed() => Ok(()),
        };
        drop(place);
        let last = match ran {
            Ok(()) => Line::Done,
            Err(error) => Line::Problem {
                line: format!("{error:#}"),
            },
        };
        let _ = timeout(LAST_LINE, send(&reader, &last)).await;
    });
    answer(ReceiverStream::new(lines))
}

/// `GET /builds`: how far the labs' examples are built.
pub async fn builds(State(live): State<Live>, RawQuery(query): RawQuery) -> Response {
    news(live.builds.states(), query)
}

/// `GET /exercises`: how the exercises stand.
pub async fn exercise_states(State(live): State<Live>, RawQuery(query): RawQuery) -> Response {
    news(live.progress.states(), query)
}

/// `POST /open/EXERCISE`: opens its file in the program that the system has for such files.
pub async fn open_file(State(live): State<Live>, Path(name): Path<String>) -> Response {
    let exercises = exercises::list(&live.root).unwrap_or_default();
    let Some(exercise) = exercises.iter().find(|exercise| exercise.name == name) else {
        return (StatusCode::NOT_FOUND, "there is no exercise of this name").into_response();
    };
    let file = live.root.join(exercise.file());
    let opened = tokio::task::spawn_blocking(move || open::that_detached(file)).await;
    match opened {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        _ => (
            StatusCode::NOT_IMPLEMENTED,
            "no program for such files was found",
        )
            .into_response(),
    }
}

/// Each of these, and then whatever changes in them. With the query `once`, only how they are now.
fn news<T: Clone + PartialEq + Serialize + Send + Sync + 'static>(
    mut states: watch::Receiver<Vec<T>>,
    query: Option<String>,
) -> Response {
    let once = query.as_deref() == Some("once");
    let (reader, lines) = mpsc::channel(64);
    tokio::spawn(async move {
        let mut told: Vec<T> = Vec::new();
        loop {
            let now = states.borrow_and_update().clone();
            for state in now.iter().filter(|state| !told.contains(state)) {
                if send(&reader, state).await.is_err() {
                    return;
                }
            }
            told = now;
            if once {
                return;
            }
            tokio::select! {
                changed = states.changed() => if changed.is_err() { return },
                () = reader.closed() => return,
            }
        }
    });
    answer(ReceiverStream::new(lines))
}

/// An answer that is sent line by line.
fn answer(lines: ReceiverStream<Bytes>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    let lines = lines.map(Ok::<_, Infallible>);
    (kind, Body::from_stream(lines)).into_response()
}
