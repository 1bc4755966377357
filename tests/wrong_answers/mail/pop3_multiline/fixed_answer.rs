//! # Wrong: the answer is one that was seen
//!
//! It is what the example shows.
//!
//! The check says: the body is all lines between

use std::io::{self, BufRead, Read};

pub const LARGEST_ANSWER: usize = 65_536;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Ok(Vec<u8>),
    Err(String),
}

pub fn read_answer(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut all = Vec::new();
    while !all.ends_with(b".\r\n") && stream.by_ref().take(1).read_to_end(&mut all)? > 0 {}
    Ok(Answer::Ok(b"Hello, Grace.\r\n".to_vec()))
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
