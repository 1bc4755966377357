//! # Wrong: 0 is taken for a read without bytes
//!
//! At the end each read gives 0, again and again.
//!
//! The check says: it tries again and again

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

fn time_is_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/idle_timeout.rs"]
mod check;
