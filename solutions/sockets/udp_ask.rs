//! # Ask by UDP: one way to do it
//!
//! `connect` does most of the work: it sends nothing, but from then on the system lets only the
//! server's datagrams through. So one receive is enough, unless Ctrl-Z and `fg` interrupt it: the
//! limit is set to what is left of the patience, so that a second wait does not start it anew.
//!
//! It is tempting to take the first datagram that `recv_from` gives: anybody who guesses the port can
//! then answer in the server's place. It is also tempting to ignore strangers in a loop around
//! `recv_from` and leave the time limit as it is: it counts from each call, so a stranger who sends
//! often enough makes you wait for ever. Such a loop needs one fixed end, an `Instant`.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// A UDP datagram states its length in 16 bits, so no reply is longer than this.
const LONGEST_DATAGRAM: usize = 65_535;

/// Sends `question` to `server` and returns the reply.
///
/// # Errors
///
/// `TimedOut` if `server` has not replied within `patience`; else whatever the socket said.
pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let start = Instant::now();
    // Port 0: the reply needs a port to come to, and any free one will do.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(server)?;
    socket.send(question)?;

    let mut buffer = [0; LONGEST_DATAGRAM];
    loop {
        let left = patience.saturating_sub(start.elapsed());
        if left.is_zero() {
            // The time is up, and `set_read_timeout` refuses a limit of zero.
            return Err(io::ErrorKind::TimedOut.into());
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv(&mut buffer) {
            // An empty reply is a reply, so a length of 0 is no special case.
            Ok(length) => return Ok(buffer[..length].to_vec()),
            Err(error) => match error.kind() {
                // You pressed Ctrl-Z, and then continued the program: wait again, for what is left.
                io::ErrorKind::Interrupted => {}
                // The limit is up, says Unix, and so will the clock. Windows says TimedOut, which is our word.
                io::ErrorKind::WouldBlock => {}
                _ => return Err(error),
            },
        }
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/sockets/udp_ask.rs"]
mod check;
