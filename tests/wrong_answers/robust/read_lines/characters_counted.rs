//! # Wrong: the limit counts characters
//!
//! A letter may have several bytes, and bytes fill the memory.
//!
//! The check says: a letter may have several

use std::io::{self, BufRead, Read};

pub const LONGEST_LINE: usize = 1_000;

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
    if String::from_utf8_lossy(text).chars().count() > LONGEST_LINE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    match String::from_utf8(text.to_vec()) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/read_lines.rs"]
mod check;
