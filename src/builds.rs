//! Builds the labs' examples in the background, in the book's order, so that a run need not wait; tells how far
//! it is; and builds again what was edited, before it runs next.

use crate::{
    book,
    cargo::{Built, Cargo, Urgency},
    labs::{self, Lab, Programs},
};
use anyhow::Result;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, watch};

/// How it stands with the examples of a lab, as a page is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabBuild {
    /// The lab's name.
    pub lab: String,
    /// `waiting`, `building`, `ready` or `failed`.
    pub state: &'static str,
    /// The example that is being built, or that did not build.
    pub example: String,
    /// What cargo does, or why it failed.
    pub message: String,
}

/// How it stands with an example.
#[derive(Clone)]
enum Example {
    /// It is not its turn yet.
    Waiting,
    /// Cargo is at it, and at this step.
    Building(String),
    /// It was built when the sources had this stamp.
    Ready(u64, PathBuf),
    /// It did not build when the sources had this stamp; cargo's words.
    Failed(u64, String),
}

#[derive(Default)]
struct Known {
    /// The labs in the book's order, and the examples of each.
    labs: Vec<(String, Vec<String>)>,
    examples: BTreeMap<String, Example>,
    /// Examples that a run waits for.
    asked: Vec<String>,
}

/// The builds of all examples that a lab runs.
pub struct Builds {
    cargo: Cargo,
    known: Mutex<Known>,
    told: watch::Sender<Vec<LabBuild>>,
    wake: Notify,
    /// Somebody has begun to wait for an example.
    hurry: Notify,
}

impl Builds {
    /// Begins to build, in the background, for as long as this program runs.
    pub fn start(cargo: Cargo) -> Arc<Builds> {
        let builds = Arc::new(Builds {
            cargo,
            known: Mutex::default(),
            told: watch::Sender::default(),
            wake: Notify::new(),
            hurry: Notify::new(),
        });
        builds.list_labs();
        tokio::spawn(builds.clone().work());
        builds
    }

    /// Says that a source may have changed.
    pub fn look_again(&self) {
        self.wake.notify_one();
    }

    /// How it stands with each lab.
    pub fn states(&self) -> watch::Receiver<Vec<LabBuild>> {
        self.told.subscribe()
    }

    /// Waits until there is nothing left to build.
    pub async fn settled(&self) {
        let unsettled = |lab: &LabBuild| ["waiting", "building"].contains(&lab.state);
        let _ = self
            .states()
            .wait_for(|labs| !labs.iter().any(unsettled))
            .await;
    }

    /// The programs of a lab, built from the sources as they are now. Before it waits, and again with each step,
    /// it tells by `tell` which example is being built and what cargo does. Fails with cargo's words.
    pub async fn programs(&self, lab: &Lab, tell: impl Fn(&LabBuild)) -> Result<Programs> {
        let mut states = self.states();
        let examples: Vec<String> = lab.programs.iter().map(|p| p.example.clone()).collect();
        {
            let mut known = self.known();
            // What failed may have failed for want of a network, so try it again.
            for example in &examples {
                if let Some(state @ Example::Failed(..)) = known.examples.get_mut(example) {
                    *state = Example::Waiting;
                }
            }
            known.asked.splice(0..0, examples.iter().cloned());
        }
        let mut last = None;
        loop {
            let now = self.of(&examples, stamp(self.cargo.root()));
            match now {
                Ok(programs) => return Ok(programs),
                Err(state) if state.state == "failed" => {
                    let LabBuild {
                        example, message, ..
                    } = state;
                    anyhow::bail!("{example} does not build:\n{message}")
                }
                Err(state) => {
                    let state = LabBuild {
                        lab: lab.name().into(),
                        ..state
                    };
                    if last.as_ref() != Some(&state) {
                        tell(&state);
                        last = Some(state);
                    }
                }
            }
            self.look_again();
            self.hurry.notify_one();
            states.changed().await?;
        }
    }

    /// The programs of these examples at this stamp, or how it stands with them.
    fn of(&self, examples: &[String], stamp: u64) -> Result<Programs, LabBuild> {
        let known = self.known();
        let mut programs = Programs::new();
        let mut worst = None;
        for example in examples {
            match known.examples.get(example) {
                Some(Example::Ready(at, program)) if *at == stamp => {
                    programs.insert(example.clone(), program.clone());
                }
                Some(Example::Failed(at, words)) if *at == stamp => {
                    return Err(lab_build("failed", example, words));
                }
                Some(Example::Building(step)) => worst = Some(("building", example, step.as_str())),
                _ => worst = worst.or(Some(("waiting", example, ""))),
            }
        }
        match worst {
            None => Ok(programs),
            Some((state, example, message)) => Err(lab_build(state, example, message)),
        }
    }

    async fn work(self: Arc<Self>) {
        loop {
            self.list_labs();
            let stamp = stamp(self.cargo.root());
            let Some(example) = self.next(stamp) else {
                self.wake.notified().await;
                continue;
            };
            let urgency = if self.known().asked.contains(&example) {
                Urgency::Asked
            } else {
                Urgency::Soon
            };
            self.set(&example, Example::Building(String::new()));
            let arguments = ["build", "--example", &example];
            let step = |step: &str| self.set(&example, Example::Building(step.into()));
            let built = tokio::select! {
                built = self.cargo.build(&arguments, urgency, step) => built,
                () = self.hurry.notified(), if urgency == Urgency::Soon => {
                    self.set(&example, Example::Waiting);
                    continue;
                }
            };
            let state = match built {
                Ok(Built::Program(program)) => Example::Ready(stamp, program),
                Ok(Built::Problem(words)) => Example::Failed(stamp, words),
                Err(error) => Example::Failed(stamp, format!("{error:#}")),
            };
            self.set(&example, state);
        }
    }

    /// The example to build next, if there is one left at this stamp: first what a run waits for.
    fn next(&self, stamp: u64) -> Option<String> {
        let mut known = self.known();
        let Known {
            labs,
            examples,
            asked,
        } = &mut *known;
        let is_done = |example: &String| match examples.get(example) {
            Some(Example::Ready(at, _) | Example::Failed(at, _)) => *at == stamp,
            _ => false,
        };
        asked.retain(|example| !is_done(example));
        let in_order = labs.iter().flat_map(|(_, examples)| examples);
        let mut all = asked.iter().chain(in_order);
        all.find(|example| !is_done(example)).cloned()
    }

    /// Reads which labs there are, in the order in which the book shows them. A course with a mistake in it
    /// leaves the list as it is: whoever builds the book is told of it.
    fn list_labs(&self) {
        let root = self.cargo.root();
        let (Ok(mut labs), Ok(places)) = (labs::list(root), book::placements(root)) else {
            return;
        };
        labs.sort_by_key(|lab| {
            let mut places = places.iter().filter(|place| place.kind == "lab");
            places
                .position(|place| place.name == lab.name())
                .unwrap_or(usize::MAX)
        });
        let examples_of = |lab: &Lab| lab.programs.iter().map(|p| p.example.clone()).collect();
        let mut known = self.known();
        known.labs = labs
            .iter()
            .map(|lab| (lab.name().into(), examples_of(lab)))
            .collect();
        self.tell(&known);
    }

    fn set(&self, example: &str, state: Example) {
        let mut known = self.known();
        known.examples.insert(example.into(), state);
        self.tell(&known);
    }

    fn tell(&self, known: &Known) {
        let labs = known.labs.iter().map(|(lab, examples)| {
            let mut told = lab_build("ready", "", "");
            for example in examples {
                let (state, message) = match known.examples.get(example) {
                    Some(Example::Ready(..)) => continue,
                    Some(Example::Failed(_, words)) => ("failed", words.as_str()),
                    Some(Example::Building(step)) => ("building", step.as_str()),
                    Some(Example::Waiting) | None => ("waiting", ""),
                };
                // Of two that are not ready, the one that something is to be said of.
                if told.state == "ready" || told.state == "waiting" {
                    told = lab_build(state, example, message);
                }
            }
            LabBuild {
                lab: lab.clone(),
                ..told
            }
        });
        let labs: Vec<LabBuild> = labs.collect();
        self.told.send_if_modified(|told| {
            let changed = *told != labs;
            *told = labs;
            changed
        });
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lab_build(state: &'static str, example: &str, message: &str) -> LabBuild {
    LabBuild {
        lab: String::new(),
        state,
        example: example.into(),
        message: message.into(),
    }
}

/// A number that changes whenever a file changes that an example may be built from.
fn stamp(root: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in ["Cargo.toml", "Cargo.lock", "examples"] {
        add_to_stamp(&root.join(name), &mut hasher);
    }
    hasher.finish()
}

fn add_to_stamp(path: &Path, hasher: &mut DefaultHasher) {
    let Ok(about) = fs::metadata(path) else {
        return;
    };
    path.hash(hasher);
    if !about.is_dir() {
        (about.len(), about.modified().ok()).hash(hasher);
    } else if let Ok(entries) = fs::read_dir(path) {
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            add_to_stamp(&path, hasher);
        }
    }
}
