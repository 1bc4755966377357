//! # Echo by UDP: one way to do it
//!
//! Two calls and a loop. What matters is what stands between them: `recv_from` gives a length and an
//! address, and both belong to this one datagram alone.
//!
//! It is tempting to send `&buffer`: too long for a datagram, and were it shorter, every client would
//! get what others have said before. It is also tempting to take a length of 0 for the end, as it is
//! on a TCP stream: then one empty datagram, from anybody, switches your server off. And a `?` behind
//! `send_to` looks thorough, but one reply that cannot be sent (the sender's address may be forged)
//! must not end the service for everybody else.

use std::{io, net::UdpSocket};

/// A UDP datagram states its length in 16 bits, so no datagram is longer than this: whatever anybody
/// sends, nothing is cut off (as Unix does) and nothing fails (as on Windows).
const LONGEST_DATAGRAM: usize = 65_535;

/// Sends each datagram that comes to `socket` back to its sender.
///
/// # Errors
///
/// Returns only with an error: the one that ended receiving.
pub fn echo(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; LONGEST_DATAGRAM];
    loop {
        let (length, client) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // Windows tells us here that an earlier reply found nobody: nothing is wrong with us.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => continue,
            Err(error) => return Err(error),
        };
        // UDP promises no delivery. A reply that cannot even be sent is one more that is lost.
        let _ = socket.send_to(&buffer[..length], client);
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/sockets/udp_echo.rs"]
mod check;
