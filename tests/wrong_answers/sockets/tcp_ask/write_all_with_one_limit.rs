//! # Wrong: one limit for `write_all`
//!
//! `write_all` looks like one call, and is a loop: each `write` in it gets the whole limit.
//!
//! The check says: does each `write` inside `write_all` start it anew

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + patience;
    let mut connection = TcpStream::connect_timeout(&server, patience)?;
    connection.set_write_timeout(Some(left_until(deadline)?))?;
    // In parts, since Windows takes one part of any length at once.
    for part in question.chunks(65_536) {
        connection.write_all(part).map_err(say_timed_out)?;
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
