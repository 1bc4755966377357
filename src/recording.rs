//! What happened in one run of a lab: the one form in which it is watched, kept in
//! `book/labs/NAME.json`, shown on a page, and compared with a later run.

use crate::relay::{Direction, Seen};
use anyhow::Result;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run of a lab, as it is recorded and as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The lab's name.
    pub lab: String,
    /// What happened, in the order in which it was reported.
    pub events: Vec<Event>,
}

/// Something that happened during a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Microseconds since the run began.
    pub at_us: u64,
    /// What it was.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of things that happen during a run. `program` counts the lab's programs from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A program was started.
    Started {
        /// Which one.
        program: usize,
        /// What a reader types to do the same.
        command: String,
    },
    /// A program printed a line.
    Printed {
        /// Which one.
        program: usize,
        /// Whether it was on standard error.
        error: bool,
        /// The line, without its end.
        line: String,
    },
    /// A program ended by itself.
    Ended {
        /// Which one.
        program: usize,
        /// Its exit code; none if a signal ended it.
        code: Option<i32>,
    },
    /// The relay saw something.
    Wire {
        /// Which connection, or which UDP client, counted from 0.
        connection: usize,
        /// Which way it went.
        direction: Direction,
        /// What it was.
        seen: Seen,
    },
}

impl Recording {
    /// The run without what differs from time to time: times, ports, the order between speakers, and
    /// what fits `chance`.
    /// Each speaker, a program or one direction of a connection, has what it said, line by line.
    fn by_speaker(&self, chance: Option<&Regex>) -> Result<BTreeMap<String, Vec<String>>> {
        let port = Regex::new(r"(127\.0\.0\.1|\[::1\]):\d+")?;
        let mut speakers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in &self.events {
            let (speaker, said) = match &event.what {
                What::Started { program, command } => {
                    (format!("program {program}"), format!("$ {command}"))
                }
                What::Printed {
                    program,
                    error: false,
                    line,
                } => (format!("program {program}"), line.clone()),
                What::Printed { program, line, .. } => {
                    (format!("program {program}, standard error"), line.clone())
                }
                What::Ended { program, code } => {
                    (format!("program {program}"), format!("exit code {code:?}"))
                }
                What::Wire {
                    connection,
                    direction,
                    seen,
                } => (
                    format!("connection {connection} {direction:?}"),
                    format!("{seen:?}"),
                ),
            };
            let lines = speakers.entry(speaker).or_default();
            // Where one read of a stream ends and the next begins is chance; their bytes are not.
            if let (
                What::Wire {
                    seen: Seen::Read(bytes),
                    ..
                },
                Some(last),
            ) = (&event.what, lines.last_mut())
                && let Some(earlier) = last.strip_suffix("\")")
                && earlier.starts_with("Read(")
            {
                *last = format!("{earlier}{bytes}\")");
                continue;
            }
            let said = port.replace_all(&said, "$1:PORT");
            lines.push(match chance {
                Some(chance) => chance.replace_all(&said, "CHANCE").into_owned(),
                None => said.into_owned(),
            });
        }
        Ok(speakers)
    }

    /// Says where `now` differs from this recorded run, or nothing where it does not. What fits
    /// the pattern `chance` is no difference.
    pub fn difference(&self, now: &Recording, chance: Option<&Regex>) -> Result<Option<String>> {
        let (recorded, now) = (self.by_speaker(chance)?, now.by_speaker(chance)?);
        let mut speakers: Vec<&String> = recorded.keys().chain(now.keys()).collect();
        speakers.sort();
        let differs = |&speaker: &&String| recorded.get(speaker) != now.get(speaker);
        let Some(speaker) = speakers.into_iter().find(differs) else {
            return Ok(None);
        };
        let lines = |run: &BTreeMap<String, Vec<String>>| {
            run.get(speaker)
                .map_or("(nothing)".into(), |lines| lines.join("\n  "))
        };
        Ok(Some(format!(
            "{speaker} of {} differs; in the recorded run it is\n  {}\nand today\n  {}",
            self.lab,
            lines(&recorded),
            lines(&now)
        )))
    }
}
