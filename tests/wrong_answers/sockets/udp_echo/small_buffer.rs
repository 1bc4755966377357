//! # Wrong: the buffer has 1,024 bytes
//!
//! The size that most tutorials use. Longer datagrams are cut off without a word on Unix.
//!
//! The check says: your buffer room for 9,000 bytes

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
