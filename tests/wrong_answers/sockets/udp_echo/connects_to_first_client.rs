//! # Wrong: the socket is connected to the first client
//!
//! `connect` makes `send` and `recv` shorter to write, and shuts all other clients out.
//!
//! The check says: A connected socket hears one peer only

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    let (mut length, client) = socket.recv_from(&mut buffer)?;
    socket.connect(client)?;
    loop {
        socket.send(&buffer[..length])?;
        length = socket.recv(&mut buffer)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
