//! # Wrong: a stranger's datagram ends the waiting with an error
//!
//! The sender is compared, and a wrong one seems to be a failure.
//!
//! The check says: Is a stranger's datagram ignored?

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_read_timeout(Some(patience))?;
    socket.send_to(question, server)?;
    let mut buffer = [0; 9_000];
    let (length, sender) = socket
        .recv_from(&mut buffer)
        .map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })?;
    if sender != server {
        return Err(io::Error::other("a stranger replied"));
    }
    Ok(buffer[..length].to_vec())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_ask.rs"]
mod check;
