//! # Wrong: the whole buffer is sent
//!
//! The reply is "what is in the buffer", and with short names that is `&buffer`.
//!
//! The check says: did you send the whole buffer instead of `..length`?

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    loop {
        let (_, client) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer, client)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
