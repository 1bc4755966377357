//! Measures echo servers in Rust, C and Python, in one run on one machine:
//!
//! ```console
//! $ cargo run --release --package echo_bench
//! ```
//!
//! It builds them, starts each on a free port, and has 1, 10, 100, 1,000 and 10,000 clients ask it in turn. All servers
//! are measured once, then all again, five times, so that a disturbance hits many of them a little; the median counts.
//! It prints the tables, and writes `results.json` here, and from that the tables and the picture of the book's chapter
//! on many clients. It takes some minutes, in which the machine should have nothing else to do.
//!
//! With `--quick` it only shows that everything works, and writes nothing. With `--draw` it measures nothing, and draws
//! what `results.json` says.

mod drawing;
mod load;
mod machine;
mod results;
mod servers;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use load::{Crowd, Round};
use results::{Failure, Point, Results};
use servers::Server;
use std::{
    fs,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// What a process needs besides its connections.
const OTHER_FILES: u64 = 100;

/// No round begins after so long.
const LONGEST_RUN: Duration = Duration::from_secs(380);

/// From so many connections on, what the process has grown says something about one of them.
const MANY: usize = 100;

/// Measures echo servers in Rust, C and Python
#[derive(Parser)]
struct Arguments {
    /// Show that everything works, in seconds, and write nothing
    #[arg(long)]
    quick: bool,
    /// Measure nothing, and draw what results.json says
    #[arg(long, conflicts_with = "quick")]
    draw: bool,
}

/// How much is measured.
struct Plan {
    connections: &'static [usize],
    rounds: usize,
    time: Duration,
}

const FULL: Plan = Plan {
    connections: &[1, 10, 100, 1_000, 10_000],
    rounds: 5,
    time: Duration::from_millis(500),
};

const QUICK: Plan = Plan {
    connections: &[1, 10, 100],
    rounds: 1,
    time: Duration::from_millis(50),
};

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo_bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let file = Path::new(HERE).join("results.json");
    if arguments.draw {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        return draw(&serde_json::from_str(&text).context("results.json")?);
    }
    ensure!(
        arguments.quick || !cfg!(debug_assertions),
        "a debug build is slow: cargo run --release --package echo_bench"
    );
    let plan = if arguments.quick { QUICK } else { FULL };
    let most = plan.connections.iter().max().copied().unwrap_or(0) as u64;
    // The servers inherit it.
    let files = rlimit::increase_nofile_limit(most + OTHER_FILES)?;
    // When this is dropped, the server that is being measured is ended with it.
    let results = tokio::select! {
        results = measure(&plan, files) => results?,
        () = asked_to_end() => bail!("ended before the end: nothing is written"),
    };
    println!("{}", drawing::tables(&results));
    if arguments.quick {
        return Ok(());
    }
    fs::write(&file, serde_json::to_string_pretty(&results)? + "\n")?;
    draw(&results)
}

/// Waits for Ctrl-C, or for what `kill` and `timeout` send.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                _ = terminated.recv() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Writes what the book includes.
fn draw(results: &Results) -> Result<()> {
    let assets = Path::new(HERE).join("../../book/assets");
    fs::write(assets.join("measured.md"), drawing::tables(results))?;
    fs::write(assets.join("measured.svg"), drawing::picture(results))?;
    Ok(())
}

/// A server, and what its rounds have found.
struct Candidate {
    server: Server,
    /// For each number of connections, one for each round.
    found: Vec<Vec<Found>>,
    failed: Option<Failure>,
}

struct Found {
    round: Round,
    bytes_a_connection: Option<f64>,
}

async fn measure(plan: &Plan, files: u64) -> Result<Results> {
    let candidate = |server| Candidate {
        server,
        found: plan.connections.iter().map(|_| Vec::new()).collect(),
        failed: None,
    };
    let mut candidates: Vec<_> = servers::build()?.into_iter().map(candidate).collect();
    let machine = machine::machine(plan.time).await;
    if let Some(busy) = machine
        .busy_percent
        .filter(|busy| *busy > drawing::QUIET_PERCENT)
    {
        eprintln!("this machine is busy ({busy} %): what you measure now is also that");
    }
    let start = Instant::now();
    let mut rounds = 0;
    while rounds < plan.rounds && start.elapsed() < LONGEST_RUN {
        eprintln!("round {} of {}", rounds + 1, plan.rounds);
        // Each round begins with another one, so that none is always the first.
        let first = rounds * candidates.len() / plan.rounds;
        let (before, from_first) = candidates.split_at_mut(first);
        for candidate in from_first.iter_mut().chain(before) {
            candidate.measure(plan, files).await?;
        }
        rounds += 1;
    }
    Ok(Results {
        machine,
        rounds,
        seconds: plan.time.as_secs_f64(),
        connections: plan.connections.to_vec(),
        servers: candidates.into_iter().map(|c| c.finished(plan)).collect(),
    })
}

impl Candidate {
    /// One round: the server is started, meets more and more clients, and is ended.
    async fn measure(&mut self, plan: &Plan, files: u64) -> Result<()> {
        if self.server.command.is_err() {
            return Ok(());
        }
        let (mut child, address) = self.server.start().await?;
        let process = child.id().context("the server has ended")?;
        let alone = machine::memory(process);
        for (found, connections) in self.found.iter_mut().zip(plan.connections.iter().copied()) {
            // What failed once is not tried again.
            if self
                .failed
                .as_ref()
                .is_some_and(|failed| failed.connections <= connections)
            {
                break;
            }
            let ask = async {
                if connections as u64 + OTHER_FILES > files {
                    bail!("a process may have {files} files open");
                }
                let mut crowd = Crowd::gather(address, self.server.protocol, connections).await?;
                let meter = || machine::processor(process);
                let round = crowd.measure(plan.time, meter).await?;
                // All of them are still here.
                let grown = alone.zip(machine::memory(process));
                let each = grown.map(|(alone, now)| (now - alone).max(0.0) / connections as f64);
                Ok(Found {
                    round,
                    bytes_a_connection: each.filter(|_| connections >= MANY),
                })
            };
            match ask.await {
                Ok(round) => found.push(round),
                Err(error) => {
                    let why = error.to_string();
                    self.failed = Some(Failure { connections, why });
                }
            }
        }
        child.kill().await.context("the server does not end")
    }

    /// The medians.
    fn finished(self, plan: &Plan) -> results::Server {
        let fails_with = self
            .failed
            .as_ref()
            .map_or(usize::MAX, |failed| failed.connections);
        let measured = plan.connections.iter().copied().zip(&self.found);
        let points = measured.filter(|(connections, _)| *connections < fails_with);
        let points = points.filter_map(|(connections, found)| {
            let of = |number: &dyn Fn(&Found) -> Option<f64>| {
                let mut numbers: Vec<f64> = found.iter().filter_map(number).collect();
                numbers.sort_by(f64::total_cmp);
                numbers
            };
            let median = |numbers: Vec<f64>| numbers.get(numbers.len() / 2).copied();
            let per_second = of(&|found| Some(found.round.per_second));
            Some(Point {
                connections,
                lowest: rounded(*per_second.first()?),
                highest: rounded(*per_second.last()?),
                median: rounded(median(per_second)?),
                lost_percent: rounded(median(of(&|found| Some(found.round.lost_percent)))?),
                processor_us: median(of(&|found| found.round.metered)).map(|s| rounded(s * 1e6)),
                bytes_a_connection: median(of(&|found| found.bytes_a_connection)).map(rounded),
            })
        });
        results::Server {
            kind: self.server.kind,
            language: self.server.language,
            with: self.server.with.map(str::to_owned),
            points: points.collect(),
            failed: self.failed,
            skipped: self.server.command.err(),
        }
    }
}

/// Three digits: more would claim to know what the next run denies.
fn rounded(number: f64) -> f64 {
    let text = format!("{number:.2e}");
    text.parse().unwrap_or(number)
}
