//! # Read a POP3 answer of many lines: one way to do it
//!
//! One function knows what a line is and how many bytes are left, the other what the lines mean. A
//! line is looked at only when it is whole, so it makes no difference in which pieces it came.
//!
//! It is tempting to search the bytes for `\r\n.\r\n`. Then the empty letter has no end, because the
//! CRLF before its dot is the one of `+OK`; and a search in each piece by itself misses an end that
//! was split. Tempting, too: to take a dot away where there are two. The server puts one before every
//! line that begins with one, so one goes from every line, however many there are.

use std::io::{self, BufRead, Read};

/// The most bytes that an answer may have on the wire.
pub const LARGEST_ANSWER: usize = 65_536;

/// What a POP3 server answers to a command such as RETR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `+OK`, and these lines behind it.
    Ok(Vec<u8>),
    /// `-ERR`, with the text behind it.
    Err(String),
}

/// Reads one answer from `stream`. What comes behind it stays there.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends before the answer does, `InvalidData` if this is no answer or is
/// larger than `LARGEST_ANSWER`; else whatever the stream said.
pub fn read_answer(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut left = LARGEST_ANSWER;
    let first = read_line(stream, &mut left)?;
    let first = first.strip_suffix(b"\r\n").unwrap_or(&first);
    if let Some(text) = text_behind(b"-ERR", first) {
        return Ok(Answer::Err(String::from_utf8_lossy(text).into_owned()));
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

/// The text behind `word`, if `line` is that word alone or the word, a space and a text.
fn text_behind<'a>(word: &[u8], line: &'a [u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(word)? {
        [] => Some(&[]),
        [b' ', text @ ..] => Some(text),
        _ => None,
    }
}

/// Reads one line with its CRLF. `left` is how many bytes the answer may still have.
fn read_line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    // An LF alone is part of the line: then it goes on.
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
#[path = "../../exercises/checks/mail/pop3_multiline.rs"]
mod check;
