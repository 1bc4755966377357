//! # Wrong: each piece is turned into text
//!
//! A letter of two bytes with a piece's end in between becomes two question marks.
//!
//! The check says: a letter of several bytes may come in pieces

use std::io::{self, BufRead, Read};

pub const LONGEST_LINE: usize = 1_000;

pub fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut text = String::new();
    loop {
        let piece = stream.fill_buf()?;
        if piece.is_empty() {
            return if text.is_empty() {
                Ok(None)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
        let end = piece.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(piece.len(), |end| end + 1).min(LONGEST_LINE + 2);
        text.push_str(&String::from_utf8_lossy(&piece[..count]));
        stream.consume(count);
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
            return if text.len() > LONGEST_LINE {
                Err(io::ErrorKind::InvalidData.into())
            } else {
                Ok(Some(text))
            };
        }
        if text.len() >= LONGEST_LINE + 2 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/read_lines.rs"]
mod check;
