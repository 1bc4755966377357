//! # A UDP client: send a datagram, wait for the reply
//!
//! Sends one message to `udp_server_01` and prints the reply.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example udp_server_01
//! $ cargo run --example udp_client_02
//! ```
//!
//! Expect two lines: what was sent, what came back. Its arguments are the server's address and
//! the message: `cargo run --example udp_client_02 127.0.0.1:7001 "good morning"`.
//!
//! Try next: send `""`. Then end the server, and send again.
//!
//! Not for production: a datagram may be lost, on the way there or back, and this client does not
//! ask a second time (RFC 8085, section 3).

use std::{
    env, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    process::ExitCode,
    time::Duration,
};

/// How long we wait for the reply. UDP itself would wait for ever.
const PATIENCE: Duration = Duration::from_secs(2);

/// A UDP datagram states its length in 16 bits, so no reply is longer than this.
const LONGEST_DATAGRAM: usize = 65_535;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let server = arguments.next().unwrap_or_else(|| "127.0.0.1:7001".into());
    let message = arguments
        .next()
        .unwrap_or_else(|| "你好, network 👋".into());
    if arguments.next().is_some() {
        eprintln!("udp_client_02: too many arguments: put the message into quotes");
        return ExitCode::FAILURE;
    }
    match ask(&server.to_string_lossy(), &message.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("udp_client_02: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn ask(server: &str, message: &str) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7001")
    })?;
    let reply = exchange(server, message).map_err(|error| match error.kind() {
        // Unix says WouldBlock when the time is up, Windows says TimedOut.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!(
            "no reply from {server} within {} s: is udp_server_01 running there?",
            PATIENCE.as_secs()
        ),
        // The machine is there, the port is closed: its system has sent word (by ICMP).
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            format!("nobody listens on {server}: start udp_server_01 first")
        }
        _ => format!("cannot talk to {server}: {error}"),
    })?;
    println!("{server} replied: {:?}", String::from_utf8_lossy(&reply));
    Ok(())
}

fn exchange(server: SocketAddr, message: &str) -> io::Result<Vec<u8>> {
    // ANCHOR: create
    // Create a socket, on any address and any free port: the reply has to find its way back to us,
    // and the datagram that we send will carry this address as its sender.
    let anywhere = match server {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(anywhere)?;
    // `connect` sends nothing. It makes the server our only peer, so that no stranger can reply.
    socket.connect(server)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    // ANCHOR_END: create

    // ANCHOR: send
    // Send: one call, one datagram.
    socket.send(message.as_bytes())?;
    println!(
        "sent {} characters as {} bytes: {message:?}",
        message.chars().count(),
        message.len()
    );
    // ANCHOR_END: send

    // ANCHOR: receive
    // Receive the reply, or give up when the time is over.
    let mut buffer = [0; LONGEST_DATAGRAM];
    let length = loop {
        match socket.recv(&mut buffer) {
            // You pressed Ctrl-Z, and then continued the program: wait again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            received => break received?,
        }
    };
    Ok(buffer[..length].to_vec())
    // ANCHOR_END: receive
}
