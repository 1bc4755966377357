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

/// How a comparison begins what the reads of a stream gave.
const READ: &str = "[read] ";

/// What differs from run to run, and what a comparison puts in its place.
fn varying() -> Result<[(Regex, &'static str); 3]> {
    Ok([
        (Regex::new(r"(127\.0\.0\.1|\[::1\]):\d+")?, "$1:PORT"),
        // FTP's ways to write an address and a port: RFC 959 §4.1.2, RFC 2428 §2 and §3.
        (Regex::new(r"\b127,0,0,1,\d+,\d+")?, "127,0,0,1,PORT"),
        (Regex::new(r"\|(1\|127\.0\.0\.1|\|)\|\d+\|")?, "|$1|PORT|"),
    ])
}

/// How a server that holds several sessions at once begins its lines: ` [2]` for the line `[2] > QUIT`.
fn session(line: &str) -> String {
    let number = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "));
    match number {
        Some((number, _)) if number.parse::<u32>().is_ok() => format!(" [{number}]"),
        _ => String::new(),
    }
}

/// Bytes given as hexadecimal digits, as text in which every byte can be told.
fn text(hex: &str) -> String {
    let pairs = (0..hex.len() / 2).filter_map(|byte| hex.get(2 * byte..2 * byte + 2));
    let bytes: Vec<u8> = pairs
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    bytes.escape_ascii().to_string()
}

impl Recording {
    /// The run without what differs from time to time: times, ports, the order between speakers, and
    /// what fits `chance`.
    /// Each speaker, a program, one session of a server or one direction of a connection, has what it said, line by line.
    fn by_speaker(&self, chance: Option<&Regex>) -> Result<BTreeMap<String, Vec<String>>> {
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
                } => (format!("program {program}{}", session(line)), line.clone()),
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
                    match seen {
                        Seen::Read(hex) => format!("{READ}{}", text(hex)),
                        // How long TLS's messages are is chance: signatures vary.
                        Seen::Encrypted(_) => "encrypted".into(),
                        other => format!("{other:?}"),
                    },
                ),
            };
            let lines = speakers.entry(speaker).or_default();
            // Where one read of a stream ends and the next begins is chance, too; their bytes are not.
            match (said.strip_prefix(READ), lines.last_mut()) {
                (Some(more), Some(last)) if last.starts_with(READ) => *last += more,
                (None, Some(last)) if said == "encrypted" && *last == said => {}
                _ => lines.push(said),
            }
        }
        // Where one side resets a connection, whether the other side's end was seen before is chance, too.
        let reset = |lines: &Vec<String>| lines.last().is_some_and(|last| last == "Reset");
        let directions = [Direction::ToServer, Direction::ToClient];
        let connections = speakers.iter().filter(|(_, lines)| reset(lines));
        let connections = connections.filter_map(|(speaker, _)| speaker.rsplit_once(' '));
        let connections: Vec<String> = connections.map(|(name, _)| name.into()).collect();
        for (name, direction) in connections
            .iter()
            .flat_map(|name| directions.map(|d| (name, d)))
        {
            let speaker = format!("{name} {direction:?}");
            let lines = speakers.entry(speaker.clone()).or_default();
            lines.pop_if(|last| last == "End");
            if lines.is_empty() {
                speakers.remove(&speaker);
            }
        }
        let varying = varying()?;
        for line in speakers.values_mut().flatten() {
            for (pattern, name) in &varying {
                *line = pattern.replace_all(line, *name).into_owned();
            }
            if let Some(chance) = chance {
                *line = chance.replace_all(line, "CHANCE").into_owned();
            }
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
