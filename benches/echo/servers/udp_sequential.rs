//! The structure of `udp_server_01`, for measuring: one datagram after another.
//!
//! The example replies how many bytes came, and prints them. This one gives them back, and prints nothing.

use std::{io, net::UdpSocket, process::ExitCode};

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_udp_sequential: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    println!("listening on {}", socket.local_addr()?);
    let mut buffer = [0; 1024];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        // A client that has gone is no reason to end.
        if let Err(error) = socket.send_to(&buffer[..length], client) {
            eprintln!("bench_udp_sequential: no reply to {client}: {error}");
        }
    }
}
