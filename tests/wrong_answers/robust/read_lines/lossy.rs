//! # Wrong: what is not UTF-8 is made to look like it
//!
//! Two names that differ become the same.
//!
//! The check says: these bytes are not UTF-8

use std::io::{self, BufRead, Read};

pub const LONGEST_LINE: usize = 1_000;

pub fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
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
    Ok(Some(String::from_utf8_lossy(text).into_owned()))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/read_lines.rs"]
mod check;
