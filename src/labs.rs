//! A lab is a run of examples that the book shows: which programs, with which arguments, and which
//! connection between them is watched. `book/labs.toml` lists the labs, `book/labs/NAME.json` holds
//! each one's recorded run.

use crate::{line_at, read, recording::Recording, relay::Protocol};
use anyhow::{Context, Result, bail, ensure};
use escargot::CargoBuild;
use regex::Regex;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// How many characters a reader's own message may have.
pub const LONGEST_MESSAGE: usize = 200;

/// One lab, as `labs.toml` describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// What a page calls it by: `{{#lab NAME}}`.
    pub name: toml::Spanned<String>,
    /// One line for the reader.
    pub title: String,
    /// The protocol of the relay before the server; none, and nothing is watched.
    pub watch: Option<Protocol>,
    /// The words behind which the first server prints the address that is watched; none, and it is the address
    /// of its ready line. For a server that listens at several.
    pub watch_at: Option<String>,
    /// A pattern of what else is chance in what the programs print, beside times and `IP:PORT`.
    pub chance: Option<toml::Spanned<String>>,
    /// How many milliseconds the servers have for their last words, after the last other program has ended.
    #[serde(default = "last_words_ms")]
    pub last_words_ms: u64,
    /// The programs, started in this order.
    #[serde(rename = "program")]
    pub programs: Vec<Program>,
}

/// One program of a lab.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// The example's name.
    pub example: String,
    /// Its arguments. `{server}` is the relay before the first server, `{direct}` that server's own
    /// address, `{latest}` the address of the server that was started last, `{silent}` a relay before a socket that never replies, `{closed}` a port without a listener.
    /// `{direct_port}` and `{closed_port}` are the ports of these addresses alone. `{printed: WORDS}` is what the
    /// first server prints behind these words. One such word may be a part of an argument.
    /// `{message}` is a whole argument: the reader's own message; where there is none, the argument is left out.
    /// `{message: WORDS}` is the same, with WORDS where there is none.
    #[serde(default)]
    pub args: Vec<String>,
    /// A server: the line that begins with this says that it is ready, and an address follows.
    /// A server runs until the lab ends; any other program runs to its end before the next one starts.
    /// A client that is to stay while another comes is a server in this sense.
    pub ready: Option<String>,
    /// It is started when one of the servers has printed a line that begins with this.
    pub after: Option<String>,
    /// When it has printed a line that begins with this, Ctrl-C is pressed in the first server's terminal.
    pub ctrl_c: Option<String>,
}

/// Time enough to tell how the last client left.
fn last_words_ms() -> u64 {
    200
}

/// Examples' names, and the files that they were built into.
pub type Programs = BTreeMap<String, PathBuf>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabsFile {
    #[serde(rename = "lab", default)]
    labs: Vec<Lab>,
}

/// Reads `book/labs.toml`. An error names the file and the line.
pub fn list(root: &Path) -> Result<Vec<Lab>> {
    let text = read(&root.join("book/labs.toml"))?;
    let place = |offset: usize| format!("book/labs.toml:{}", line_at(&text, offset));
    let labs = match toml::from_str::<LabsFile>(&text) {
        Ok(file) => file.labs,
        Err(error) => bail!(
            "{}: {}",
            place(error.span().map_or(0, |span| span.start)),
            error.message().replace('\n', " ")
        ),
    };
    for (index, lab) in labs.iter().enumerate() {
        let at = place(lab.name.span().start);
        let name = lab.name();
        let twice = labs[..index].iter().any(|earlier| earlier.name() == name);
        ensure!(!twice, "{at}: a second lab is called {name:?}");
        ensure!(
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
            "{at}: {name:?}: a lab's name has letters, digits and _ only, for it names a file too"
        );
        if let Some(pattern) = &lab.chance
            && let Err(error) = Regex::new(pattern.get_ref())
        {
            let error = error.to_string();
            let error = error.lines().last().unwrap_or_default();
            bail!(
                "{}: {name}'s chance is no pattern: {error}",
                place(pattern.span().start)
            );
        }
        ensure!(!lab.programs.is_empty(), "{at}: {name} runs no program");
        let served = lab.programs.iter().any(|program| program.ready.is_some());
        ensure!(
            lab.watch_at.is_none() || (lab.watch.is_some() && served),
            "{at}: {name} says where to watch, but no program with a `ready` line, or not what to `watch`"
        );
        for (number, program) in lab.programs.iter().enumerate() {
            let servers = lab.programs[..number].iter();
            ensure!(
                (program.after.is_none() && program.ctrl_c.is_none())
                    || servers.filter(|server| server.ready.is_some()).count() > 0,
                "{at}: {name} has `after` or `ctrl_c` at {}, but no program before it has a `ready` line",
                program.example
            );
        }
        let arguments = || lab.programs.iter().flat_map(|program| &program.args);
        let messages = arguments().filter(|a| message(a).is_some()).count();
        for argument in arguments() {
            let word = word(argument).unwrap_or_default();
            match word {
                "{server}" => ensure!(
                    lab.watch.is_some(),
                    "{at}: {name} uses {argument} and does not say what to `watch`"
                ),
                "{silent}" => ensure!(
                    lab.watch == Some(Protocol::Udp),
                    "{at}: {name} uses {argument}, which works with `watch = \"udp\"` only"
                ),
                "" | "{direct}" | "{direct_port}" | "{latest}" | "{closed}" | "{closed_port}" => {}
                other if message(other).is_some() => ensure!(
                    other == argument && messages == 1,
                    "{at}: {name} uses {argument}, which must be a whole argument, and the only one of its kind"
                ),
                other => ensure!(
                    printed_after(other).is_some(),
                    "{at}: {name} uses {other}, which means nothing here"
                ),
            }
            ensure!(
                served
                    || message(word).is_some()
                    || matches!(word, "" | "{silent}" | "{closed}" | "{closed_port}"),
                "{at}: {name} uses {argument}, but no program of it has a `ready` line"
            );
        }
    }
    Ok(labs)
}

impl Lab {
    /// Its name.
    pub fn name(&self) -> &str {
        self.name.get_ref()
    }

    /// The file that holds its recorded run.
    pub fn recording_file(&self, root: &Path) -> PathBuf {
        root.join("book/labs").join(format!("{}.json", self.name()))
    }

    /// Its recorded run.
    pub fn recording(&self, root: &Path) -> Result<Recording> {
        let file = self.recording_file(root);
        let text = read(&file).with_context(|| {
            format!(
                "no recorded run: make one by `cargo run -- record {}`",
                self.name()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// Whether the reader may give it a message of their own; if so, what it has without one, or nothing where
    /// the program has a message itself.
    pub fn message(&self) -> Option<&str> {
        let mut arguments = self.programs.iter().flat_map(|program| &program.args);
        arguments.find_map(|argument| message(argument))
    }

    /// Makes sure that it takes a message, and that this one can be an argument of a program.
    pub fn check_message(&self, message: &str) -> Result<()> {
        ensure!(self.message().is_some(), "{} takes no message", self.name());
        ensure!(
            message.chars().count() <= LONGEST_MESSAGE,
            "the message is longer than {LONGEST_MESSAGE} characters"
        );
        ensure!(
            !message.contains(|c: char| c.is_control()),
            "the message is more than one line, or has a control character in it"
        );
        Ok(())
    }

    /// Says where a run of it differs from the recorded one, or nothing where it does not.
    pub fn difference(&self, recorded: &Recording, now: &Recording) -> Result<Option<String>> {
        let chance = self.chance.as_ref();
        let chance = chance.map(|pattern| Regex::new(pattern.get_ref()));
        recorded.difference(now, chance.transpose()?.as_ref())
    }
}

/// The word in braces in an argument, with its braces.
pub(crate) fn word(argument: &str) -> Option<&str> {
    let start = argument.find('{')?;
    let length = argument[start..].find('}')?;
    Some(&argument[start..=start + length])
}

/// The words behind which a server prints what `{printed: WORDS}` stands for.
pub(crate) fn printed_after(word: &str) -> Option<&str> {
    word.strip_prefix("{printed: ")?.strip_suffix('}')
}

/// What a `{message}` stands for where the reader gives none: the words in it, or nothing.
pub(crate) fn message(word: &str) -> Option<&str> {
    let words = word.strip_prefix("{message")?.strip_suffix('}')?;
    if words.is_empty() {
        return Some("");
    }
    words.strip_prefix(": ")
}

/// Builds the examples that `labs` run, and gives each one's program by its name.
pub fn build(root: &Path, labs: &[Lab]) -> Result<Programs> {
    let mut built = Programs::new();
    for program in labs.iter().flat_map(|lab| &lab.programs) {
        let example = &program.example;
        if built.contains_key(example) {
            continue;
        }
        let run = CargoBuild::new()
            .example(example)
            .manifest_path(root.join("Cargo.toml"))
            .run()
            .map_err(|_| {
                anyhow::anyhow!(
                    "the example {example} does not build; \
                     `cargo build --example {example}` shows why"
                )
            })?;
        built.insert(example.clone(), run.path().to_owned());
    }
    Ok(built)
}
