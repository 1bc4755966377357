//! # Wrong: the error is handed on as it is
//!
//! `?` hands on what the socket says. On Unix that is `WouldBlock`, on Windows `TimedOut`.
//!
//! The check says: the error's kind is WouldBlock

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + patience;
    let mut connection = TcpStream::connect_timeout(&server, patience)?;
    let mut unsent = question;
    while !unsent.is_empty() {
        connection.set_write_timeout(Some(left_until(deadline)?))?;
        let length = connection.write(unsent).map_err(as_unix_says)?;
        unsent = &unsent[length..];
    }
    connection.set_read_timeout(Some(left_until(deadline)?))?;
    connection.shutdown(Shutdown::Write)?;

    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let _ = connection.set_read_timeout(Some(left_until(deadline)?));
        match connection.read(&mut buffer).map_err(as_unix_says)? {
            0 => return Ok(reply),
            length => reply.extend_from_slice(&buffer[..length]),
        }
    }
}

fn left_until(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
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
#[path = "../../../../exercises/checks/sockets/tcp_ask.rs"]
mod check;
