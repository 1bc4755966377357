//! # Wrong: only CRLF ends a line
//!
//! RFC 959 asks for CRLF; some servers never read it.
//!
//! The check says: An LF without a CR ends a line, too

use std::io::{self, BufRead, Read};

pub const LONGEST_REPLY: usize = 8_192;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

pub fn read_reply(stream: &mut impl BufRead) -> io::Result<Reply> {
    let mut left = LONGEST_REPLY;
    let (code, sign, text) = split(&read_line(stream, &mut left)?)?;
    let mut lines = vec![text];
    if sign == b'-' {
        loop {
            let line = read_line(stream, &mut left)?;
            if let Some(text) = line.strip_prefix(format!("{code:03} ").as_bytes()) {
                lines.push(to_text(text));
                break;
            }
            lines.push(to_text(&line));
        }
    }
    Ok(Reply { code, lines })
}

fn read_line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        if *left == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
        *left -= 1;
    }
    line.truncate(line.len() - 2);
    Ok(line)
}

fn split(line: &[u8]) -> io::Result<(u16, u8, String)> {
    match line {
        [a, b, c, sign @ (b' ' | b'-'), text @ ..]
            if [a, b, c].iter().all(|d| d.is_ascii_digit()) =>
        {
            let code = [a, b, c]
                .iter()
                .fold(0, |code, d| code * 10 + u16::from(**d - b'0'));
            Ok((code, *sign, to_text(text)))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn to_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/ftp_reply.rs"]
mod check;
