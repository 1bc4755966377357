//! # Wrong: a time limit of its own
//!
//! A constant, copied from the example with its two seconds, and `patience` is never looked at.
//!
//! The check says: is it the caller's `patience`, not a time of your own

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// How long we wait for the whole reply.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn ask(server: SocketAddr, question: &[u8], _patience: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    let mut connection = TcpStream::connect_timeout(&server, PATIENCE)?;
    let mut unsent = question;
    while !unsent.is_empty() {
        connection.set_write_timeout(Some(left_until(deadline)?))?;
        let length = connection.write(unsent).map_err(say_timed_out)?;
        unsent = &unsent[length..];
    }
    connection.set_read_timeout(Some(left_until(deadline)?))?;
    connection.shutdown(Shutdown::Write)?;

    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let _ = connection.set_read_timeout(Some(left_until(deadline)?));
        match connection.read(&mut buffer).map_err(say_timed_out)? {
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

fn say_timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/tcp_ask.rs"]
mod check;
