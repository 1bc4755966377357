//! # Wrong: the reply leaves from a socket of its own
//!
//! One socket to receive and one to send looks tidy. The reply then comes from another port.
//!
//! The check says: the echo came from another address

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let sending = UdpSocket::bind("127.0.0.1:0")?;
    let mut buffer = [0; 9_000];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        sending.send_to(&buffer[..length], client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
