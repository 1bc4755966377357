//! # A peer that says nothing more: one way to do it
//!
//! One event has two names, so it gets one function that knows both. Whoever matches the one that the own machine says
//! has a server that works until it runs on another system; there, each idle client is reported as a failure.
//!
//! An idle peer is no error of the connection: the server decided to wait no longer. That is why `Ending` has it, and not
//! `Err`. A caller can then say good-bye, or count it, and still see real errors.
//!
//! `write_all` is the loop that a partial write needs, and it tries again after `Interrupted`. `read` alone does not. Both
//! directions need a limit: a peer that sends and never reads fills the buffers of both systems, and then it is our write
//! that waits for ever.

use std::io::{self, Read, Write};

/// How a conversation came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The peer ended its direction.
    Finished,
    /// The peer said nothing for as long as the limit for reading.
    Idle,
    /// The peer did not take what we sent for as long as the limit for writing.
    Stuck,
}

/// Sends back what comes on `stream`, until it ends in one of three ways.
///
/// # Errors
///
/// Whatever the stream said, other than that a time limit is up.
pub fn echo(stream: &mut (impl Read + Write)) -> io::Result<Ending> {
    let mut buffer = [0; 4096];
    loop {
        let length = match stream.read(&mut buffer) {
            Ok(0) => return Ok(Ending::Finished),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if time_is_up(&error) => return Ok(Ending::Idle),
            Err(error) => return Err(error),
        };
        match stream.write_all(&buffer[..length]) {
            Ok(()) => {}
            Err(error) if time_is_up(&error) => return Ok(Ending::Stuck),
            Err(error) => return Err(error),
        }
    }
}

/// Whether a socket's time limit is up: Unix says the first, Windows the second.
fn time_is_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/idle_timeout.rs"]
mod check;
