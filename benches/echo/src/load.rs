//! The other end: many clients at once, each of which asks, waits for the answer and asks again.

use anyhow::{Context, Result, bail};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

/// How long a request's text is, with its line feed.
const LENGTH: usize = 32;

/// How many connect at once: fewer than wait to be accepted, for whoever finds that queue full tries again a second later.
const CONNECTING: usize = 64;

/// When nobody has got a first answer for so long, nobody will.
const STALLED: Duration = Duration::from_secs(3);

/// How long all may take to get their first answers, and their last.
const LONGEST_START: Duration = Duration::from_secs(20);
const LONGEST_END: Duration = Duration::from_secs(15);

/// After so long without an answer, a datagram is sent again, so many times.
const LOST: Duration = Duration::from_millis(100);
const TRIES: u64 = 100;

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Protocol {
    /// Bytes, given back as they are.
    Tcp,
    /// Lines, given back without this beginning.
    TcpLines(&'static str),
    Udp,
}

/// What a round has found.
pub struct Round {
    pub per_second: f64,
    pub lost_percent: f64,
    /// How much the reading of `meter` has grown, for a round trip.
    pub metered: Option<f64>,
}

/// Clients that have had an answer each, and stay until this is dropped.
pub struct Crowd {
    shared: Arc<Shared>,
    begin: watch::Sender<bool>,
    asking: JoinSet<io::Result<Client>>,
    done: Vec<Client>,
}

/// What all clients share. What they do often they count for themselves.
struct Shared {
    connecting: Semaphore,
    /// How many have had their first answer.
    here: AtomicUsize,
    counting: AtomicBool,
    /// Whether anything was counted.
    counted: AtomicBool,
    over: AtomicBool,
    round_trips: AtomicU64,
    sent_again: AtomicU64,
}

impl Crowd {
    /// Connects so many. Gives an error when not all of them get an answer.
    pub async fn gather(server: SocketAddr, protocol: Protocol, count: usize) -> Result<Self> {
        let shared = Arc::new(Shared {
            connecting: Semaphore::new(CONNECTING),
            here: AtomicUsize::new(0),
            counting: AtomicBool::new(false),
            counted: AtomicBool::new(false),
            over: AtomicBool::new(false),
            round_trips: AtomicU64::new(0),
            sent_again: AtomicU64::new(0),
        });
        let (begin, begun) = watch::channel(false);
        let mut asking = JoinSet::new();
        for _ in 0..count {
            asking.spawn(ask_on(server, protocol, shared.clone(), begun.clone()));
        }
        let start = Instant::now();
        let (mut before, mut changed) = (0, start);
        loop {
            let here = shared.here.load(Ordering::Relaxed);
            if here == count {
                break;
            }
            if here > before {
                (before, changed) = (here, Instant::now());
            }
            if changed.elapsed() > STALLED || start.elapsed() > LONGEST_START {
                bail!("serves {here} of {count}");
            }
            sleep(Duration::from_millis(2)).await;
        }
        Ok(Self {
            shared,
            begin,
            asking,
            done: Vec::new(),
        })
    }

    /// Has them ask for so long, and counts the answers. Before that they ask uncounted for a while: when all begin at
    /// once, the first answers come late.
    pub async fn measure(
        &mut self,
        time: Duration,
        meter: impl Fn() -> Option<f64>,
    ) -> Result<Round> {
        self.begin.send(true).context("all clients have gone")?;
        sleep(time * 2 / 5).await;
        let (start, metered) = (Instant::now(), meter());
        self.shared.counting.store(true, Ordering::Relaxed);
        sleep(time).await;
        // On a busy machine, the time may be over before anybody had a turn.
        while !self.shared.counted.load(Ordering::Relaxed) && start.elapsed() < LONGEST_END {
            sleep(time).await;
        }
        self.shared.over.store(true, Ordering::Relaxed);
        let (elapsed, metered_then) = (start.elapsed(), meter());
        // Each has one more answer to come; then it tells what it has counted.
        timeout(LONGEST_END, async {
            while let Some(ended) = self.asking.join_next().await {
                self.done.push(ended??);
            }
            anyhow::Ok(())
        })
        .await
        .context("answers too late")?
        .context("a connection is lost")?;
        let round_trips = self.shared.round_trips.load(Ordering::Relaxed) as f64;
        let sent_again = self.shared.sent_again.load(Ordering::Relaxed) as f64;
        if round_trips == 0.0 {
            bail!("no answer in time");
        }
        Ok(Round {
            per_second: round_trips / elapsed.as_secs_f64(),
            lost_percent: 100.0 * sent_again / (round_trips + sent_again),
            metered: metered
                .zip(metered_then)
                .map(|(before, then)| (then - before) / round_trips),
        })
    }
}

/// One client: a first round trip, and then as many as it can until the time is over.
async fn ask_on(
    server: SocketAddr,
    protocol: Protocol,
    shared: Arc<Shared>,
    mut begun: watch::Receiver<bool>,
) -> io::Result<Client> {
    let turn = shared.connecting.acquire().await;
    let mut client = Client::connect(server, protocol).await?;
    client.round_trip().await?;
    drop(turn);
    shared.here.fetch_add(1, Ordering::Relaxed);
    // The sender has gone, when it was too late for somebody else.
    if begun.wait_for(|begun| *begun).await.is_err() {
        return Ok(client);
    }
    let (mut round_trips, mut sent_again) = (0, 0);
    loop {
        let again = client.round_trip().await?;
        if shared.over.load(Ordering::Relaxed) {
            break;
        }
        if shared.counting.load(Ordering::Relaxed) {
            if round_trips == 0 {
                shared.counted.store(true, Ordering::Relaxed);
            }
            round_trips += 1;
            sent_again += again;
        }
    }
    shared.round_trips.fetch_add(round_trips, Ordering::Relaxed);
    shared.sent_again.fetch_add(sent_again, Ordering::Relaxed);
    Ok(client)
}

/// A connection, and how many requests were sent on it.
struct Client {
    connection: Connection,
    prefix: &'static str,
    number: u64,
}

enum Connection {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

impl Client {
    async fn connect(server: SocketAddr, protocol: Protocol) -> io::Result<Self> {
        let (connection, prefix) = match protocol {
            Protocol::Tcp => (Connection::Tcp(TcpStream::connect(server).await?), ""),
            Protocol::TcpLines(prefix) => {
                (Connection::Tcp(TcpStream::connect(server).await?), prefix)
            }
            Protocol::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0").await?;
                // From now on it takes nothing from anybody else.
                socket.connect(server).await?;
                (Connection::Udp(socket), "")
            }
        };
        Ok(Self {
            connection,
            prefix,
            number: 0,
        })
    }

    /// Asks, and waits for the answer, which must be what was asked. Gives how often it had to ask again.
    async fn round_trip(&mut self) -> io::Result<u64> {
        self.number += 1;
        let request = format!(
            "{}{:0>width$}\n",
            self.prefix,
            self.number,
            width = LENGTH - 1
        );
        let expected = &request.as_bytes()[self.prefix.len()..];
        let mut answer = [0; LENGTH];
        match &mut self.connection {
            Connection::Tcp(stream) => {
                stream.write_all(request.as_bytes()).await?;
                stream.read_exact(&mut answer).await?;
                if answer != expected {
                    return Err(io::Error::other("the answer is not what was asked"));
                }
                Ok(0)
            }
            Connection::Udp(socket) => {
                for again in 0..TRIES {
                    socket.send(request.as_bytes()).await?;
                    let right = timeout(LOST, async {
                        // An answer to what was sent before may still come; its number tells.
                        while socket.recv(&mut answer).await? != LENGTH || answer != expected {}
                        Ok(again)
                    });
                    if let Ok(received) = right.await {
                        return received;
                    }
                }
                Err(io::Error::other("all tries are lost"))
            }
        }
    }
}
