//! # Exercise: a peer that says nothing more (10 minutes)
//!
//! A server must not wait for ever: the peer's machine may have lost its power, and nobody will tell. So this server has
//! called `set_read_timeout` and `set_write_timeout` on the connection. Now `echo` sends back whatever comes, and says how
//! it ended.
//!
//! - The stream is at its end: `Ending::Finished`.
//! - A read's time limit is up: `Ending::Idle`. Unix says so by an error of kind `WouldBlock`, Windows by `TimedOut`. Your
//!   server is to run on both. Each byte that comes gives the peer the whole limit again, without your doing.
//! - A write's time limit is up: `Ending::Stuck`. The kinds are the same two.
//! - `Interrupted` is no end and no error: a signal came in between, so try again. Any other error is returned.
//! - What was read is sent back before the next read, all of it, in order. A write may take only a part.
//!
//! You will want: `io::Error::kind`, `matches!`, `Write::write_all`.
//! Change the body of `echo`; leave its signature and `Ending`.

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
    todo!("read, look at what kind of answer it is, write it back, again and again")
}

#[cfg(test)]
#[path = "../checks/robust/idle_timeout.rs"]
mod check;
