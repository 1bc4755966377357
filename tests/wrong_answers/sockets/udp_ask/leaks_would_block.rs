//! # Wrong: the error is handed on as it is
//!
//! `?` hands on what the socket says. On Unix that is `WouldBlock`, on Windows `TimedOut`.
//!
//! The check says: the error's kind is WouldBlock

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(patience))?;
    socket.send(question)?;
    let mut buffer = [0; 9_000];
    let length = socket.recv(&mut buffer).map_err(as_unix_says)?;
    Ok(buffer[..length].to_vec())
}

/// What a time limit's error is on Unix. On Windows, where it is `TimedOut` by itself, this keeps the
/// answer as wrong as it is on Unix.
fn as_unix_says(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::TimedOut => io::ErrorKind::WouldBlock.into(),
        _ => error,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/udp_ask.rs"]
mod check;
