//! # A UDP server: receive a datagram, reply to its sender
//!
//! Waits for datagrams, prints each one, and tells its sender how many bytes arrived.
//!
//! The server in one terminal, its client in another:
//!
//! ```console
//! $ cargo run --example udp_server_01
//! $ cargo run --example udp_client_02
//! ```
//!
//! Expect `listening on 127.0.0.1:7001`, then one line here for each datagram. Ctrl-C ends it.
//! Give it another address to bind as its argument: `[::1]:7001`, or port 0 for any free one.
//!
//! Try next: start it twice. Then run the client three times, without a pause.
//!
//! Not for production: it replies to whatever address a datagram claims to come from, and
//! nothing limits how often (RFC 8085, section 6).

use std::{
    env, io,
    net::{SocketAddr, UdpSocket},
    process::ExitCode,
};

/// A UDP datagram states its length in 16 bits, so no datagram is longer than this.
const LONGEST_DATAGRAM: usize = 65_535;

fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7001".into());
    match serve(&address.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("udp_server_01: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7001")
    })?;

    // ANCHOR: bind
    // Create a socket and bind it: from here on, datagrams sent to this address wait in its queue.
    let socket = UdpSocket::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("another program has {address}: end it, or bind another port")
        }
        io::ErrorKind::PermissionDenied => {
            format!("this system does not let you bind {address}: take a port above 1023")
        }
        _ => format!("cannot bind {address}: {error}; is it an address of this machine?"),
    })?;
    // Asked for port 0, the system has chosen one: print the address that we really have.
    let bound = socket.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");
    // ANCHOR_END: bind

    let mut buffer = [0; LONGEST_DATAGRAM];
    loop {
        // ANCHOR: receive
        // Receive: wait for one datagram, and learn who sent it.
        let (length, client) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // Windows tells us here that an earlier reply found nobody. The next client is not to blame.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => continue,
            Err(error) => return Err(format!("cannot receive: {error}")),
        };
        // Only the first `length` bytes are this datagram; behind them lies what came before it.
        let message = String::from_utf8_lossy(&buffer[..length]);
        // `{:?}`, because a stranger wrote it: control characters are shown, not obeyed.
        println!("{client} sent {length} bytes: {message:?}");
        // ANCHOR_END: receive

        // ANCHOR: reply
        // Reply. UDP does not need this step; this protocol does.
        let reply = format!("received {length} bytes");
        if let Err(error) = socket.send_to(reply.as_bytes(), client) {
            eprintln!("udp_server_01: no reply to {client}: {error}");
        }
        // ANCHOR_END: reply
    }
}
