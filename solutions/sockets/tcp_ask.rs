//! # Ask by TCP: one way to do it
//!
//! There is one end to the waiting, an `Instant`, and each call that may wait gets what is left until
//! then. It is tempting to set a limit once and to `read_to_end`: the limit counts from each read, so
//! a server that sends a byte now and then keeps you for ever. `write_all` is no different.
//!
//! Tempting, too: no `shutdown`, since all bytes have arrived; then both sides wait politely. And
//! `while let Ok(length) = read(…)`: neat, but it takes a broken connection for the end of the reply.
//! Not asked here, but wanted in a program of your own: a limit to the reply's length.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Sends `question` to `server` and returns the whole reply.
///
/// # Errors
///
/// `TimedOut` if the reply is not complete within `patience`; else whatever the connection said.
pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + patience;
    let mut connection = TcpStream::connect_timeout(&server, left_until(deadline)?)?;

    let mut unsent = question;
    while !unsent.is_empty() {
        connection.set_write_timeout(Some(left_until(deadline)?))?;
        match connection.write(unsent) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => unsent = &unsent[length..],
            Err(error) => go_on_after(error)?,
        }
    }
    connection.set_read_timeout(Some(left_until(deadline)?))?;
    // A stream has no ends of messages in it. This says "that was all", and leaves the other
    // direction open for the reply.
    connection.shutdown(Shutdown::Write)?;

    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        // Each read starts the limit anew, so set it to what is left. Once both sides have said that
        // they are done, macOS refuses, and it does no harm: what is left to read is here already.
        let _ = connection.set_read_timeout(Some(left_until(deadline)?));
        match connection.read(&mut buffer) {
            // End of stream: the server has said that this was all.
            Ok(0) => return Ok(reply),
            // One read is not one write, nor one reply.
            Ok(length) => reply.extend_from_slice(&buffer[..length]),
            Err(error) => go_on_after(error)?,
        }
    }
}

/// How much time is left. Gives `TimedOut` when none is, since a socket refuses a limit of zero.
fn left_until(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// Hands on every error but those that only make us look at the clock again.
fn go_on_after(error: io::Error) -> io::Result<()> {
    match error.kind() {
        // The limit is up, says Unix, and so will the clock. Windows says TimedOut, which is our word.
        io::ErrorKind::WouldBlock => Ok(()),
        // You pressed Ctrl-Z, and then continued the program.
        io::ErrorKind::Interrupted => Ok(()),
        _ => Err(error),
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/sockets/tcp_ask.rs"]
mod check;
