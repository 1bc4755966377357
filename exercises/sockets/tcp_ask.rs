//! # Exercise: ask by TCP (25 minutes)
//!
//! Write a client: `ask` connects to `server`, sends `question`, says that this was all, and returns
//! the reply: everything that the server sends until the end of the stream.
//!
//! - The server waits for the end of the question before it replies. Only you can tell it.
//! - The reply may be empty, or long, and may come in pieces with pauses between them.
//! - A connection that breaks before the end of the reply is an error, never a short reply.
//! - `patience` is for everything together: connecting, sending, and the whole reply. If the reply is
//!   not complete by then, return an error of kind `TimedOut`, no sooner and not much later, on every
//!   system (where a socket's time limit is up, Unix says `WouldBlock`).
//! - A socket's limit counts anew for each `read` and each `write`. `write_all` makes many writes.
//!
//! You will want: `TcpStream::connect_timeout`, `TcpStream::shutdown`, `Write::write`,
//! `TcpStream::set_read_timeout` with its twin for writing, and an `Instant`.
//! Change the body of `ask`; leave its signature.

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
    todo!("connect, send the question, say that it was all, read the reply to its end")
}

#[cfg(test)]
#[path = "../checks/sockets/tcp_ask.rs"]
mod check;
