//! # Read an FTP reply: one way to do it
//!
//! Only two lines of a reply are looked at: the first says how the last one begins. What is between
//! them is never taken apart, so it cannot mislead.
//!
//! It is tempting to read for as long as the lines begin with `230-`, because most servers write the
//! code before every line. RFC 959 does not ask them to, and the first line without it would cut the
//! reply in two: the rest is then taken for the reply to the next command, and every reply after it
//! is one too late. Tempting, too: `read_line`. It waits for an LF that may never come, with all the
//! memory that you have, and fails where a file's name was written in Latin-1.

use std::io::{self, BufRead, Read};

/// The most bytes that a reply may have, all its lines and their ends together.
pub const LONGEST_REPLY: usize = 8_192;

/// What an FTP server replies to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits for the program: 226.
    pub code: u16,
    /// The text for people, line by line.
    pub lines: Vec<String>,
}

/// Reads one reply from `stream`, which is the control connection. What comes behind it stays there.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends before the reply does, `InvalidData` if this is no reply or is
/// longer than `LONGEST_REPLY` bytes; else whatever the stream said.
pub fn read_reply(stream: &mut impl BufRead) -> io::Result<Reply> {
    let mut left = LONGEST_REPLY;
    let first = read_line(stream, &mut left)?;
    let (code, more, text) = match &first[..] {
        [a, b, c, sign @ (b' ' | b'-'), text @ ..] => ([*a, *b, *c], *sign == b'-', text),
        _ => return Err(no_reply()),
    };
    if !code.iter().all(u8::is_ascii_digit) {
        return Err(no_reply());
    }
    let mut lines = vec![to_text(text)];
    if more {
        let last_begins = [code[0], code[1], code[2], b' '];
        loop {
            let line = read_line(stream, &mut left)?;
            if let Some(text) = line.strip_prefix(&last_begins) {
                lines.push(to_text(text));
                break;
            }
            lines.push(to_text(&line));
        }
    }
    let code = code
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    Ok(Reply { code, lines })
}

/// Reads one line and gives it without its end. `left` is how many bytes the reply may still have.
fn read_line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let limit = *left as u64;
    *left -= stream.by_ref().take(limit).read_until(b'\n', &mut line)?;
    if line.pop_if(|byte| *byte == b'\n').is_none() {
        // No end of line: either `take` said stop, or the stream ended.
        return Err(if *left == 0 {
            let why = format!("the reply is longer than {LONGEST_REPLY} bytes");
            io::Error::new(io::ErrorKind::InvalidData, why)
        } else {
            io::ErrorKind::UnexpectedEof.into()
        });
    }
    line.pop_if(|byte| *byte == b'\r');
    Ok(line)
}

fn to_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn no_reply() -> io::Error {
    let why = "the line does not begin with a code of three digits and a space or hyphen";
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
#[path = "../../exercises/checks/ftp/ftp_reply.rs"]
mod check;
