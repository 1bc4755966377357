//! # Where does a letter end? One way to do it
//!
//! Both sides ask one question: does a line begin here? It does at the start and behind CRLF, and the
//! bytes that are there already know the answer, however they came.
//!
//! It is tempting to stuff only a lone dot. But the server takes one dot from each line that begins
//! with one, and `.profile` would lose its own. It is tempting, too, to `replace("\r\n.", "\r\n..")`,
//! which forgets the first line, and to read line by line with `lines()`, where an LF alone is a line
//! end: then `\n.\r\n` within a letter ends it, and what its author wrote behind it is taken for
//! commands. That is how a letter with a forged sender was smuggled past servers in 2023.

use std::io::{self, BufRead, Read};

/// The most bytes that a message may have, as `read_data` returns it.
pub const LONGEST_MESSAGE: usize = 100_000;

/// What is sent after `DATA` for this letter, its end included.
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

/// Whether a line begins behind these bytes.
fn begins_line(before: &[u8]) -> bool {
    before.is_empty() || before.ends_with(b"\r\n")
}

/// Reads a letter from `stream`, which is the connection behind the reply 354. What comes behind its
/// end stays there.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends before the letter does, `InvalidData` if it is longer than
/// `LONGEST_MESSAGE` bytes; else whatever the stream said.
pub fn read_data(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut letter = Vec::new();
    loop {
        let line_begins = begins_line(&letter);
        // What still fits, and a whole end behind it.
        let room = LONGEST_MESSAGE - letter.len() + 4;
        // Up to an LF, which is not yet the end of a line: it may be alone.
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
#[path = "../../exercises/checks/mail/dot_stuffing.rs"]
mod check;
