//! # Wrong: every reply goes to the first client
//!
//! "The client" is taken for one partner for the whole conversation, as on TCP.
//!
//! The check says: client 2 sent a datagram and client 1 got the reply

use std::{io, net::UdpSocket};

pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 9_000];
    let (mut length, client) = socket.recv_from(&mut buffer)?;
    loop {
        socket.send_to(&buffer[..length], client)?;
        (length, _) = socket.recv_from(&mut buffer)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_echo.rs"]
mod check;
