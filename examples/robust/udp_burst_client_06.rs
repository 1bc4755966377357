//! # A UDP client that sends as fast as it can
//!
//! Sends a burst of numbered datagrams to `udp_burst_server_05`, and believes that all is well.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example udp_burst_server_05
//! $ cargo run --example udp_burst_client_06 127.0.0.1:7005 1000
//! ```
//!
//! Expect one line here, which says that every send was fine, and one there, which says what arrived. Its arguments are
//! the server's address, how many datagrams, and how many bytes each.
//!
//! Try next: one datagram of 65507 bytes, and one of 65508.
//!
//! Not for production: it owes the network a pace (RFC 8085, section 3.1).

use std::{
    env, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    process::ExitCode,
};

/// The number and the count at the beginning of each datagram.
const HEADER: usize = 8;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let argument = |at: usize, usual: &'static str| arguments.get(at).map_or(usual, |text| text);
    let burst = burst(
        argument(0, "127.0.0.1:7005"),
        argument(1, "10"),
        argument(2, "100"),
    );
    match burst {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("udp_burst_client_06: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn burst(server: &str, count: &str, size: &str) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7005")
    })?;
    let count: u32 = count
        .parse()
        .ok()
        .filter(|count| (1..=100_000).contains(count))
        .ok_or_else(|| format!("{count:?} is not a number of datagrams from 1 to 100000"))?;
    let size: usize = size
        .parse()
        .ok()
        .filter(|size| (HEADER..=1 << 20).contains(size))
        .ok_or_else(|| format!("{size:?} is not a number of bytes from {HEADER} to 1048576"))?;
    send(server, count, size).map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("nobody listens on {server}: start udp_burst_server_05 first")
        }
        // The system has looked at the length, and sent nothing.
        _ if size > 65_507 => format!(
            "{size} bytes were not sent: {error}; over IPv4 no datagram carries more than 65507"
        ),
        _ => format!("cannot send to {server}: {error}"),
    })?;
    println!("sent {count} datagrams of {size} bytes; each `send` was fine");
    Ok(())
}

// ANCHOR: send
fn send(server: SocketAddr, count: u32, size: usize) -> io::Result<()> {
    let anywhere = match server {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(anywhere)?;
    socket.connect(server)?;
    let mut datagram = vec![b'.'; size];
    datagram[4..8].copy_from_slice(&count.to_be_bytes());
    for number in 0..count {
        datagram[..4].copy_from_slice(&number.to_be_bytes());
        // Ok says that our system has taken the datagram. It says nothing about the other side.
        socket.send(&datagram)?;
    }
    Ok(())
}
// ANCHOR_END: send
