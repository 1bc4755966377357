//! # Exercise: read a POP3 answer of many lines (15 minutes)
//!
//! `RETR 1` is answered by a line that begins with `+OK`, then by the letter, and then by a line that is
//! a dot alone (RFC 1939 §3). Read one such answer, and not a byte more.
//!
//! ```text
//! on the wire                 the body that you give
//! +OK 25 octets               Hello, Grace.
//! Hello, Grace.               .signature
//! ..signature
//! .
//! ```
//!
//! - A line ends in CRLF. An LF alone, or a CR alone, is a byte of its line like any other.
//! - The first line is `+OK` or `-ERR`, in capitals. Behind it the line ends, or there is a space and a
//!   text for people. Anything else is an error of kind `InvalidData`.
//! - Behind `-ERR` nothing follows: give `Answer::Err` with the text, all that is between the space and
//!   CRLF; it is empty if there is none. What is not UTF-8 becomes `�`, as `String::from_utf8_lossy`
//!   does it.
//! - Behind `+OK` lines follow, up to one that is `.` CRLF. Of a line that begins with a dot and is
//!   longer, that dot is taken away: the server put it there (byte-stuffing). The body is all lines
//!   with their CRLF, without the first line and the last. It need not be text.
//! - The stream gives its bytes in pieces of any size. If it ends before the answer does, the error's
//!   kind is `UnexpectedEof`. Half a letter is none.
//! - An answer of more than `LARGEST_ANSWER` bytes, counted on the wire from `+` to the last LF, is
//!   `InvalidData`, and is not read to its end.
//!
//! You will want: `BufRead::read_until`, `Read::take` (as `stream.by_ref().take(…)`),
//! `slice::strip_prefix`.
//! Change the body of `read_answer`; leave its signature, `Answer` and `LARGEST_ANSWER`.

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
    todo!("read the first line, and behind +OK all lines up to the dot")
}

#[cfg(test)]
#[path = "../checks/mail/pop3_multiline.rs"]
mod check;
