//! Runs a lab: starts its programs, watches what they print and what passes between them, and ends
//! them. Nothing outlives a run.

use crate::{
    labs::{Lab, Program, Programs, printed_after, word},
    recording::{Event, Recording, What},
    relay::{Log, Relay},
};
use anyhow::{Context, Result, bail, ensure};
use socket2::{Domain, Socket, Type};
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

/// How long a whole run may take.
const LONGEST_RUN: Duration = Duration::from_secs(20);

/// How long a server may take to say that it is ready.
const LONGEST_START: Duration = Duration::from_secs(10);

/// How many lines and wire events one run may produce.
const MOST_EVENTS: usize = 1_000;

impl Lab {
    /// Runs it once and collects what happened. `built` is what [`crate::labs::build`] gave.
    pub async fn record(&self, built: &Programs) -> Result<Recording> {
        let (watcher, mut seen) = mpsc::channel(64);
        let run = self.run(built, watcher);
        let collect = async {
            let mut events = Vec::new();
            while let Some(event) = seen.recv().await {
                events.push(event);
                if events.len() > MOST_EVENTS {
                    break;
                }
            }
            // Ends the channel, so that a run that never stops printing is ended too.
            drop(seen);
            events
        };
        let (ran, events) = tokio::join!(run, collect);
        ran.with_context(|| format!("lab {}", self.name()))?;
        ensure!(
            events.len() <= MOST_EVENTS,
            "lab {}: more than {MOST_EVENTS} lines and wire events; the run was ended",
            self.name()
        );
        Ok(Recording {
            lab: self.name().into(),
            events,
        })
    }

    /// Runs it once and reports to `watcher` as things happen. The run ends, with all its programs,
    /// when the last one has ended, when the time is up, or when the watcher is gone.
    pub async fn run(&self, built: &Programs, watcher: mpsc::Sender<Event>) -> Result<()> {
        let gone = watcher.clone();
        let log = Log {
            start: Instant::now(),
            watcher,
        };
        tokio::select! {
            ran = timeout(LONGEST_RUN, self.play(built, log)) => match ran {
                Ok(played) => played,
                Err(_) => bail!("not done after {} s; the run was ended", LONGEST_RUN.as_secs()),
            },
            () = gone.closed() => Ok(()),
        }
    }

    async fn play(&self, built: &Programs, log: Log) -> Result<()> {
        // Programs make their temporary files here, and one that is killed cannot tidy up.
        let temporary = tempfile::tempdir()?;
        let mut servers: Vec<Running> = Vec::new();
        // These addresses are held for the whole run, so that no other program gets them.
        let closed = ClosedPort::reserve()?;
        let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut before_silence = None;
        let mut direct: Option<SocketAddr> = None;
        let mut latest: Option<SocketAddr> = None;
        let mut relay: Option<Relay> = None;
        for (number, program) in self.programs.iter().enumerate() {
            let file = built.get(&program.example);
            let file = file.with_context(|| format!("{} is not built", program.example))?;
            let mut arguments = Vec::new();
            for argument in &program.args {
                let Some(word) = word(argument) else {
                    arguments.push(argument.clone());
                    continue;
                };
                let value = match (word, self.watch, direct) {
                    ("{closed}", ..) => closed.address.to_string(),
                    ("{closed_port}", ..) => closed.address.port().to_string(),
                    ("{direct}", _, Some(server)) => server.to_string(),
                    ("{direct_port}", _, Some(server)) => server.port().to_string(),
                    ("{latest}", _, Some(server)) => latest.unwrap_or(server).to_string(),
                    ("{server}", Some(protocol), Some(server)) => {
                        if relay.is_none() {
                            let watched = match (&self.watch_at, servers.first()) {
                                (Some(words), Some(server)) => server.address_after(words).await?,
                                _ => server,
                            };
                            relay = Some(Relay::start(protocol, watched, log.clone()).await?);
                        }
                        relay
                            .as_ref()
                            .map_or(server, |relay| relay.address)
                            .to_string()
                    }
                    ("{silent}", Some(protocol), _) => {
                        let started =
                            Relay::start(protocol, silent.local_addr()?, log.clone()).await?;
                        before_silence.insert(started).address.to_string()
                    }
                    (given, ..) => match (printed_after(given), servers.first()) {
                        (Some(words), Some(server)) => server.printed_after(words).await?,
                        _ => bail!("{given} is used before a server is ready"),
                    },
                };
                arguments.push(argument.replace(word, &value));
            }
            let mut running =
                start(number, program, file, &arguments, temporary.path(), &log).await?;
            if program.ready.is_some() {
                let address = timeout(LONGEST_START, &mut running.address).await;
                let Ok(Ok(address)) = address else {
                    bail!("{} did not say that it is ready", program.example);
                };
                direct.get_or_insert(address);
                latest = Some(address);
                servers.push(running);
            } else {
                let code = running.child.wait().await?.code();
                while running.output.join_next().await.is_some() {}
                log.add(What::Ended {
                    program: number,
                    code,
                })
                .await;
            }
        }
        if !servers.is_empty() {
            sleep(Duration::from_millis(self.last_words_ms)).await;
        }
        // All at once: one that loses its peer would tell of it.
        for server in &mut servers {
            server.child.start_kill()?;
        }
        for mut server in servers {
            server.child.wait().await?;
            // What it printed before that is still in its pipe: read to the end.
            while server.output.join_next().await.is_some() {}
        }
        Ok(())
    }
}

/// A program that is running. It is ended when this is dropped.
struct Running {
    child: Child,
    /// The tasks that report what it prints.
    output: JoinSet<()>,
    /// The address behind its ready line.
    address: oneshot::Receiver<SocketAddr>,
    /// Each line that it has printed.
    printed: watch::Receiver<Vec<String>>,
}

impl Running {
    /// What it prints behind these words, as soon as it does.
    async fn printed_after(&self, words: &str) -> Result<String> {
        let after = |lines: &Vec<String>| {
            let mut found = lines.iter().filter_map(|line| line.strip_prefix(words));
            found.next().map(|rest| rest.trim().to_owned())
        };
        let mut printed = self.printed.clone();
        let wait = printed.wait_for(|lines| after(lines).is_some());
        match timeout(LONGEST_START, wait).await {
            Ok(Ok(lines)) => Ok(after(&lines).unwrap_or_default()),
            _ => bail!("the server did not print {words:?}"),
        }
    }

    /// The address that it prints behind these words.
    async fn address_after(&self, words: &str) -> Result<SocketAddr> {
        let printed = self.printed_after(words).await?;
        let address = printed.parse();
        address
            .with_context(|| format!("behind {words:?} the server printed {printed:?}, no address"))
    }
}

/// Starts a program and reports what it prints.
async fn start(
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
    let mut child = Command::new(file)
        .args(arguments)
        .env("RUST_BACKTRACE", "0")
        // Unix asks for the first, Windows for the second.
        .env("TMPDIR", temporary)
        .env("TMP", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.example))?;
    let (tell_address, address) = oneshot::channel();
    let ready = program.ready.clone().map(|prefix| (prefix, tell_address));
    let (tell_line, printed) = watch::channel(Vec::new());
    let mut output = JoinSet::new();
    if let Some(stdout) = child.stdout.take() {
        output.spawn(report_lines(
            stdout,
            number,
            false,
            ready,
            tell_line,
            log.clone(),
        ));
    }
    if let Some(stderr) = child.stderr.take() {
        output.spawn(report_lines(
            stderr,
            number,
            true,
            None,
            watch::Sender::default(),
            log.clone(),
        ));
    }
    Ok(Running {
        child,
        output,
        address,
        printed,
    })
}

async fn report_lines(
    output: impl AsyncRead + Unpin,
    program: usize,
    error: bool,
    mut ready: Option<(String, oneshot::Sender<SocketAddr>)>,
    printed: watch::Sender<Vec<String>>,
    log: Log,
) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let address = ready.as_ref().and_then(|(prefix, _)| {
            line.strip_prefix(prefix)?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        });
        printed.send_modify(|lines| lines.push(line.clone()));
        log.add(What::Printed {
            program,
            error,
            line,
        })
        .await;
        if let Some(address) = address
            && let Some((_, tell)) = ready.take()
        {
            let _ = tell.send(address);
        }
    }
}

/// What a reader types to run an example with these arguments.
fn command_line(example: &str, arguments: &[String]) -> String {
    let mut line = format!("cargo run --example {example}");
    for argument in arguments {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".:_/[]-".contains(c);
        if !argument.is_empty() && argument.chars().all(plain) {
            line += &format!(" {argument}");
        } else {
            line += &format!(" {argument:?}");
        }
    }
    line
}

/// A port of 127.0.0.1 that is taken but not open, for UDP and TCP alike: whoever tries it is refused.
struct ClosedPort {
    address: SocketAddr,
    _held: (Socket, UdpSocket),
}

impl ClosedPort {
    fn reserve() -> Result<Self> {
        // Bound, but not listening: the system refuses connections, and gives the port to nobody else.
        let tcp = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        tcp.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = tcp.local_addr()?.as_socket().context("no IP address")?;
        // Connected to itself, so that it hears nobody else. If another program has this UDP port,
        // it is a rare bad moment, and trying again mends it.
        let udp = UdpSocket::bind(address).context("a port was taken; try again")?;
        udp.connect(address)?;
        Ok(ClosedPort {
            address,
            _held: (tcp, udp),
        })
    }
}
