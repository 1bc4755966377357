//! # Exercise: read a line from a stream (15 minutes)
//!
//! A stream has no messages: what the peer wrote at once may come in pieces, and what it wrote in pieces may come at
//! once. Read one line of text from it, and not a byte more. Whoever wants all lines calls `read_line` again and again
//! with the same `stream`.
//!
//! - A line ends in LF. If there is a CR right before the LF, it belongs to the end, too. Neither is part of the line.
//!   A CR elsewhere is a character like any other. A line may be empty.
//! - The stream may end between two lines: then there is none, `Ok(None)`. If it ends in the middle of a line, the
//!   error's kind is `UnexpectedEof`: half a line is none.
//! - A line of more than `LONGEST_LINE` bytes is an error of kind `InvalidData`. Of such a line, take
//!   `LONGEST_LINE + 2` bytes from the stream at most: its end may never come.
//! - A line that is not UTF-8 is `InvalidData`. A letter may have several bytes, and a piece may end between them.
//! - Return a line as soon as its LF is there, and leave in the stream what comes behind it.
//! - Any other error of the stream is yours, too, as `?` hands it on. After an error nobody reads on.
//!
//! You will want: `BufRead::read_until`, `Read::take` (as `stream.by_ref().take(…)`), `String::from_utf8`.
//! Change the body of `read_line`; leave its signature and `LONGEST_LINE`.

use std::io::{self, BufRead, Read};

/// The most bytes that a line may have, without its end.
pub const LONGEST_LINE: usize = 1_000;

/// Reads one line from `stream`, without its end; `None` if the stream has ended before it.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends in the middle of the line, `InvalidData` if the line is longer than
/// `LONGEST_LINE` or is not UTF-8; else whatever the stream said.
pub fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    todo!("read up to LF, but not without a limit; then look at what has come")
}

#[cfg(test)]
#[path = "../checks/robust/read_lines.rs"]
mod check;
