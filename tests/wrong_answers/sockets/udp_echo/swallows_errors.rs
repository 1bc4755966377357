//! # Wrong: an error in receiving is ignored
//!
//! A server should not end at the first error: but this one is the socket's own.
//!
//! The check says: receiving fails again and again

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer) else {
            continue;
        };
        socket.send_to(&buffer[..length], client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
