//! # Wrong: nothing ends the waiting
//!
//! On a quiet machine the reply always comes.
//!
//! The check says: Is there a limit to the waiting

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(server)?;
    socket.send(question)?;
    let mut buffer = [0; 9_000];
    let length = socket.recv(&mut buffer)?;
    Ok(buffer[..length].to_vec())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_ask.rs"]
mod check;
