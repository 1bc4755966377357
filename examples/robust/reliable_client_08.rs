//! # Every message once, and in order: the sending side
//!
//! Sends messages to `reliable_server_07` over UDP, one at a time: each one again and again, until it is acknowledged.
//!
//! The server in one terminal, a bad link in a second, this client in a third:
//!
//! ```console
//! $ cargo run --example reliable_server_07
//! $ cargo run --example lossy_link 127.0.0.1:7000 127.0.0.1:7007
//! $ cargo run --example reliable_client_08 127.0.0.1:7000
//! ```
//!
//! Expect a line for each message, with the number of times it was sent. Its arguments are an address, and how many
//! messages.
//!
//! Try next: 100 messages without the link, then with it. How long does each take?
//!
//! Not for production: between a message and its acknowledgement the line is idle. TCP has many segments on their way
//! at once, and a pace that the network can bear (RFC 9293, section 3.8).

use std::{
    env,
    hash::{BuildHasher, RandomState},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    process::ExitCode,
    time::{Duration, Instant},
};

/// How long we wait for the first acknowledgement of a message. Each further wait is twice as long, to this most.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_millis(400);

/// How often we send one message before we give up.
const MOST_SENDS: u32 = 30;

// What `reliable_server_07` says about these is true here, too.
const MESSAGE: u8 = b'M';
const ACKNOWLEDGEMENT: u8 = b'A';
const HEADER: usize = 9;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let argument = |at: usize, usual: &'static str| arguments.get(at).map_or(usual, |text| text);
    match transfer(argument(0, "127.0.0.1:7007"), argument(1, "5")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("reliable_client_08: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn transfer(server: &str, count: &str) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7007")
    })?;
    let count: u32 = count
        .parse()
        .ok()
        .filter(|count| (1..=100_000).contains(count))
        .ok_or_else(|| format!("{count:?} is not a number of messages from 1 to 100000"))?;
    let cannot = |error| format!("cannot talk to {server}: {error}");
    let socket = open(server).map_err(cannot)?;
    // Two transfers must not be taken for one, so each draws a number; RandomState is seeded by chance.
    let id = RandomState::new().hash_one(0) as u32;
    for number in 0..count {
        let message = format!("line {} of {count}", number + 1);
        let sends = deliver(&socket, id, number, message.as_bytes()).map_err(cannot)?;
        match sends {
            Some(1) => println!("message {number}: sent once"),
            Some(sends) => println!("message {number}: sent {sends} times"),
            None => {
                return Err(format!(
                    "message {number} was sent {MOST_SENDS} times, and {server} did not acknowledge it: \
                     is reliable_server_07 running there?"
                ));
            }
        }
    }
    println!("{count} messages, each acknowledged");
    Ok(())
}

// ANCHOR: deliver
/// Sends one message until it is acknowledged. Gives how often that was, or nothing if it never was.
fn deliver(socket: &UdpSocket, id: u32, number: u32, message: &[u8]) -> io::Result<Option<u32>> {
    let header = |kind| [&[kind][..], &id.to_be_bytes(), &number.to_be_bytes()].concat();
    let datagram = [&header(MESSAGE), message].concat();
    let expected = header(ACKNOWLEDGEMENT);
    let mut wait = FIRST_WAIT;
    for sends in 1..=MOST_SENDS {
        match socket.send(&datagram) {
            // An earlier datagram found nobody. The server may still be on its way up.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            sent => drop(sent?),
        }
        if acknowledged(socket, &expected, wait)? {
            return Ok(Some(sends));
        }
        // The message is lost, or its acknowledgement, or both are slow. If the network is overloaded, sending
        // faster would make it worse: wait longer each time (RFC 8085, section 3.1.1).
        wait = (wait * 2).min(LONGEST_WAIT);
    }
    Ok(None)
}

/// Waits for this acknowledgement; another one belongs to an earlier message and was late, or came twice.
fn acknowledged(socket: &UdpSocket, expected: &[u8], wait: Duration) -> io::Result<bool> {
    let until = Instant::now() + wait;
    let mut buffer = [0; HEADER + 1];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv(&mut buffer) {
            Ok(length) if buffer[..length] == *expected => return Ok(true),
            Ok(_) => {}
            Err(error) => match error.kind() {
                // Unix says the first, Windows the second, when the time is up.
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(false),
                io::ErrorKind::Interrupted => {}
                // Nobody listens there, says the other system: that comes at once, so wait out the time.
                io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
                    std::thread::sleep(until.saturating_duration_since(Instant::now()));
                }
                _ => return Err(error),
            },
        }
    }
}
// ANCHOR_END: deliver

fn open(server: SocketAddr) -> io::Result<UdpSocket> {
    let anywhere = match server {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(anywhere)?;
    // From now on, only the server's datagrams come to us.
    socket.connect(server)?;
    Ok(socket)
}
