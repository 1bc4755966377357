//! # Wrong: an empty reply is not taken for a reply
//!
//! 0 bytes look like "nothing yet".
//!
//! The check says: take an empty reply for a reply?

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
    loop {
        let length = socket
            .recv(&mut buffer)
            .map_err(|error| match error.kind() {
                io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
                _ => error,
            })?;
        if length > 0 {
            return Ok(buffer[..length].to_vec());
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_ask.rs"]
mod check;
