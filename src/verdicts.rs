//! The verdicts on exercises that are remembered from start to start, each by the content that it is about.

use crate::exercises::{self, Exercise, State};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// How many are remembered.
const MOST: usize = 2_000;

/// A verdict, as a page is told and as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verdict {
    /// One of the names of a [`State`], such as `does_not_compile`.
    pub(crate) state: String,
    /// What the compiler or the check says.
    pub(crate) message: String,
}

impl Verdict {
    pub(crate) fn of(state: Result<State>) -> Verdict {
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

    /// Whether the same content will have it next time, too. A missed deadline may have been the machine's fault,
    /// and a failed build that of a disk or a network.
    pub(crate) fn is_sure(&self) -> bool {
        ["solved", "unsolved"].contains(&self.state.as_str())
    }
}

/// All that are remembered.
#[derive(Default)]
pub(crate) struct Verdicts {
    file: PathBuf,
    known: BTreeMap<u64, Verdict>,
}

impl Verdicts {
    /// Those of earlier starts.
    pub(crate) fn remembered(root: &Path) -> Verdicts {
        let file = root.join("target/exercises.json");
        let text = fs::read_to_string(&file).unwrap_or_default();
        Verdicts {
            file,
            known: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    pub(crate) fn get(&self, content: u64) -> Option<&Verdict> {
        self.known.get(&content)
    }

    pub(crate) fn forget(&mut self, content: u64) {
        self.known.remove(&content);
    }

    /// Adds one, for this start and for later ones. Where there are too many, those that are `current` stay.
    pub(crate) fn add(&mut self, content: u64, verdict: Verdict, current: &BTreeSet<u64>) {
        if self.known.len() >= MOST {
            self.known.retain(|content, _| current.contains(content));
        }
        self.known.insert(content, verdict);
        let (Some(folder), Ok(json)) = (self.file.parent(), serde_json::to_string(&self.known))
        else {
            return;
        };
        // By another name first, so that nobody ever reads a half of it. Where it cannot be kept, all that is lost
        // is time: a later start judges again.
        let half = self
            .file
            .with_extension(format!("{}.tmp", std::process::id()));
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&half, json));
        if written.is_ok() {
            let _ = fs::rename(half, &self.file);
        }
    }
}

/// The files that every exercise's verdict depends on, beside its own.
pub(crate) struct SharedFiles {
    root: PathBuf,
    hash: u64,
}

impl SharedFiles {
    pub(crate) fn read(root: &Path) -> SharedFiles {
        let files = ["exercises/Cargo.toml", "Cargo.toml", "Cargo.lock"];
        SharedFiles {
            root: root.to_owned(),
            hash: hash_of(root, files),
        }
    }

    /// A number of all that an exercise's verdict depends on.
    pub(crate) fn content(&self, exercise: &Exercise) -> u64 {
        let own = hash_of(&self.root, [exercise.file(), exercise.check()]);
        let mut hasher = DefaultHasher::new();
        (self.hash, own).hash(&mut hasher);
        hasher.finish()
    }
}

/// A number of the names and the contents of these files.
fn hash_of<Name: AsRef<str> + Hash>(root: &Path, files: impl IntoIterator<Item = Name>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        let text = fs::read(root.join(file.as_ref())).ok();
        (file, text).hash(&mut hasher);
    }
    hasher.finish()
}
