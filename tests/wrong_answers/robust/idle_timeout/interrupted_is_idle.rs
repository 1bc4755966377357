//! # Wrong: a signal is taken for silence
//!
//! `Interrupted` says nothing about the peer.
//!
//! The check says: and nothing went wrong

use std::io::{self, Read, Write};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Finished,
    Idle,
    Stuck,
}

pub fn echo(stream: &mut (impl Read + Write)) -> io::Result<Ending> {
    let mut buffer = [0; 4096];
    loop {
        let length = match stream.read(&mut buffer) {
            Ok(0) => return Ok(Ending::Finished),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Ending::Idle),
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

fn time_is_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/idle_timeout.rs"]
mod check;
