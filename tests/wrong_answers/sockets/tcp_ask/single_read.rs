//! # Wrong: one read is taken for the whole reply
//!
//! A short reply on a quiet machine does come in one piece.
//!
//! The check says: one `read` is not the whole reply

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

    let mut buffer = [0; 65_536];
    let length = connection.read(&mut buffer).map_err(say_timed_out)?;
    Ok(buffer[..length].to_vec())
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
