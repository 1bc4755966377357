//! # Wrong: the time limit is a constant
//!
//! Two seconds, as in the lesson's example, whatever the caller's patience is.
//!
//! The check says: how long to wait is the caller's choice

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(2);

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(question)?;
    let mut buffer = [0; 9_000];
    let length = socket
        .recv(&mut buffer)
        .map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })?;
    Ok(buffer[..length].to_vec())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_ask.rs"]
mod check;
