//! # Exercise: ask by UDP (15 minutes)
//!
//! Write a client: from a socket of its own, `ask` sends `question` to `server` in one datagram and
//! returns the reply, whole and unchanged.
//!
//! - The question is sent once. It may be empty, and so may the reply, which has at most 9,000 bytes.
//! - Only `server` can reply. Ignore datagrams from anybody else: they are forged, or have gone astray.
//! - `patience` is for everything together. If the reply has not come by then, return an error of
//!   kind `TimedOut`, on every system (where a socket's time limit is up, Unix says `WouldBlock`).
//! - `server` is an IPv4 address here.
//!
//! You will want: `UdpSocket::connect`, `UdpSocket::set_read_timeout`, `io::ErrorKind`.
//! Change the body of `ask`; leave its signature.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

/// Sends `question` to `server` and returns the reply.
///
/// # Errors
///
/// `TimedOut` if `server` has not replied within `patience`; else whatever the socket said.
pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    todo!("send the question from a socket of your own, and wait for the server's reply")
}

#[cfg(test)]
#[path = "../checks/sockets/udp_ask.rs"]
mod check;
