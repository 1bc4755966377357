//! # Wrong: the bytes make a trip through a `String`
//!
//! The lesson's server prints the datagram as text, and the copied line stays.
//!
//! The check says: trip through text

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        let message = String::from_utf8_lossy(&buffer[..length]);
        socket.send_to(message.as_bytes(), client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
