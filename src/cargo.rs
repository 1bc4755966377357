//! Builds one example, or one exercise with its check, by cargo: one at a time, since cargo's builds would only
//! wait for each other. What somebody waits for goes first.

use crate::keeper;
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    sync::{Mutex, watch},
};

/// What cargo says of its own progress, beside what the compiler says of the source.
const STEPS: [&str; 12] = [
    "Adding",
    "Blocking",
    "Compiling",
    "Downloaded",
    "Downloading",
    "Finished",
    "Fresh",
    "Locking",
    "Executable",
    "Running",
    "Updating",
    "Waiting",
];

/// Cargo, in one folder.
#[derive(Clone)]
pub struct Cargo {
    root: PathBuf,
    turn: Arc<Mutex<()>>,
    /// How many builds wait for their turn that somebody waits for.
    asking: Arc<watch::Sender<usize>>,
}

/// Who waits for a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody does.
    Asked,
    /// Nobody does yet. It is ended when somebody asks for another build, and begun again after that; cargo keeps
    /// what was built so far.
    Soon,
    /// The same, and whatever else the machine does goes first, too.
    Gentle,
}

/// What a build gave.
pub enum Built {
    /// The program that was built.
    Program(PathBuf),
    /// Why there is none, in cargo's and the compiler's words.
    Problem(String),
}

impl Cargo {
    /// Cargo in the repository's folder.
    pub fn new(root: &Path) -> Cargo {
        Cargo {
            root: root.to_owned(),
            turn: Arc::default(),
            asking: Arc::default(),
        }
    }

    /// The folder that it builds in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Runs cargo with these arguments, which make it build one program. `step` is told what it does, such as
    /// `Compiling tokio v1.50.0`.
    pub async fn build(
        &self,
        arguments: &[&str],
        urgency: Urgency,
        mut step: impl FnMut(&str),
    ) -> Result<Built> {
        if urgency == Urgency::Asked {
            let asking = Asking::begin(&self.asking);
            let _turn = self.turn.lock().await;
            drop(asking);
            return self.run(arguments, false, &mut step).await;
        }
        let mut asking = self.asking.subscribe();
        loop {
            asking.wait_for(|&count| count == 0).await?;
            let _turn = self.turn.lock().await;
            tokio::select! {
                biased;
                _ = asking.wait_for(|&count| count > 0) => {}
                built = self.run(arguments, urgency == Urgency::Gentle, &mut step) => return built,
            }
        }
    }

    async fn run(
        &self,
        arguments: &[&str],
        gentle: bool,
        step: &mut impl FnMut(&str),
    ) -> Result<Built> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = keeper::command(cargo, gentle)?;
        command
            .args(arguments)
            .args(["--message-format", "json-render-diagnostics"])
            .env("CARGO_TERM_COLOR", "never")
            .current_dir(&self.root)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut kept = keeper::start(command).context("cannot start cargo")?;
        let stdout = kept.child.stdout.take().context("no output of cargo")?;
        let stderr = kept.child.stderr.take().context("no output of cargo")?;
        let read_messages = async {
            let mut messages = String::new();
            BufReader::new(stdout).read_to_string(&mut messages).await?;
            anyhow::Ok(messages)
        };
        let read_words = async {
            let (mut words, mut lines) = (String::new(), BufReader::new(stderr).lines());
            while let Some(line) = lines.next_line().await? {
                let first = line.split_whitespace().next().unwrap_or_default();
                if line.starts_with(' ') && STEPS.contains(&first) {
                    step(line.trim());
                } else {
                    words += &line;
                    words.push('\n');
                }
            }
            anyhow::Ok(words)
        };
        let (messages, words) = tokio::try_join!(read_messages, read_words)?;
        if !kept.child.wait().await?.success() {
            return Ok(Built::Problem(words.trim().to_owned()));
        }
        let program = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .find_map(|message| message["executable"].as_str().map(PathBuf::from));
        Ok(Built::Program(
            program.context("cargo built no program of this name")?,
        ))
    }
}

/// One that waits for its turn, for as long as this exists.
struct Asking<'a>(&'a watch::Sender<usize>);

impl Asking<'_> {
    fn begin(count: &watch::Sender<usize>) -> Asking<'_> {
        count.send_modify(|count| *count += 1);
        Asking(count)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
