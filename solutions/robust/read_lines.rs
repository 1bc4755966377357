//! # Read a line from a stream: one way to do it
//!
//! `read_until` collects pieces until LF is there, and `take` sets an end to that. Both are needed: without `take`, a
//! peer that never sends LF fills our memory. But `take` ends as the stream does, with no bytes, so we look which of
//! the two it was: the limit is reached, or the stream is at its end.
//!
//! Bytes first, text when the line is whole. A piece may end in the middle of a letter, and turning each piece into
//! text makes two broken letters of one good one.
//!
//! The caller's `BufRead` is used, and no other. It is tempting to put a `BufReader` around the stream in here. It
//! would read as much as there is, the next lines too, and throw them away when the function returns. There is one
//! buffer for a connection, and it lives as long as the connection does.
//!
//! `BufRead::lines` does most of this in one word, and has no limit; also, it takes half a line at the end for a whole
//! one. For a file both are fine. A peer that breaks off in `DELETE a.txt` may have been about to say `DELETE a.txt.old`.

use std::io::{self, BufRead, Read};

/// The most bytes that a line may have, without its end.
pub const LONGEST_LINE: usize = 1_000;

/// Reads one line from `stream`, without its end; `None` if the stream has ended before it.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends in the middle of the line, `InvalidData` if the line is longer than
/// `LONGEST_LINE` or is not UTF-8; else whatever the stream said.
pub fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    // The longest line, and the longest end.
    let limit = LONGEST_LINE + 2;
    stream
        .by_ref()
        .take(limit as u64)
        .read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let Some(text) = line.strip_suffix(b"\n") else {
        return Err(if line.len() == limit {
            io::ErrorKind::InvalidData.into()
        } else {
            io::ErrorKind::UnexpectedEof.into()
        });
    };
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.len() > LONGEST_LINE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    match String::from_utf8(text.to_vec()) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/read_lines.rs"]
mod check;
