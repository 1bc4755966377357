//! # Exercise: read an FTP reply (15 minutes)
//!
//! An FTP server replies to each command with a code of three digits and a text (RFC 959 §4.2). Some
//! replies have several lines. Read one reply from the control connection, and not a byte more.
//!
//! ```text
//! 226 Transfer complete.            230-Welcome, ada.
//!                                   150 files are here, 2 of them new
//!                                    230 lines are in the longest
//!                                   230 Logged in.
//! ```
//!
//! - A reply begins with three digits `0` to `9`, its code. A space behind them: this line is all. A
//!   hyphen: more lines follow, and the last one begins with the same code and a space. Anything else
//!   behind them, or no code at all, is an error of kind `InvalidData`.
//! - What is between the first line and the last is text, whatever it begins with.
//! - `lines` is the text, line by line: the first and the last without code and space or hyphen, those
//!   between them whole. Nothing is trimmed but the line's end: CRLF, or the LF alone that some
//!   servers send.
//! - The text need not be UTF-8: what is not becomes `�`, as `String::from_utf8_lossy` does it.
//! - If the stream ends before the reply does, the error's kind is `UnexpectedEof`. Half a reply is
//!   none.
//! - A reply of more than `LONGEST_REPLY` bytes, line ends counted, is `InvalidData`, and is not read
//!   to its end.
//!
//! You will want: `BufRead::read_until`, `Read::take` (as `stream.by_ref().take(…)`),
//! `slice::strip_prefix`.
//! Change the body of `read_reply`; leave its signature, `Reply` and `LONGEST_REPLY`.

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
    todo!("read the first line, and if a hyphen follows its code, the others up to the last")
}

#[cfg(test)]
#[path = "../checks/ftp/ftp_reply.rs"]
mod check;
