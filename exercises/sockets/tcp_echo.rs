//! # Exercise: echo by TCP (15 minutes)
//!
//! Write an echo server (RFC 862) in two parts.
//!
//! `echo` talks to one client: it sends back whatever comes, byte for byte, until the end of the
//! stream.
//!
//! - It sends back what has come before it waits for more, since the client may wait for its echo.
//! - The stream may have any length, and any bytes: they need not be text.
//! - `write` may take only a part of what you give it, or be interrupted: the rest is still to be sent.
//! - When reading or writing fails, `echo` returns that error.
//!
//! `serve` accepts one client after another, for ever, and lets `echo` talk to each. It closes a
//! connection when its echo is done. If a client's connection fails, it goes on with the next client.
//! If `accept` itself fails, `serve` returns that error.
//!
//! You will want: `Read::read`, `Write::write_all`, `TcpListener::accept`.
//! Change the bodies of `echo` and `serve`; leave their signatures.

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

/// Sends back whatever comes from `connection`, until the end of the stream.
///
/// # Errors
///
/// The first error in reading or writing.
pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    todo!("read what has come, write it back, and go on until the end of the stream")
}

/// Lets `echo` talk to each client of `listener`, one after another, for ever.
///
/// # Errors
///
/// Returns only with an error: the one that ended accepting.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    todo!("accept a connection, echo until its end, close it, and go on with the next")
}

#[cfg(test)]
#[path = "../checks/sockets/tcp_echo.rs"]
mod check;
