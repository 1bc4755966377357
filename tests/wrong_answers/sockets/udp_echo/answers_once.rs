//! # Wrong: one datagram is answered
//!
//! The task reads as receive, send, done: the loop is missing.
//!
//! The check says: is there a `loop` around receiving and sending

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    let (length, client) = socket.recv_from(&mut buffer)?;
    socket.send_to(&buffer[..length], client)?;
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
