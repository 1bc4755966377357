//! `udp_server_01` on tokio, for measuring: one socket, and one task that waits for its datagrams.

use std::{io, process::ExitCode};
use tokio::net::UdpSocket;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_udp_tokio: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    println!("listening on {}", socket.local_addr()?);
    let mut buffer = [0; 1024];
    loop {
        let (length, client) = socket.recv_from(&mut buffer).await?;
        // A client that has gone is no reason to end.
        if let Err(error) = socket.send_to(&buffer[..length], client).await {
            eprintln!("bench_udp_tokio: no reply to {client}: {error}");
        }
    }
}
