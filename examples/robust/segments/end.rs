//! One end of the connection: its TCP, and the program that uses it.

use crate::{Side, card::Card};
use smoltcp::{
    iface::{Config, Interface, SocketHandle, SocketSet},
    socket::tcp::{Socket, SocketBuffer, State},
    time::Instant,
    wire::{HardwareAddress, IpAddress, IpCidr},
};

/// What a program does next.
enum Step {
    /// Wait until the connection stands.
    Connected,
    /// Wait until so many bytes have come.
    Read(usize),
    /// Wait until the other side has ended its direction.
    ReadEnd,
    /// Send the next so many bytes.
    Write(usize),
    /// End our direction.
    End,
}

const CLIENT: &[Step] = &[
    Step::Connected,
    Step::Write(400),
    Step::Read(100),
    Step::End,
];

const SERVER: &[Step] = &[
    Step::Read(400),
    Step::Write(100),
    Step::ReadEnd,
    Step::Write(100),
    Step::End,
];

/// What a side's program does, step by step.
fn steps(side: Side) -> &'static [Step] {
    match side {
        Side::Client => CLIENT,
        Side::Server => SERVER,
    }
}

/// All that a side's program has to say.
pub fn stream(side: Side) -> Vec<u8> {
    let lengths = steps(side).iter().map(|step| match step {
        Step::Write(length) => *length,
        _ => 0,
    });
    let alphabet = match side {
        Side::Client => b'a'..=b'z',
        Side::Server => b'0'..=b'9',
    };
    alphabet.cycle().take(lengths.sum()).collect()
}

/// What each side's TCP holds back until its program reads, or until the other side acknowledges.
const BUFFER: usize = 1000;

/// A side with all that it has.
pub struct End {
    interface: Interface,
    card: Card,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    steps: &'static [Step],
    /// What the program is still to write.
    unsent: Vec<u8>,
    /// What the program has read.
    pub read: Vec<u8>,
}

impl End {
    /// The server listens, the client is about to connect to it.
    pub fn new(side: Side) -> Result<End, String> {
        let mut card = Card::default();
        let mut config = Config::new(HardwareAddress::Ip);
        // The first sequence numbers come from this. The trace counts from them, so that they don't show.
        config.random_seed = side as u64;
        let mut interface = Interface::new(config, &mut card, Instant::ZERO);
        let address = |side: Side| IpAddress::v4(192, 0, 2, 10 * (side as u8 + 1));
        interface.update_ip_addrs(|addresses| {
            // There is room for more than one.
            let _ = addresses.push(IpCidr::new(address(side), 24));
        });
        let buffer = || SocketBuffer::new(vec![0; BUFFER]);
        let mut socket = Socket::new(buffer(), buffer());
        // Acknowledge at once, as Linux does at the beginning of a connection.
        socket.set_ack_delay(None);
        let started = match side {
            Side::Server => socket.listen(7).map_err(|error| error.to_string()),
            Side::Client => socket
                .connect(interface.context(), (address(Side::Server), 7), 49152)
                .map_err(|error| error.to_string()),
        };
        started.map_err(|error| format!("{} cannot start: {error}", side.name()))?;
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(socket);
        Ok(End {
            interface,
            card,
            sockets,
            socket,
            steps: steps(side),
            unsent: stream(side),
            read: Vec::new(),
        })
    }

    fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut(self.socket)
    }

    pub fn state(&mut self) -> State {
        self.socket().state()
    }

    /// Gives what has come to this side's TCP, and returns what it sends at this time.
    pub fn poll(&mut self, now: u64, incoming: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        self.card.incoming.extend(incoming);
        let now = instant(now);
        self.interface.poll(now, &mut self.card, &mut self.sockets);
        std::mem::take(&mut self.card.outgoing)
    }

    /// When this side's TCP has something to do again, if nothing comes before.
    pub fn next(&mut self, now: u64) -> Option<u64> {
        let next = self.interface.poll_at(instant(now), &self.sockets)?;
        Some(u64::try_from(next.total_millis()).unwrap_or(0))
    }

    /// Reads all that there is to read.
    pub fn read(&mut self) -> Result<(), String> {
        while self.socket().can_recv() {
            let mut bytes = [0; BUFFER];
            let count = self.socket().recv_slice(&mut bytes);
            let count = count.map_err(|error| error.to_string())?;
            self.read.extend_from_slice(&bytes[..count]);
        }
        Ok(())
    }

    /// Takes the program's next step, if what it waits for is there.
    pub fn step(&mut self) -> Result<bool, String> {
        let Some((step, rest)) = self.steps.split_first() else {
            return Ok(false);
        };
        let done = match *step {
            Step::Connected => self.state() == State::Established,
            Step::Read(count) => self.read.len() >= count,
            Step::ReadEnd => !self.socket().may_recv(),
            Step::Write(count) => {
                let bytes: Vec<u8> = self.unsent.drain(..count).collect();
                let taken = self.socket().send_slice(&bytes);
                let taken = taken.map_err(|error| error.to_string())?;
                if taken < count {
                    return Err(format!("only {taken} of {count} bytes fit into the buffer"));
                }
                true
            }
            Step::End => {
                self.socket().close();
                true
            }
        };
        if done {
            self.steps = rest;
        }
        Ok(done)
    }
}

fn instant(milliseconds: u64) -> Instant {
    Instant::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
