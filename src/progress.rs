//! Follows the exercises while the book is served: judges each one whose file or check has changed, and that one
//! only; remembers the verdicts, so that a restart has them at once.

use crate::{
    builds::Builds,
    cargo::Cargo,
    exercises::{self, Exercise},
    verdicts::{SharedFiles, Verdict, Verdicts},
};
use serde::Serialize;
use std::{
    collections::VecDeque,
    fs,
    path::PathBuf,
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

/// How it stands with an exercise, as a page is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Its name.
    pub exercise: String,
    /// `waiting`, `checking`, or one of the names of a [`State`].
    pub state: String,
    /// What the compiler or the check says.
    pub message: String,
    /// The file that the reader edits, from the repository's root.
    pub file: String,
    /// The same file, with its whole path on this machine.
    pub path: PathBuf,
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
    verdicts: Verdicts,
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
        let mut work = Work {
            verdicts: Verdicts::remembered(self.cargo.root()),
            ..Work::default()
        };
        let mut tasks = JoinSet::new();
        let settled = builds.settled();
        tokio::pin!(settled);
        let mut built = false;
        loop {
            self.look(&mut work);
            while let Some(next) = work.next(built) {
                let (cargo, judged) = (self.cargo.clone(), next.clone());
                let task = tasks.spawn(async move {
                    let state = judged.exercise.judge(&cargo, judged.gentle).await;
                    let files = SharedFiles::read(cargo.root());
                    let is_same = files.content(&judged.exercise) == judged.content;
                    // Otherwise it was saved meanwhile, and nobody knows which of the two was judged.
                    (judged.content, is_same.then(|| Verdict::of(state)))
                });
                work.judging.push((next, task));
            }
            self.tell(&work);
            tokio::select! {
                () = self.changed.notified() => sleep(QUIET).await,
                Some(judged) = tasks.join_next() => {
                    work.judging.retain(|(_, task)| !task.is_finished());
                    if let Ok((content, verdict)) = judged {
                        work.judged(content, verdict);
                    }
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
        let files = SharedFiles::read(root);
        let before = std::mem::take(&mut work.seen);
        let mut edited = Vec::new();
        for exercise in exercises {
            let content = files.content(&exercise);
            let about = fs::metadata(root.join(exercise.file()));
            let saved = about.and_then(|about| about.modified()).ok();
            let was = before.iter().find(|seen| seen.exercise == exercise);
            let is_known = work.verdicts.get(content).is_some_and(Verdict::is_sure);
            // Whoever saves what has failed once more wants it judged once more.
            if was.is_some_and(|was| was.content == content && was.saved != saved) && !is_known {
                work.verdicts.forget(content);
            }
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
        let edited = edited.into_iter().map(|(exercise, content)| Waiting {
            exercise,
            content,
            gentle,
        });
        if gentle {
            work.queue.extend(edited);
        } else {
            edited.rev().for_each(|first| work.queue.push_front(first));
        }
    }

    fn tell(&self, work: &Work) {
        let standings = work.seen.iter().map(|seen| {
            let verdict = work.verdicts.get(seen.content);
            let mut judging = work.judging.iter();
            let none_yet = if judging.any(|(judged, _)| judged.content == seen.content) {
                "checking"
            } else {
                "waiting"
            };
            let file = seen.exercise.file();
            Standing {
                exercise: seen.exercise.name.clone(),
                state: verdict.map_or(none_yet.into(), |verdict| verdict.state.clone()),
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
    /// Takes a verdict on this content; where there is none, it will be judged again.
    fn judged(&mut self, content: u64, verdict: Option<Verdict>) {
        if let Some(verdict) = verdict {
            let current = self.seen.iter().map(|seen| seen.content).collect();
            self.verdicts.add(content, verdict, &current);
            return;
        }
        for seen in &mut self.seen {
            if seen.content == content {
                seen.saved = None;
            }
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
