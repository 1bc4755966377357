//! The exercises: which there are, in the book's order, what each one asks, and how it stands.

use crate::{
    cargo::{Built, Cargo, Urgency},
    keeper, read,
};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{io::AsyncReadExt, time::timeout};

/// How long a check may take. Its own deadlines are 2 or 3 s each, so a longer one hangs.
const LONGEST_CHECK: Duration = Duration::from_secs(30);

/// How many bytes of what a check prints are read. One that goes on printing waits until its time is up.
const LONGEST_OUTPUT: u64 = 1 << 20;

/// What there is to say of a check that did not end in time.
pub const HANGS: &str = "The check was ended: is there a loop that never ends?";

/// One exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// Its name, which is also its file's and its test target's.
    pub name: String,
    /// The part of the course that it belongs to.
    pub part: String,
}

/// How an exercise stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The check accepts it.
    Solved,
    /// It still runs into a `todo!()`.
    Unsolved,
    /// The compiler's message.
    DoesNotCompile(String),
    /// What the check says, and the test that says it.
    Failed(String),
    /// The check did not end in time.
    Hangs,
}

#[derive(Deserialize)]
struct Manifest {
    test: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    path: PathBuf,
}

/// Lists the exercises in the book's order, from the test targets of `exercises/Cargo.toml`.
pub fn list(root: &Path) -> Result<Vec<Exercise>> {
    let text = read(&root.join("exercises/Cargo.toml"))?;
    let manifest: Manifest = toml::from_str(&text).context("exercises/Cargo.toml")?;
    let mut exercises = Vec::new();
    for Target { name, path } in manifest.test {
        let part = path
            .parent()
            .and_then(Path::to_str)
            .unwrap_or("")
            .to_owned();
        ensure!(
            path == Path::new(&part).join(format!("{name}.rs")),
            "exercises/Cargo.toml: the path of {name} is not PART/{name}.rs"
        );
        exercises.push(Exercise { name, part });
    }
    Ok(exercises)
}

impl Exercise {
    /// The file that the reader edits, from the repository's root.
    pub fn file(&self) -> String {
        format!("exercises/{}/{}.rs", self.part, self.name)
    }

    /// What judges it, from the repository's root.
    pub fn check(&self) -> String {
        format!("exercises/checks/{}/{}.rs", self.part, self.name)
    }

    /// The worked answer, from the repository's root.
    pub fn solution(&self) -> String {
        format!("solutions/{}/{}.rs", self.part, self.name)
    }

    /// The task: the Markdown of the file's `//!` header.
    pub fn task(&self, root: &Path) -> Result<String> {
        let text = read(&root.join(self.file()))?;
        let header: Vec<&str> = text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        ensure!(
            header.first().is_some_and(|line| line.starts_with("# ")),
            "{}:1: the task is missing: a header `//! # Exercise: …`",
            self.file()
        );
        Ok(header.join("\n"))
    }

    /// The hints, in Markdown, from the first nudge to the last.
    pub fn hints(&self, root: &Path) -> Result<Vec<String>> {
        let file = format!("exercises/hints/{}/{}.md", self.part, self.name);
        let text = read(&root.join(&file))?.replace("\r\n", "\n");
        let hints: Vec<String> = text
            .split("\n---\n")
            .map(|hint| hint.trim().to_owned())
            .collect();
        ensure!(
            hints.len() == 3 && hints.iter().all(|hint| !hint.is_empty()),
            "{file}: {} hints, not three with a line --- between them",
            hints.len()
        );
        Ok(hints)
    }

    /// Compiles and checks it, and nothing else. Where it is `gentle`, whatever else the machine does goes first.
    pub async fn judge(&self, cargo: &Cargo, gentle: bool) -> Result<State> {
        let arguments = [
            "test",
            "--package",
            "exercises",
            "--no-run",
            "--test",
            &self.name,
        ];
        let urgency = if gentle {
            Urgency::Gentle
        } else {
            Urgency::Asked
        };
        let program = match cargo.build(&arguments, urgency, |_| {}).await? {
            Built::Program(program) => program,
            Built::Problem(message) => return Ok(State::DoesNotCompile(message)),
        };
        let mut command = keeper::command(program, gentle)?;
        command
            .env("RUST_BACKTRACE", "0")
            .current_dir(cargo.root())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut kept = keeper::start(command).context("cannot run the check")?;
        let stdout = kept.child.stdout.take().context("no output of the check")?;
        let check = async {
            let mut said = Vec::new();
            stdout.take(LONGEST_OUTPUT).read_to_end(&mut said).await?;
            anyhow::Ok((said, kept.child.wait().await?))
        };
        // Where the time is up, `kept` is dropped, and the check is ended.
        let Ok(checked) = timeout(LONGEST_CHECK, check).await else {
            return Ok(State::Hangs);
        };
        let (said, status) = checked.context("cannot run the check")?;
        let said = String::from_utf8_lossy(&said);
        if status.success() {
            // An answer that calls `exit(0)` ends its own check with success, and proves nothing. Nor does one without a check.
            return Ok(match said.split_once("test result: ok. ") {
                Some((_, rest)) if !rest.starts_with("0 passed") => State::Solved,
                Some(_) => State::Failed(format!(
                    "nothing was checked: the last lines of {}, which name its check, are missing",
                    self.file()
                )),
                None => State::Failed(
                    "the program ended before its check did: does it call `exit`?".into(),
                ),
            });
        }
        let failures = failures(&said);
        Ok(
            if failures
                .iter()
                .any(|text| text.contains("not yet implemented"))
            {
                State::Unsolved
            } else if let Some(first) = failures.first() {
                State::Failed(first.clone())
            } else {
                let ended = format!("the check ended with {}\n{}", status, said.trim());
                State::Failed(ended)
            },
        )
    }
}

/// What each failed test printed, with its name as the first line, cut from the output of a test binary.
pub fn failures(output: &str) -> Vec<String> {
    let mut failures: Vec<Vec<&str>> = Vec::new();
    let mut inside = false;
    for line in output.lines() {
        if let Some(name) = line
            .strip_prefix("---- ")
            .and_then(|line| line.strip_suffix(" stdout ----"))
        {
            failures.push(vec![name]);
            inside = true;
        } else if line == "failures:" {
            inside = false;
        } else if inside
            && !line.starts_with("note: run with `RUST_BACKTRACE=1`")
            && let Some(failure) = failures.last_mut()
        {
            failure.push(line);
        }
    }
    failures
        .into_iter()
        .map(|lines| lines.join("\n").trim().to_owned())
        .collect()
}
