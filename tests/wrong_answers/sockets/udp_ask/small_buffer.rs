//! # Wrong: the buffer has 1,024 bytes
//!
//! The size that most tutorials use. A longer reply is cut off without a word on Unix.
//!
//! The check says: How large is your buffer?

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(patience))?;
    socket.send(question)?;

    let mut buffer = [0; 1024];
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
