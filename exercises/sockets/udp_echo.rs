//! # Exercise: echo by UDP (10 minutes)
//!
//! Write the heart of an echo server (RFC 862): for ever, wait for a datagram on `socket` and send it
//! back to whoever sent it, byte for byte.
//!
//! - The socket is bound already. It hears many clients, and each gets its own datagrams back.
//! - A datagram has at most 9,000 bytes here, and any bytes: they need not be text.
//! - An empty datagram is a datagram, too. An empty one goes back.
//! - `echo` returns only when receiving fails, and then with that error.
//!
//! You will want: `UdpSocket::recv_from`, `UdpSocket::send_to`, and a slice, `&buffer[..length]`.
//! Change the body of `echo`; leave its signature.

use std::{io, net::UdpSocket};

/// Sends each datagram that comes to `socket` back to its sender.
///
/// # Errors
///
/// Returns only with an error: the one that ended receiving.
pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    todo!("receive a datagram, send it back to its sender, and go on for ever")
}

#[cfg(test)]
#[path = "../checks/sockets/udp_echo.rs"]
mod check;
