//! # Wrong: -ERR must be UTF-8
//!
//! An old server says it in Latin-1.
//!
//! The check says: the text is all that is between

use std::io::{self, BufRead, Read};

pub const LARGEST_ANSWER: usize = 65_536;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Ok(Vec<u8>),
    Err(String),
}

pub fn read_answer(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut left = LARGEST_ANSWER;
    let first = read_line(stream, &mut left)?;
    let first = first.strip_suffix(b"\r\n").unwrap_or(&first);
    if let Some(text) = text_behind(b"-ERR", first) {
        return Ok(Answer::Err(
            str::from_utf8(text).unwrap_or_default().to_owned(),
        ));
    }
    if text_behind(b"+OK", first).is_none() {
        let why = "the answer begins neither with +OK nor with -ERR";
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let mut body = Vec::new();
    loop {
        let line = read_line(stream, &mut left)?;
        if line == b".\r\n" {
            return Ok(Answer::Ok(body));
        }
        body.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn text_behind<'a>(word: &[u8], line: &'a [u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(word)? {
        [] => Some(&[]),
        [b' ', text @ ..] => Some(text),
        _ => None,
    }
}

fn read_line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let limit = *left as u64;
        let count = stream.by_ref().take(limit).read_until(b'\n', &mut line)?;
        *left -= count;
        if count == 0 || !line.ends_with(b"\n") {
            return Err(if *left == 0 {
                let why = format!("the answer is larger than {LARGEST_ANSWER} bytes");
                io::Error::new(io::ErrorKind::InvalidData, why)
            } else {
                io::ErrorKind::UnexpectedEof.into()
            });
        }
    }
    Ok(line)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/pop3_multiline.rs"]
mod check;
