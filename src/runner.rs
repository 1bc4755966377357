//! Runs a lab: starts its programs, watches what they print and what passes between them, and ends
//! them. Nothing outlives a run.

use crate::{
    labs::{Lab, Programs, message, printed_after, word},
    program::{LONGEST_START, Running},
    recording::{Event, Recording, What},
    relay::{Log, Relay},
};
use anyhow::{Context, Result, bail, ensure};
use socket2::{Domain, Socket, Type};
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

/// How long a whole run may take.
const LONGEST_RUN: Duration = Duration::from_secs(20);

/// How long somebody who has seen something takes to press Ctrl-C.
const HAND: Duration = Duration::from_millis(300);

/// How many lines and wire events one run may produce.
const MOST_EVENTS: usize = 1_000;

impl Lab {
    /// Runs it once and collects what happened. `built` is what [`crate::labs::build`] gave.
    pub async fn record(&self, built: &Programs) -> Result<Recording> {
        let (watcher, mut seen) = mpsc::channel(64);
        let run = self.run(built, None, watcher);
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
    /// `message` is the reader's own, for a lab that takes one.
    pub async fn run(
        &self,
        built: &Programs,
        message: Option<&str>,
        watcher: mpsc::Sender<Event>,
    ) -> Result<()> {
        let gone = watcher.clone();
        let log = Log {
            start: Instant::now(),
            watcher,
        };
        tokio::select! {
            ran = timeout(LONGEST_RUN, self.play(built, message, log)) => match ran {
                Ok(played) => played,
                Err(_) => bail!("not done after {} s; the run was ended", LONGEST_RUN.as_secs()),
            },
            () = gone.closed() => Ok(()),
        }
    }

    async fn play(&self, built: &Programs, own: Option<&str>, log: Log) -> Result<()> {
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
            if let Some(words) = &program.after {
                let printed = async {
                    while !servers.iter().any(|server| server.has_printed(words)) {
                        sleep(Duration::from_millis(5)).await;
                    }
                };
                let waited = timeout(LONGEST_START, printed).await;
                waited.with_context(|| format!("no server printed {words:?}"))?;
            }
            let mut arguments = Vec::new();
            for argument in &program.args {
                let Some(word) = word(argument) else {
                    arguments.push(argument.clone());
                    continue;
                };
                if let Some(without) = message(word) {
                    let given = own.or(Some(without).filter(|words| !words.is_empty()));
                    arguments.extend(given.map(String::from));
                    continue;
                }
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
                Running::start(number, program, file, &arguments, temporary.path(), &log).await?;
            if let Some(words) = &program.ready {
                let address = running.address_after(words).await;
                let address = address
                    .with_context(|| format!("{} did not say that it is ready", program.example))?;
                direct.get_or_insert(address);
                latest = Some(address);
                servers.push(running);
            } else {
                if let (Some(words), Some(server)) = (&program.ctrl_c, servers.first_mut()) {
                    running.printed_after(words).await?;
                    sleep(HAND).await;
                    // What a terminal shows of it.
                    let (program, error, line) = (0, false, "^C".into());
                    log.add(What::Printed {
                        program,
                        error,
                        line,
                    })
                    .await;
                    server.interrupt().await?;
                }
                let code = running.ended().await?;
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
        servers.iter().for_each(Running::pause);
        servers.iter_mut().for_each(Running::end);
        for mut server in servers {
            server.ended().await?;
        }
        Ok(())
    }
}

/// A port of 127.0.0.1 that is taken but not open, for UDP and TCP alike: whoever tries it is refused.
struct ClosedPort {
    address: SocketAddr,
    _held: (Socket, UdpSocket),
}

impl ClosedPort {
    fn reserve() -> Result<Self> {
        // TCP's free port may be another program's for UDP, at random: a few tries find one that is free for both.
        let mut tries = (0..10).map(|_| Self::try_one());
        tries.find(Result::is_ok).unwrap_or_else(Self::try_one)
    }

    fn try_one() -> Result<Self> {
        // Bound, but not listening: the system refuses connections, and gives the port to nobody else.
        let tcp = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        tcp.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = tcp.local_addr()?.as_socket().context("no IP address")?;
        // Connected to itself, so that it hears nobody else.
        let udp = UdpSocket::bind(address).context("no port is free; end some programs")?;
        udp.connect(address)?;
        Ok(ClosedPort {
            address,
            _held: (tcp, udp),
        })
    }
}
