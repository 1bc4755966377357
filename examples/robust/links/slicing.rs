//! A link that passes a stream on in other pieces than it came in.

use crate::{Direction, LOOK, lossy::Dice};
use socket2::SockRef;
use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// How long the link waits after each byte that goes alone, so that the receiver can read it alone.
const PAUSE: Duration = Duration::from_millis(2);

/// How many connections one link passes on at once; it closes others.
const MOST_CONNECTIONS: usize = 64;

/// How long a piece of a length by chance may be.
const LONGEST_PIECE: usize = 8;

/// How many bytes the link collects before it passes them on together.
const MOST_TOGETHER: usize = 1 << 20;

/// What the link does to the bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slicing {
    /// Each byte goes alone.
    One,
    /// All that comes without a pause goes together.
    Join,
    /// In pieces whose lengths look like chance. The same seed gives the same pieces.
    Random(u64),
    /// After so many bytes, the connection ends in peace, both ways.
    Cut(usize),
    /// After so many bytes, nothing more goes this way; the connection stays.
    Stall(usize),
    /// After so many bytes, the connection is reset, both ways.
    Reset(usize),
}

/// A running link. It and its connections end when this is dropped.
pub struct SlicingLink {
    /// Where clients reach it.
    pub address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Drop for SlicingLink {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl SlicingLink {
    /// Starts a link at `listen`, in front of the server `target`, which slices the bytes that go in `direction`;
    /// the other direction is left alone. `say` gets a line for each thing that it does.
    ///
    /// # Errors
    /// If the address is taken or is none of this machine's.
    pub fn start(
        listen: SocketAddr,
        target: SocketAddr,
        direction: Direction,
        slicing: Slicing,
        say: impl Fn(String) + Send + Sync + 'static,
    ) -> io::Result<SlicingLink> {
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let link = SlicingLink {
            address: listener.local_addr()?,
            ended: Arc::default(),
        };
        let (ended, say) = (link.ended.clone(), Arc::new(say));
        let open = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let Ok((client, _)) = listener.accept() else {
                    thread::sleep(PAUSE);
                    continue;
                };
                if open.load(Ordering::Relaxed) == MOST_CONNECTIONS {
                    continue;
                }
                let connection = Connection {
                    direction,
                    slicing,
                    link_ended: ended.clone(),
                    over: Arc::default(),
                    open: open.clone(),
                    say: say.clone(),
                };
                open.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || {
                    if let Err(error) = connection.run(client, target) {
                        (connection.say)(format!("no connection to {target}: {error}"));
                    }
                    connection.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Ok(link)
    }
}

struct Connection {
    direction: Direction,
    slicing: Slicing,
    link_ended: Arc<AtomicBool>,
    /// Set when the link itself has ended this connection.
    over: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
    say: Arc<dyn Fn(String) + Send + Sync>,
}

impl Connection {
    fn run(&self, client: TcpStream, target: SocketAddr) -> io::Result<()> {
        client.set_nonblocking(false)?;
        let server = TcpStream::connect_timeout(&target, Duration::from_secs(2))?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(LOOK))?;
            stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        }
        thread::scope(|scope| {
            scope.spawn(|| self.pass(&client, &server, Direction::ToServer));
            scope.spawn(|| self.pass(&server, &client, Direction::ToClient));
        });
        Ok(())
    }

    /// Passes one direction on until it ends, or the connection is over.
    fn pass(&self, from: &TcpStream, to: &TcpStream, direction: Direction) {
        let done = match direction == self.direction {
            true => self.slice(from, to),
            false => self.copy(from, to),
        };
        match done {
            // The link has ended both directions as it was told to. A goodbye would hide its reset, and a reset, which
            // late bytes bring about here, would hide its goodbye.
            _ if self.ended() => {}
            // The sender has said all, and the receiver learns of it.
            Ok(()) => drop(to.shutdown(Shutdown::Write)),
            // A reset on one side: the other side learns of that, too.
            Err(_) => self.reset(from, to),
        }
    }

    fn copy(&self, mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
        let mut buffer = [0; 4096];
        while let Some(length) = self.read(&mut from, &mut buffer)? {
            to.write_all(&buffer[..length])?;
        }
        Ok(())
    }

    fn slice(&self, mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
        let mut buffer = [0; 4096];
        let mut passed = 0;
        let direction = self.direction;
        let mut pieces = match self.slicing {
            Slicing::Random(seed) => Pieces::new(seed, LONGEST_PIECE),
            _ => Pieces::new(0, 1),
        };
        while let Some(length) = self.read(&mut from, &mut buffer)? {
            let bytes = &buffer[..length];
            let (Slicing::Cut(last) | Slicing::Stall(last) | Slicing::Reset(last)) = self.slicing
            else {
                if self.slicing != Slicing::Join {
                    let how = match self.slicing {
                        Slicing::One => "one at a time",
                        _ => "in pieces of any length",
                    };
                    (self.say)(format!("{length} bytes {direction}, {how}"));
                    let mut rest = bytes;
                    while !rest.is_empty() {
                        let piece;
                        (piece, rest) = rest.split_at(pieces.take(rest.len()));
                        to.write_all(piece)?;
                        thread::sleep(PAUSE);
                    }
                } else {
                    let together = self.collect(from, bytes.to_vec())?;
                    (self.say)(format!("{} bytes {direction}, together", together.len()));
                    to.write_all(&together)?;
                }
                continue;
            };
            let go = length.min(last - passed);
            to.write_all(&bytes[..go])?;
            passed += go;
            if passed < last {
                continue;
            }
            match self.slicing {
                Slicing::Stall(_) => {
                    (self.say)(format!("nothing more {direction} after {last} bytes"));
                    while !self.ended() {
                        thread::sleep(LOOK);
                    }
                }
                Slicing::Reset(_) => {
                    (self.say)(format!("reset after {last} bytes {direction}"));
                    self.reset(from, to);
                }
                _ => {
                    (self.say)(format!("closed after {last} bytes {direction}"));
                    self.over.store(true, Ordering::Relaxed);
                    let _ = from.shutdown(Shutdown::Both);
                    let _ = to.shutdown(Shutdown::Both);
                }
            }
            return Ok(());
        }
        Ok(())
    }

    /// Adds to `bytes` what comes until the sender pauses.
    fn collect(&self, mut from: &TcpStream, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut buffer = [0; 4096];
        while bytes.len() < MOST_TOGETHER {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => bytes.extend(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(bytes)
    }

    /// The next bytes, or nothing at the end of the stream or of this link.
    fn read(&self, from: &mut &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        while !self.ended() {
            match from.read(buffer) {
                Ok(0) => return Ok(None),
                Ok(length) => return Ok(Some(length)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn ended(&self) -> bool {
        self.link_ended.load(Ordering::Relaxed) || self.over.load(Ordering::Relaxed)
    }

    /// Makes both ends of the connection see a reset. Without this, the system would say goodbye in peace.
    fn reset(&self, from: &TcpStream, to: &TcpStream) {
        self.over.store(true, Ordering::Relaxed);
        for stream in [from, to] {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }
}

/// Where a stream is cut: that depends on the seed and on how many bytes went before, not on how they came.
struct Pieces {
    dice: Dice,
    longest: usize,
    /// How many bytes there are until the next cut.
    left: usize,
}

impl Pieces {
    fn new(seed: u64, longest: usize) -> Self {
        let (dice, left) = (Dice::new(seed), 0);
        Pieces {
            dice,
            longest,
            left,
        }
    }

    /// How many of these bytes go together: to the next cut, or all.
    fn take(&mut self, bytes: usize) -> usize {
        if self.left == 0 {
            self.left = 1 + usize::from(self.dice.roll().1) % self.longest;
        }
        let go = self.left.min(bytes);
        self.left -= go;
        go
    }
}

/// Unix says the first, Windows the second, when a read has waited long enough.
fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server reads, piece by piece, of the pieces that a client sends through a link; and how it ended.
    fn run(slicing: Slicing, pieces: &[&[u8]]) -> (Vec<Vec<u8>>, io::Result<()>) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = server.local_addr().unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let link = SlicingLink::start(any, target, Direction::ToServer, slicing, |_| {}).unwrap();
        let mut client = TcpStream::connect(link.address).unwrap();
        let (mut server, _) = server.accept().unwrap();
        server
            .set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        for piece in pieces {
            client.write_all(piece).unwrap();
        }
        client.shutdown(Shutdown::Write).unwrap();
        let mut read = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match server.read(&mut buffer) {
                Ok(0) => return (read, Ok(())),
                Ok(length) => read.push(buffer[..length].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return (read, Err(error)),
            }
        }
    }

    #[test]
    fn one_byte_at_a_time_loses_none() {
        let (read, end) = run(Slicing::One, &[b"hello, ", b"world"]);
        assert_eq!(read.concat(), b"hello, world");
        assert!(read.len() > 6, "read in {} pieces", read.len());
        assert!(end.is_ok(), "{end:?}");
    }

    #[test]
    fn what_is_joined_comes_in_one_piece() {
        let (read, end) = run(Slicing::Join, &[b"hello, ", b"world"]);
        assert_eq!(read, [b"hello, world"]);
        assert!(end.is_ok(), "{end:?}");
    }

    #[test]
    fn the_same_seed_cuts_at_the_same_places_however_the_bytes_come() {
        let cuts = |seed, came: &[usize]| {
            let mut pieces = Pieces::new(seed, LONGEST_PIECE);
            let (mut at, mut cuts) = (0, Vec::new());
            for &bytes in came {
                let end = at + bytes;
                while at < end {
                    at += pieces.take(end - at);
                    if pieces.left == 0 {
                        cuts.push(at);
                    }
                }
            }
            cuts
        };
        let mut different = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let whole = cuts(seed, &[1_000]);
            assert_eq!(whole, cuts(seed, &[1; 1_000]), "seed {seed}");
            assert_eq!(whole, cuts(seed, &[7, 400, 1, 592]), "seed {seed}");
            assert!(whole.windows(2).all(|two| two[1] - two[0] <= LONGEST_PIECE));
            different.insert(whole);
        }
        assert_eq!(different.len(), 100);
    }

    #[test]
    fn the_same_link_gives_the_same_run() {
        let pieces: [&[u8]; 2] = [b"hello, ", b"world"];
        for slicing in [
            Slicing::One,
            Slicing::Join,
            Slicing::Random(3),
            Slicing::Cut(9),
            Slicing::Stall(9),
        ] {
            let [one, two] = [(); 2].map(|()| {
                let (read, end) = run(slicing, &pieces);
                (read.concat(), end.map_err(|error| error.kind()))
            });
            assert_eq!(one, two, "{slicing:?}");
        }
    }

    #[test]
    fn a_cut_ends_in_peace_after_as_many_bytes() {
        let (read, end) = run(Slicing::Cut(5), &[b"hello, ", b"world"]);
        assert_eq!(read.concat(), b"hello");
        assert!(end.is_ok(), "{end:?}");
    }

    #[test]
    fn a_stall_leaves_the_connection_open() {
        let (read, end) = run(Slicing::Stall(5), &[b"hello, ", b"world"]);
        assert_eq!(read.concat(), b"hello");
        assert!(is_timeout(&end.unwrap_err()));
    }

    #[test]
    fn a_reset_is_an_error_to_the_reader() {
        let (_, end) = run(Slicing::Reset(5), &[b"hello, ", b"world"]);
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }

    #[test]
    fn a_link_before_a_closed_port_says_so() {
        let held = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let held = held.unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        held.bind(&any.into()).unwrap();
        let closed = held.local_addr().unwrap().as_socket().unwrap();
        let (tell, said) = std::sync::mpsc::channel();
        let say = move |line| drop(tell.send(line));
        let direction = Direction::ToClient;
        let link = SlicingLink::start(any, closed, direction, Slicing::One, say).unwrap();
        let mut client = TcpStream::connect(link.address).unwrap();
        let line = said.recv_timeout(Duration::from_secs(10)).unwrap();
        assert!(line.contains("no connection to"), "{line}");
        assert_eq!(client.read(&mut [0; 8]).unwrap_or(0), 0);
    }
}
