//! A link that treats datagrams as a bad network does.

use crate::{Direction, LOOK};
use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// How long a datagram is held back when no other one comes that could overtake it.
const LONGEST_HOLD: Duration = Duration::from_millis(50);

/// How many datagrams are on their way at once, in one direction; further ones are lost, as in a router.
const QUEUE: usize = 1024;

/// How many clients one link takes on at once. When one more comes, the one that came first is forgotten.
const MOST_CLIENTS: usize = 16;

/// How bad the link is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chances {
    /// So many datagrams of a hundred vanish.
    pub drop: u8,
    /// So many of a hundred arrive twice.
    pub duplicate: u8,
    /// So many of a hundred arrive after the next one.
    pub reorder: u8,
    /// How long each one is on its way.
    pub delay: Duration,
}

/// A running link. It ends when this is dropped.
pub struct LossyLink {
    /// Where clients reach it.
    pub address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Drop for LossyLink {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

type Say = Arc<dyn Fn(String) + Send + Sync>;

impl LossyLink {
    /// Starts a link at `listen`, in front of the server `target`. `say` gets a line for each datagram that does
    /// not go its straight way. What happens to a datagram depends on the seed, its direction, and how many went
    /// that way before it: not on time.
    ///
    /// # Errors
    /// If the address is taken or is none of this machine's, or if the chances are more than 100 together.
    pub fn start(
        listen: SocketAddr,
        target: SocketAddr,
        seed: u64,
        chances: Chances,
        say: impl Fn(String) + Send + Sync + 'static,
    ) -> io::Result<LossyLink> {
        let together = [chances.drop, chances.duplicate, chances.reorder];
        if together.map(u32::from).iter().sum::<u32>() > 100 {
            let problem = "drop, duplicate and reorder are more than 100 together";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        let clients = UdpSocket::bind(listen)?;
        clients.set_read_timeout(Some(LOOK))?;
        let link = LossyLink {
            address: clients.local_addr()?,
            ended: Arc::default(),
        };
        let (ended, say) = (link.ended.clone(), Arc::new(say));
        thread::spawn(move || {
            let link = Link {
                clients: Arc::new(clients),
                target,
                // Each direction has its own, so that the replies' pace does not decide about the requests.
                to_server: Arc::new(Mutex::new(Dice::new(seed))),
                to_client: Arc::new(Mutex::new(Dice::new(!seed))),
                chances,
                ended,
                say,
            };
            link.run();
        });
        Ok(link)
    }
}

struct Link {
    clients: Arc<UdpSocket>,
    target: SocketAddr,
    to_server: Arc<Mutex<Dice>>,
    to_client: Arc<Mutex<Dice>>,
    chances: Chances,
    ended: Arc<AtomicBool>,
    say: Say,
}

impl Link {
    /// Takes the clients' datagrams. Each client gets a socket of its own towards the server, so that replies
    /// find their way back.
    fn run(&self) {
        let mut ways: VecDeque<(SocketAddr, Arc<UdpSocket>, Way)> = VecDeque::new();
        let mut buffer = vec![0; 65_536];
        while !self.ended.load(Ordering::Relaxed) {
            let received = self.clients.recv_from(&mut buffer);
            for (.., way) in &mut ways {
                way.release_old();
            }
            let Ok((length, client)) = received else {
                continue;
            };
            if !ways.iter().any(|(known, ..)| *known == client) {
                let Ok(socket) = self.towards_server() else {
                    continue;
                };
                let out = socket.clone();
                let send = move |datagram: &[u8]| {
                    let _ = out.send(datagram);
                };
                let way = self.way(Direction::ToServer, send);
                self.listen_to_server(&socket, client);
                if ways.len() == MOST_CLIENTS {
                    ways.pop_front();
                }
                ways.push_back((client, socket, way));
            }
            if let Some((.., way)) = ways.iter_mut().find(|(known, ..)| *known == client) {
                way.take(&buffer[..length]);
            }
        }
    }

    fn towards_server(&self) -> io::Result<Arc<UdpSocket>> {
        let any: IpAddr = match self.target {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect(self.target)?;
        socket.set_read_timeout(Some(LOOK))?;
        Ok(Arc::new(socket))
    }

    /// Passes the server's replies to one client on, on a thread of its own, until the client is forgotten.
    fn listen_to_server(&self, socket: &Arc<UdpSocket>, client: SocketAddr) {
        let socket = Arc::downgrade(socket);
        let (clients, ended) = (self.clients.clone(), self.ended.clone());
        let send = move |datagram: &[u8]| {
            let _ = clients.send_to(datagram, client);
        };
        let mut way = self.way(Direction::ToClient, send);
        thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !ended.load(Ordering::Relaxed)
                && let Some(socket) = socket.upgrade()
            {
                let received = socket.recv(&mut buffer);
                way.release_old();
                // An error is a wait without a datagram, or the news that nobody listens there.
                if let Ok(length) = received {
                    way.take(&buffer[..length]);
                }
            }
        });
    }

    fn way(&self, direction: Direction, send: impl Fn(&[u8]) + Send + 'static) -> Way {
        let (queue, waiting) = mpsc::sync_channel::<(Instant, Vec<u8>)>(QUEUE);
        thread::spawn(move || {
            for (due, datagram) in waiting {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                send(&datagram);
            }
        });
        Way {
            direction,
            dice: match direction {
                Direction::ToServer => self.to_server.clone(),
                Direction::ToClient => self.to_client.clone(),
            },
            chances: self.chances,
            held: None,
            queue,
            say: self.say.clone(),
        }
    }
}

/// One direction of one client's link.
struct Way {
    direction: Direction,
    dice: Arc<Mutex<Dice>>,
    chances: Chances,
    /// One that the next one is to overtake.
    held: Option<(Instant, Vec<u8>)>,
    queue: mpsc::SyncSender<(Instant, Vec<u8>)>,
    say: Say,
}

impl Way {
    fn take(&mut self, datagram: &[u8]) {
        let (number, roll) = self
            .dice
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .roll();
        let direction = self.direction;
        let tell = |what: &str| (self.say)(format!("{what} datagram {number} {direction}"));
        let Chances {
            drop,
            duplicate,
            reorder,
            ..
        } = self.chances;
        if roll < drop {
            tell("lost:");
        } else if roll < drop + duplicate {
            tell("twice:");
            self.send(datagram.to_vec());
            self.send(datagram.to_vec());
        } else if roll < drop + duplicate + reorder && self.held.is_none() {
            tell("late:");
            self.held = Some((Instant::now(), datagram.to_vec()));
            return;
        } else {
            self.send(datagram.to_vec());
        }
        if let Some((_, late)) = self.held.take() {
            self.send(late);
        }
    }

    /// Lets a held datagram go when nothing has come to overtake it.
    fn release_old(&mut self) {
        let old = |(since, _): &mut (Instant, _)| since.elapsed() >= LONGEST_HOLD;
        if let Some((_, datagram)) = self.held.take_if(old) {
            self.send(datagram);
        }
    }

    fn send(&self, datagram: Vec<u8>) {
        // A full queue loses it.
        let _ = self
            .queue
            .try_send((Instant::now() + self.chances.delay, datagram));
    }
}

/// Decides about the datagrams of one direction, or where a stream is cut, by numbers that look like chance (splitmix64).
pub(crate) struct Dice {
    state: u64,
    /// How many datagrams have come this way.
    count: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let (state, count) = (seed, 0);
        Dice { state, count }
    }

    /// The next datagram's number, counted from 1, and its fate: a number below 100.
    pub(crate) fn roll(&mut self) -> (u64, u8) {
        self.count += 1;
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (self.count, ((z ^ (z >> 31)) % 100) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends 200 numbered datagrams through a link, and gives what arrived and what the link said.
    fn run(seed: u64, chances: Chances) -> (Vec<u8>, Vec<String>) {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server
            .set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let lines = said.clone();
        let link = LossyLink::start(
            "127.0.0.1:0".parse().unwrap(),
            server.local_addr().unwrap(),
            seed,
            chances,
            move |line| lines.lock().unwrap().push(line),
        )
        .unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        for number in 0..200 {
            client.send_to(&[number], link.address).unwrap();
        }
        let mut arrived = Vec::new();
        let mut buffer = [0; 8];
        loop {
            match server.recv(&mut buffer) {
                Ok(length) => {
                    assert_eq!(length, 1);
                    arrived.push(buffer[0]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let said = said.lock().unwrap().clone();
        (arrived, said)
    }

    #[test]
    fn a_perfect_link_changes_nothing() {
        let (arrived, said) = run(1, Chances::default());
        assert_eq!(arrived, (0..200).collect::<Vec<u8>>());
        assert_eq!(said, [""; 0]);
    }

    #[test]
    fn the_same_seed_gives_the_same_run_and_another_another() {
        let bad = Chances {
            drop: 30,
            duplicate: 10,
            reorder: 10,
            delay: Duration::from_millis(2),
        };
        let first = run(7, bad);
        assert_eq!(first, run(7, bad));
        assert_ne!(first.1, run(8, bad).1);
        let count = |word: &str| first.1.iter().filter(|line| line.starts_with(word)).count();
        let (lost, twice, late) = (count("lost:"), count("twice:"), count("late:"));
        // Of 200, 60, 20 and 20 are expected: three standard deviations either way.
        assert!((40..=80).contains(&lost), "{lost} lost");
        assert!((7..=33).contains(&twice), "{twice} twice");
        assert!((7..=33).contains(&late), "{late} late");
        assert_eq!(first.0.len(), 200 - lost + twice);
        assert!(!first.0.is_sorted(), "nothing was overtaken");
    }

    #[test]
    fn a_link_hears_any_number_of_clients_one_after_the_other() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let link = LossyLink::start(
            "127.0.0.1:0".parse().unwrap(),
            server.local_addr().unwrap(),
            1,
            Chances::default(),
            |_| {},
        )
        .unwrap();
        let mut buffer = [0; 8];
        for number in 0..=2 * MOST_CLIENTS as u8 {
            let client = UdpSocket::bind("127.0.0.1:0").unwrap();
            client
                .set_read_timeout(Some(Duration::from_secs(10)))
                .unwrap();
            client.send_to(&[number], link.address).unwrap();
            let (length, from) = server.recv_from(&mut buffer).unwrap();
            assert_eq!(buffer[..length], [number]);
            server.send_to(&[!number], from).unwrap();
            let length = client.recv(&mut buffer).unwrap();
            assert_eq!(buffer[..length], [!number]);
        }
    }

    #[test]
    fn a_delay_is_waited_for() {
        let delay = Duration::from_millis(150);
        let start = Instant::now();
        let (arrived, _) = run(
            1,
            Chances {
                delay,
                ..Chances::default()
            },
        );
        assert_eq!(arrived.len(), 200);
        assert!(start.elapsed() >= delay);
    }

    #[test]
    fn more_than_all_is_refused() {
        let chances = Chances {
            drop: 90,
            duplicate: 11,
            ..Chances::default()
        };
        let any = "127.0.0.1:0".parse().unwrap();
        let link = LossyLink::start(any, any, 1, chances, |_| {});
        assert_eq!(link.err().unwrap().kind(), io::ErrorKind::InvalidInput);
    }
}
