//! Follows the exercises while the book is served: judges each one whose file or check has changed, and that one
//! only; remembers the verdicts, so that a restart has them at once.

use crate::{
    builds::Builds,
    cargo::Cargo,
    exercises::{self, Exercise, State},
};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{
    sync::{Notify, watch},
    task::{AbortHandle, JoinSet},
    time::sleep,
};

/// How long the files must be quiet before an exercise is judged: editors save in several steps.
const QUIET: Duration = Duration::from_millis(60);

/// How many exercises are judged at once. More than one, since an answer may hang.
const AT_ONCE: usize = 3;

/// How many verdicts are remembered.
const MOST_REMEMBERED: usize = 2_000;

/// How it stands with an exercise, as a page is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Its name.
    pub exercise: String,
    /// `checking`, or one of the names of a [`State`].
    pub state: String,
    /// What the compiler or the check says.
    pub message: String,
    /// The file that the reader edits, from the repository's root.
    pub file: String,
    /// The same file, with its whole path on this machine.
    pub path: PathBuf,
}

/// A verdict, as it is remembered.
#[derive(Clone, Serialize, Deserialize)]
struct Verdict {
    state: String,
    message: String,
}

/// The exercises of the course, and how they stand.
pub struct Progress {
    cargo: Cargo,
    told: watch::Sender<Vec<Standing>>,
    changed: Notify,
}

/// An exercise as it was when it was last looked at.
struct Seen {
    exercise: Exercise,
    /// A number of all that its verdict depends on.
    content: u64,
    saved: Option<SystemTime>,
}

/// What is to be judged.
#[derive(Clone)]
struct Waiting {
    exercise: Exercise,
    content: u64,
    /// Nobody waits for it.
    gentle: bool,
}

/// What the worker knows.
#[derive(Default)]
struct Work {
    /// In the book's order.
    seen: Vec<Seen>,
    /// By the content that they are about.
    verdicts: BTreeMap<u64, Verdict>,
    queue: VecDeque<Waiting>,
    /// What is judged now.
    judging: Vec<(Waiting, AbortHandle)>,
}

impl Progress {
    /// Begins to follow the exercises, in the background, for as long as this program runs. All of them are judged
    /// once, when all that `builds` has to build is built.
    pub fn start(cargo: Cargo, builds: Arc<Builds>) -> Arc<Progress> {
        let progress = Arc::new(Progress {
            cargo,
            told: watch::Sender::default(),
            changed: Notify::new(),
        });
        tokio::spawn(progress.clone().work(builds));
        progress
    }

    /// Says that a file may have changed.
    pub fn look_again(&self) {
        self.changed.notify_one();
    }

    /// How the exercises stand, in the book's order.
    pub fn states(&self) -> watch::Receiver<Vec<Standing>> {
        self.told.subscribe()
    }

    async fn work(self: Arc<Self>, builds: Arc<Builds>) {
        let memory = self.cargo.root().join("target/exercises.json");
        let mut work = Work::remember(&memory);
        let mut tasks = JoinSet::new();
        let settled = builds.settled();
        tokio::pin!(settled);
        let mut built = false;
        loop {
            self.look(&mut work);
            while let Some(next) = work.next(built) {
                let (
                    cargo,
                    Waiting {
                        exercise,
                        content,
                        gentle,
                    },
                ) = (self.cargo.clone(), next.clone());
                let task = tasks.spawn(async move {
                    let state = exercise.judge(&cargo, gentle).await;
                    let is_same = number(cargo.root(), &exercise) == content;
                    // Otherwise it was saved meanwhile, and nobody knows which of the two was judged.
                    is_same.then(|| (content, verdict(state)))
                });
                work.judging.push((next, task));
            }
            self.tell(&work);
            tokio::select! {
                () = self.changed.notified() => sleep(QUIET).await,
                Some(judged) = tasks.join_next() => {
                    if let Ok(Some((content, verdict))) = judged {
                        work.verdicts.insert(content, verdict);
                        work.save(&memory);
                    }
                    work.judging.retain(|(_, task)| !task.is_finished());
                }
                () = &mut settled, if !built => built = true,
            }
        }
    }

    /// Finds out which exercises are not as they were, and puts them into the queue.
    fn look(&self, work: &mut Work) {
        let root = self.cargo.root();
        // A list with a mistake in it leaves all as it is: whoever builds the book is told of it.
        let Ok(exercises) = exercises::list(root) else {
            return;
        };
        let before = std::mem::take(&mut work.seen);
        let mut edited = Vec::new();
        for exercise in exercises {
            let content = number(root, &exercise);
            let about = fs::metadata(root.join(exercise.file()));
            let saved = about.and_then(|about| about.modified()).ok();
            let was = before.iter().find(|seen| seen.exercise == exercise);
            // Whoever saves what has failed once more wants it judged once more.
            if was.is_some_and(|was| was.content == content && was.saved != saved) {
                work.verdicts
                    .retain(|of, verdict| *of != content || verdict.is_sure());
            }
            let is_known = work.verdicts.get(&content).is_some_and(Verdict::is_sure);
            let under_way = work.judging.iter().map(|(judged, _)| judged);
            let is_under_way = under_way
                .chain(&work.queue)
                .any(|one| one.content == content);
            let is_new = was.is_none_or(|was| was.content != content || was.saved != saved);
            if is_new && !is_known && !is_under_way {
                edited.push((exercise.clone(), content));
            }
            work.seen.push(Seen {
                exercise,
                content,
                saved,
            });
        }
        // Nobody edits many at once: that is the start, or another commit checked out.
        let gentle = before.is_empty() || edited.len() > AT_ONCE;
        let is_current = |content: u64| work.seen.iter().any(|seen| seen.content == content);
        work.queue.retain(|waiting| is_current(waiting.content));
        let mut put_off = Vec::new();
        work.judging.retain(|(judged, task)| {
            // What somebody waits for goes before what nobody waits for.
            let is_in_the_way = judged.gentle && !gentle && !edited.is_empty();
            let is_wanted = is_current(judged.content);
            if is_wanted && is_in_the_way {
                put_off.push(judged.clone());
            }
            if is_in_the_way || !is_wanted {
                // With it, its cargo and its check end.
                task.abort();
            }
            is_wanted && !is_in_the_way
        });
        work.queue.extend(put_off);
        for (exercise, content) in edited {
            let waiting = Waiting {
                exercise,
                content,
                gentle,
            };
            if gentle {
                work.queue.push_back(waiting);
            } else {
                work.queue.push_front(waiting);
            }
        }
    }

    fn tell(&self, work: &Work) {
        let standings = work.seen.iter().map(|seen| {
            let verdict = work.verdicts.get(&seen.content);
            let file = seen.exercise.file();
            Standing {
                exercise: seen.exercise.name.clone(),
                state: verdict.map_or("checking".into(), |verdict| verdict.state.clone()),
                message: verdict.map_or(String::new(), |verdict| verdict.message.clone()),
                path: self.cargo.root().join(&file),
                file,
            }
        });
        let standings: Vec<Standing> = standings.collect();
        self.told.send_if_modified(|told| {
            let changed = *told != standings;
            *told = standings;
            changed
        });
    }
}

impl Work {
    /// Begins with the verdicts of an earlier start.
    fn remember(memory: &Path) -> Work {
        let text = fs::read_to_string(memory).unwrap_or_default();
        Work {
            verdicts: serde_json::from_str(&text).unwrap_or_default(),
            ..Work::default()
        }
    }

    /// Keeps the verdicts for a later start. Where that fails, it only has to judge again.
    fn save(&mut self, memory: &Path) {
        if self.verdicts.len() > MOST_REMEMBERED {
            let seen = &self.seen;
            self.verdicts
                .retain(|content, _| seen.iter().any(|seen| seen.content == *content));
        }
        let Ok(json) = serde_json::to_string(&self.verdicts) else {
            return;
        };
        // By another name first, so that nobody ever reads a half of it.
        let half = memory.with_extension(format!("{}.tmp", std::process::id()));
        if fs::write(&half, json).is_ok() {
            let _ = fs::rename(half, memory);
        }
    }

    /// What to judge next, if something may begin now. What nobody waits for begins when the examples are `built`
    /// and nothing else is judged.
    fn next(&mut self, built: bool) -> Option<Waiting> {
        let gentle = self.queue.front()?.gentle;
        let may = if gentle {
            built && self.judging.is_empty()
        } else {
            self.judging.len() < AT_ONCE
        };
        if may { self.queue.pop_front() } else { None }
    }
}

impl Verdict {
    /// Whether it will be the same next time. A deadline that was missed may have been the machine's fault.
    fn is_sure(&self) -> bool {
        !["failed", "hangs"].contains(&self.state.as_str())
    }
}

fn verdict(state: Result<State>) -> Verdict {
    let (state, message) = match state {
        Ok(State::Solved) => ("solved", String::new()),
        Ok(State::Unsolved) => ("unsolved", String::new()),
        Ok(State::DoesNotCompile(message)) => ("does_not_compile", message),
        Ok(State::Failed(message)) => ("failed", message),
        Ok(State::Hangs) => ("hangs", exercises::HANGS.into()),
        Err(error) => ("failed", format!("it could not be judged: {error:#}")),
    };
    Verdict {
        state: state.into(),
        message,
    }
}

/// A number of all that an exercise's verdict depends on: its file, its check, and what they are built with.
fn number(root: &Path, exercise: &Exercise) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in [
        exercise.file(),
        exercise.check(),
        "exercises/Cargo.toml".into(),
        "Cargo.toml".into(),
        "Cargo.lock".into(),
    ] {
        (&file, fs::read(root.join(&file)).ok()).hash(&mut hasher);
    }
    hasher.finish()
}
