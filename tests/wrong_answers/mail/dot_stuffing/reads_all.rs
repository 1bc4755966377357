//! # Wrong: all is read first
//!
//! The connection does not end, and the next command is lost.
//!
//! The check says: What is behind belongs to the next command

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
    let mut all = Vec::new();
    stream.take(190_000).read_to_end(&mut all)?;
    let all = [b"\r\n", &all[..]].concat();
    let Some(end) = all.windows(5).position(|five| five == b"\r\n.\r\n") else {
        let kind = if all.len() > LONGEST_MESSAGE + 2 {
            io::ErrorKind::InvalidData
        } else {
            io::ErrorKind::UnexpectedEof
        };
        return Err(kind.into());
    };
    let mut letter = Vec::new();
    let mut rest = &all[..end + 2];
    while let [first, more @ ..] = rest {
        letter.push(*first);
        rest = more;
        if letter.ends_with(b"\r\n") {
            rest = rest.strip_prefix(b".").unwrap_or(rest);
        }
    }
    if letter.len() > LONGEST_MESSAGE + 2 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(letter[2..].to_vec())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/dot_stuffing.rs"]
mod check;
