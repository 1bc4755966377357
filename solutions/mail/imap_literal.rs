//! # Read an IMAP answer with its literals: one way to do it
//!
//! There are two ways of reading here, by line and by count, and the reader always knows which of them
//! is its turn. Who a line is from is asked at the beginning of a response only; a line that goes on
//! behind a literal is never asked. So nothing in a letter can end the answer.
//!
//! It is tempting to read lines until one begins with the tag, and to look for literals afterwards. A
//! letter may have such a line: tags are easy to guess. Tempting, too: to look for the first `{` of a
//! line, or the last `}`, wherever it is. Names of folders and subjects have braces, and a length that
//! is read from one of them shifts all that follows.

use std::io::{self, BufRead, Read};

/// The most bytes that an answer may have on the wire.
pub const LARGEST_ANSWER: usize = 65_536;

/// A piece of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What is on the line.
    Text(Vec<u8>),
    /// The bytes that were announced.
    Literal(Vec<u8>),
}

/// Whether the command worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    No,
    Bad,
}

/// What the server answers to one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The responses that begin with `* `, which is part of their first text.
    pub untagged: Vec<Vec<Part>>,
    /// What the line with the tag says.
    pub status: Status,
}

/// Reads the answer to the command with this tag from `stream`. What comes behind it stays there.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends before the answer does, `InvalidData` if this is no answer or is
/// larger than `LARGEST_ANSWER`; else whatever the stream said.
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

/// What is behind the tag and a space, if the line begins with them.
fn behind_tag<'a>(line: &'a [u8], tag: &str) -> Option<&'a [u8]> {
    line.strip_prefix(tag.as_bytes())?.strip_prefix(b" ")
}

/// If the line ends with the length of a literal: the text before it, and the length.
fn announced(line: &[u8]) -> Option<(&[u8], usize)> {
    let inside = line.strip_suffix(b"}")?;
    let brace = inside.iter().rposition(|byte| *byte == b'{')?;
    let digits = str::from_utf8(&inside[brace + 1..]).ok()?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // A number that no `usize` can hold is a length, too, and no answer is that long.
    let length = digits.parse().unwrap_or(usize::MAX);
    Some((&inside[..brace], length))
}

/// Reads one line and gives it without its CRLF. `left` is how many bytes the answer may still have.
fn read_line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    // An LF alone is part of the line: then it goes on.
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
#[path = "../../exercises/checks/mail/imap_literal.rs"]
mod check;
