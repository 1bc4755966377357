//! # Wrong: an LF alone ends a line
//!
//! Another letter is smuggled in behind it.
//!
//! The check says: an LF alone is no line end

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
    loop {
        let line_begins = letter.is_empty() || letter.ends_with(b"\n");
        let room = LONGEST_MESSAGE - letter.len() + 4;
        let mut piece = Vec::new();
        stream
            .by_ref()
            .take(room as u64)
            .read_until(b'\n', &mut piece)?;
        if line_begins && piece == b".\r\n" {
            return Ok(letter);
        }
        let piece = match piece.strip_prefix(b".") {
            Some(rest) if line_begins && !rest.is_empty() => rest,
            _ => &piece[..],
        };
        letter.extend(piece);
        if letter.len() > LONGEST_MESSAGE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if !piece.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/dot_stuffing.rs"]
mod check;
