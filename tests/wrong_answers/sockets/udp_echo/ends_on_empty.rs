//! # Wrong: an empty datagram ends the service
//!
//! Reading 0 bytes means the end of a file, and of a TCP stream.
//!
//! The check says: 0 bytes are a datagram here, not the end of a stream

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        socket.send_to(&buffer[..length], client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
