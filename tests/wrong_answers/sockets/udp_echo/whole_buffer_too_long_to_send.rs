//! # Wrong: the whole buffer is sent, and is too long for a datagram
//!
//! The buffer has the size from the lesson's example, and the slice is forgotten.
//!
//! The check says: If it comes from sending: did you send the whole buffer instead of `..length`?

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 65_535];
    loop {
        let (_, client) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer, client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
