//! # Wrong: each byte is taken for a character, and what is numeric for a digit
//!
//! `²` is numeric, and is one byte in ISO 8859-1.
//!
//! The check says: Only digits in braces, right before

use std::io::{self, BufRead, Read};

pub const LARGEST_ANSWER: usize = 65_536;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(Vec<u8>),
    Literal(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    No,
    Bad,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub untagged: Vec<Vec<Part>>,
    pub status: Status,
}

pub fn read_answer(stream: &mut impl BufRead, tag: &str) -> io::Result<Answer> {
    let mut left = LARGEST_ANSWER;
    let mut untagged = Vec::new();
    loop {
        let mut line = read_line(stream, &mut left)?;
        if let Some(rest) = behind_tag(&line, tag) {
            let status = match rest.split(|byte| *byte == b' ').next() {
                Some(b"OK") => Status::Ok,
                Some(b"NO") => Status::No,
                Some(b"BAD") => Status::Bad,
                _ => return Err(invalid("the tag is followed by neither OK nor NO nor BAD")),
            };
            return Ok(Answer { untagged, status });
        }
        if !line.starts_with(b"* ") {
            return Err(invalid(
                "a line is neither untagged nor has the command's tag",
            ));
        }
        let mut parts = Vec::new();
        while let Some((text, length)) = announced(&line) {
            if length > left {
                return Err(invalid("a literal is longer than an answer may be"));
            }
            let mut literal = vec![0; length];
            stream.read_exact(&mut literal)?;
            left -= length;
            parts.push(Part::Text(text.to_vec()));
            parts.push(Part::Literal(literal));
            line = read_line(stream, &mut left)?;
        }
        parts.push(Part::Text(line));
        untagged.push(parts);
    }
}

fn behind_tag<'a>(line: &'a [u8], tag: &str) -> Option<&'a [u8]> {
    line.strip_prefix(tag.as_bytes())?.strip_prefix(b" ")
}

fn announced(line: &[u8]) -> Option<(&[u8], usize)> {
    let inside = line.strip_suffix(b"}")?;
    let brace = inside.iter().rposition(|byte| *byte == b'{')?;
    let digits = &inside[brace + 1..];
    if digits.is_empty() || !digits.iter().all(|byte| char::from(*byte).is_numeric()) {
        return None;
    }
    let digits = str::from_utf8(digits).unwrap_or_default();
    let length = digits.parse().unwrap_or(usize::MAX);
    Some((&inside[..brace], length))
}

fn read_line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let limit = *left as u64;
        let count = stream.by_ref().take(limit).read_until(b'\n', &mut line)?;
        *left -= count;
        if count == 0 || !line.ends_with(b"\n") {
            return Err(if *left == 0 {
                invalid("the answer is larger than an answer may be")
            } else {
                io::ErrorKind::UnexpectedEof.into()
            });
        }
    }
    line.truncate(line.len() - 2);
    Ok(line)
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/imap_literal.rs"]
mod check;
