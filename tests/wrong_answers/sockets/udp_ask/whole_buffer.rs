//! # Wrong: the whole buffer is returned
//!
//! The buffer holds the reply, and zeros behind it, which look like nothing when printed.
//!
//! The check says: did you return the whole buffer instead of `..length`?

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

    let mut buffer = [0; 9_000];
    socket
        .recv(&mut buffer)
        .map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })?;
    Ok(buffer.to_vec())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_ask.rs"]
mod check;
