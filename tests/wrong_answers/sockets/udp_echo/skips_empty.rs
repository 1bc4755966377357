//! # Wrong: an empty datagram gets no reply
//!
//! There seems to be nothing to send back.
//!
//! The check says: Is an empty datagram sent back as well?

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        if length > 0 {
            socket.send_to(&buffer[..length], client)?;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
