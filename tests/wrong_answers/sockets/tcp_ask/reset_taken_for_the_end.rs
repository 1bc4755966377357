//! # Wrong: an error in reading is taken for the end
//!
//! `while let Ok(length)` is neat, and throws the error away: half a reply looks whole.
//!
//! The check says: an error is not the end of the stream

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
        let length = connection.write(unsent).map_err(say_timed_out)?;
        unsent = &unsent[length..];
    }
    connection.set_read_timeout(Some(left_until(deadline)?))?;
    connection.shutdown(Shutdown::Write)?;

    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length) = connection.read(&mut buffer) {
        if length == 0 {
            break;
        }
        reply.extend_from_slice(&buffer[..length]);
    }
    Ok(reply)
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
