//! # Wrong: a write's limit is an error
//!
//! Only reading was thought of.
//!
//! The check says: where a limit is up

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
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if time_is_up(&error) => return Ok(Ending::Idle),
            Err(error) => return Err(error),
        };
        match stream.write_all(&buffer[..length]) {
            Ok(()) => {}
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
