//! # Wrong: one piece is taken for one line
//!
//! On the loopback it often is.
//!
//! The check says: a piece is not a line

use std::io::{self, BufRead, Read};

pub const LONGEST_LINE: usize = 1_000;

pub fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let piece = stream.fill_buf()?;
    if piece.is_empty() {
        return Ok(None);
    }
    let end = piece.iter().position(|byte| *byte == b'\n');
    let line = piece[..end.unwrap_or(piece.len())].to_vec();
    stream.consume(end.map_or(line.len(), |end| end + 1));
    let line = line.strip_suffix(b"\r").unwrap_or(&line).to_vec();
    if line.len() > LONGEST_LINE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    String::from_utf8(line)
        .map(Some)
        .map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/read_lines.rs"]
mod check;
