//! # Wrong: the buffer has capacity, but no length
//!
//! `Vec::with_capacity` looks like "room for 9,000 bytes"; as a slice it is empty.
//!
//! The check says: no bytes yet to receive into

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(9_000);
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
