//! # A slow UDP server, and a count of what it never saw
//!
//! Takes numbered datagrams, one a millisecond, from a queue that has little room. When a burst is over, it tells
//! how many of them arrived, how many are missing, how many came twice, and how many were overtaken.
//!
//! The server in one terminal, its client in another:
//!
//! ```console
//! $ cargo run --example udp_burst_server_05
//! $ cargo run --example udp_burst_client_06 127.0.0.1:7005 1000
//! ```
//!
//! Expect `listening on 127.0.0.1:7005`, then one line here for each burst, a moment after its last datagram.
//! Give it another address to bind as its argument.
//!
//! Try next: bursts of 10, of 100, of 1000. Then put `lossy_link` between the two.
//!
//! Not for production: it learns what is missing and has no way to ask for it; `reliable_server_07` has.

use socket2::SockRef;
use std::{
    collections::HashSet,
    env, io,
    net::{SocketAddr, UdpSocket},
    process::ExitCode,
    thread,
    time::Duration,
};

/// Room in the socket's queue, in bytes. The system may make it a little more, and counts its own records in.
const QUEUE: usize = 8_192;

/// What this server does with each datagram: nothing, for so long.
const WORK: Duration = Duration::from_millis(1);

/// A burst is over when nothing has come for so long.
const QUIET: Duration = Duration::from_millis(400);

/// The longest datagram that we want. Without the byte more, a longer one would look like one of this length.
const LONGEST: usize = 2_048;

/// How many datagrams a burst may claim to have. It is the sender who says it, and we remember each one.
const LONGEST_BURST: u32 = 100_000;

fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7005".into());
    match serve(&address.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("udp_burst_server_05: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7005")
    })?;
    let socket = UdpSocket::bind(address).map_err(|error| {
        format!("cannot bind {address}: {error}; is it taken, or of another machine?")
    })?;
    // ANCHOR: queue
    // std has no name for the size of this queue, so socket2 says it to the system.
    SockRef::from(&socket)
        .set_recv_buffer_size(QUEUE)
        .map_err(|error| format!("cannot have so small a queue: {error}"))?;
    // ANCHOR_END: queue
    let bound = socket.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");
    loop {
        let burst = receive_burst(&socket).map_err(|error| format!("cannot receive: {error}"))?;
        println!("{}", burst.account());
    }
}

// ANCHOR: receive
/// Waits for a burst, and takes what comes of it.
fn receive_burst(socket: &UdpSocket) -> io::Result<Burst> {
    let mut burst = Burst::default();
    let mut buffer = [0; LONGEST + 1];
    socket.set_read_timeout(None)?;
    loop {
        match socket.recv_from(&mut buffer) {
            Ok((length, _)) if length > LONGEST => burst.cut += 1,
            Ok((length, sender)) => burst.take(sender, &buffer[..length]),
            Err(error) => match error.kind() {
                // Unix says the first, Windows the second, when the time is up.
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(burst),
                io::ErrorKind::Interrupted | io::ErrorKind::ConnectionReset => continue,
                _ => return Err(error),
            },
        }
        // Meanwhile, datagrams wait in the queue. When it is full, the system throws the next one away.
        thread::sleep(WORK);
        socket.set_read_timeout(Some(QUIET))?;
    }
}
// ANCHOR_END: receive

/// What has come of a burst.
#[derive(Default)]
struct Burst {
    sender: Option<SocketAddr>,
    /// How many its datagrams say that there are.
    sent: u32,
    seen: HashSet<u32>,
    highest: u32,
    twice: u32,
    overtaken: u32,
    /// Datagrams that were too long, and have lost their ends.
    cut: u32,
    strange: u32,
}

impl Burst {
    // ANCHOR: audit
    /// A datagram of a burst: its number from 0, how many there are, then bytes without a meaning.
    fn take(&mut self, sender: SocketAddr, datagram: &[u8]) {
        let (Some(number), Some(sent)) = (word(datagram, 0), word(datagram, 4)) else {
            self.strange += 1;
            return;
        };
        let ours = *self.sender.get_or_insert(sender) == sender;
        if !ours || sent > LONGEST_BURST || number >= sent {
            self.strange += 1;
            return;
        }
        self.sent = sent;
        if !self.seen.insert(number) {
            self.twice += 1;
        } else if number < self.highest {
            // A later one was here before. It is late, not lost.
            self.overtaken += 1;
        }
        self.highest = self.highest.max(number);
    }
    // ANCHOR_END: audit

    fn account(&self) -> String {
        let arrived = self.seen.len() as u32;
        let lost = self.sent - arrived;
        let mut account = format!(
            "{arrived} of {} arrived, {lost} lost, {} twice, {} overtaken",
            self.sent, self.twice, self.overtaken
        );
        if self.cut > 0 {
            account += &format!("; {} too long, their ends are gone", self.cut);
        }
        if self.strange > 0 {
            account += &format!("; {} that belong to no burst", self.strange);
        }
        account
    }
}

/// Four bytes of a datagram as a number, in network byte order: the most significant one first.
fn word(datagram: &[u8], at: usize) -> Option<u32> {
    let bytes = datagram.get(at..at + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
