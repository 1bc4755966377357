//! Builds one example, or one exercise with its check, by cargo: one at a time, since cargo's builds would only
//! wait for each other.

use crate::keeper;
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    sync::Mutex,
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
        }
    }

    /// The folder that it builds in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Runs cargo with these arguments, which make it build one program. `step` is told what it does, such as
    /// `Compiling tokio v1.50.0`. Where it is `gentle`, whatever else the machine does goes first.
    pub async fn build(
        &self,
        arguments: &[&str],
        gentle: bool,
        mut step: impl FnMut(&str),
    ) -> Result<Built> {
        let _turn = self.turn.lock().await;
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
