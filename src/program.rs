//! One program of a lab while it runs: it is started, and what it prints is reported line by line.

use crate::{
    keeper::{self, Kept},
    labs::Program,
    recording::What,
    relay::Log,
};
use anyhow::{Context, Result, bail};
use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    sync::watch,
    task::JoinSet,
    time::timeout,
};

/// How long a server may take to say that it is ready, or anything else that is waited for.
pub(crate) const LONGEST_START: Duration = Duration::from_secs(10);

/// How many bytes of a line are reported as one; a longer one is told in parts.
const LONGEST_LINE: u64 = 16_384;

/// A program that is running. It is ended when this is dropped.
pub(crate) struct Running {
    kept: Kept,
    /// The tasks that report what it prints.
    output: JoinSet<()>,
    /// Each line that it has printed on standard output.
    printed: watch::Receiver<Vec<String>>,
}

impl Running {
    /// Starts the lab's program with this number and reports what it prints.
    pub(crate) async fn start(
        number: usize,
        program: &Program,
        file: &Path,
        arguments: &[String],
        temporary: &Path,
        log: &Log,
    ) -> Result<Running> {
        log.add(What::Started {
            program: number,
            command: command_line(&program.example, arguments),
        })
        .await;
        let cannot = || format!("cannot start {}", program.example);
        let mut command = keeper::command(file, false).with_context(cannot)?;
        command
            .args(arguments)
            .env("RUST_BACKTRACE", "0")
            // Unix asks for the first, Windows for the second.
            .env("TMPDIR", temporary)
            .env("TMP", temporary)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut kept = keeper::start(command).with_context(cannot)?;
        let (tell, printed) = watch::channel(Vec::new());
        let mut output = JoinSet::new();
        if let Some(stdout) = kept.child.stdout.take() {
            output.spawn(report_lines(stdout, number, false, tell, log.clone()));
        }
        if let Some(stderr) = kept.child.stderr.take() {
            let nobody = watch::Sender::default();
            output.spawn(report_lines(stderr, number, true, nobody, log.clone()));
        }
        Ok(Running {
            kept,
            output,
            printed,
        })
    }

    /// What it prints behind these words at the beginning of a line, as soon as it does.
    pub(crate) async fn printed_after(&self, words: &str) -> Result<String> {
        let after = |lines: &Vec<String>| {
            let mut found = lines.iter().filter_map(|line| line.strip_prefix(words));
            found.next().map(|rest| rest.trim().to_owned())
        };
        let mut printed = self.printed.clone();
        let wait = printed.wait_for(|lines| after(lines).is_some());
        match timeout(LONGEST_START, wait).await {
            Ok(Ok(lines)) => Ok(after(&lines).unwrap_or_default()),
            _ => bail!("it did not print {words:?}"),
        }
    }

    /// Whether it has printed these words at the beginning of a line.
    pub(crate) fn has_printed(&self, words: &str) -> bool {
        let lines = self.printed.borrow();
        lines.iter().any(|line| line.starts_with(words))
    }

    /// The address that it prints behind these words.
    pub(crate) async fn address_after(&self, words: &str) -> Result<SocketAddr> {
        let printed = self.printed_after(words).await?;
        let address = printed.split_whitespace().next().unwrap_or_default();
        let address = address.parse();
        address.with_context(|| format!("behind {words:?} it printed {printed:?}, no address"))
    }

    /// Waits for its end, and until all that it printed is reported. Gives its exit code.
    pub(crate) async fn ended(&mut self) -> Result<Option<i32>> {
        let code = self.kept.child.wait().await?.code();
        while self.output.join_next().await.is_some() {}
        Ok(code)
    }

    /// Presses Ctrl-C in its terminal.
    pub(crate) async fn interrupt(&mut self) -> Result<()> {
        self.kept.interrupt().await.context("cannot press Ctrl-C")
    }

    /// Stops it where it is, so that it does not notice what happens before it is ended.
    pub(crate) fn pause(&self) {
        self.kept.pause();
    }

    /// Ends it. What it printed before that is reported, then it is [`Running::ended`].
    pub(crate) fn end(&mut self) {
        self.kept.end();
    }
}

async fn report_lines(
    output: impl AsyncRead + Unpin,
    program: usize,
    error: bool,
    printed: watch::Sender<Vec<String>>,
    log: Log,
) {
    let mut output = BufReader::new(output);
    loop {
        let mut bytes = Vec::new();
        let mut part = (&mut output).take(LONGEST_LINE);
        match part.read_until(b'\n', &mut bytes).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => return,
        }
        let line = String::from_utf8_lossy(&bytes);
        let line = line.strip_suffix('\n').unwrap_or(&line);
        let line = line.strip_suffix('\r').unwrap_or(line).to_owned();
        log.add(What::Printed {
            program,
            error,
            line: line.clone(),
        })
        .await;
        // After the report, so that whoever waited for this line is reported later.
        printed.send_modify(|lines| lines.push(line));
    }
}

/// What a reader types to run an example with these arguments.
fn command_line(example: &str, arguments: &[String]) -> String {
    let mut line = format!("cargo run --example {example}");
    // Without it, cargo takes the flags for its own.
    if arguments.iter().any(|argument| argument.starts_with('-')) {
        line += " --";
    }
    for argument in arguments {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".:_/[]-".contains(c);
        // What a shell would read as its own even between double quotes; of these, a ! at the end is no harm.
        let special = |c: char| "$`\\\"!".contains(c);
        line += " ";
        if argument.trim_end_matches('!').contains(special) {
            line += &format!("'{}'", argument.replace('\'', r"'\''"));
        } else if !argument.is_empty() && argument.chars().all(plain) {
            line += argument;
        } else {
            line += &format!("{argument:?}");
        }
    }
    line
}
