//! # Wrong: `lines` reads it
//!
//! Text, and its line ends are lost.
//!
//! The check says: must be

use std::io::{self, BufRead, Read};

// The most bytes that a message may have, as `read_data` returns it.
pub const LONGEST_MESSAGE: usize = 100_000;

pub fn stuff(letter: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for &byte in letter {
        if byte == b'.' && begins_line(&wire) {
            wire.push(b'.');
        }
        wire.push(byte);
    }
    if !begins_line(&wire) {
        wire.extend(b"\r\n");
    }
    wire.extend(b".\r\n");
    wire
}

fn begins_line(before: &[u8]) -> bool {
    before.is_empty() || before.ends_with(b"\r\n")
}

pub fn read_data(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut letter = Vec::new();
    for line in stream.lines() {
        let line = line?;
        if line == "." {
            return Ok(letter);
        }
        letter.extend(line.strip_prefix('.').unwrap_or(&line).bytes());
        letter.extend(b"\r\n");
        if letter.len() > LONGEST_MESSAGE {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/dot_stuffing.rs"]
mod check;
