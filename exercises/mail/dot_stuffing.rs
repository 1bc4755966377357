//! # Exercise: where does a letter end? (15 minutes)
//!
//! After `DATA` an SMTP client sends the letter, and a line with nothing but a dot to end it. If the
//! letter has such a line itself, the rest of it would be taken for commands. So dots are *stuffed*,
//! and the server takes them out again (RFC 5321 §4.5.2). Write both sides.
//!
//! ```text
//! the letter      on the wire
//! Hello           Hello
//! .               ..
//! ..two           ...two
//! end.            end.
//!                 .
//! ```
//!
//! - A line begins where the letter does and behind each CRLF, and nowhere else: not behind an LF or
//!   a CR alone. Who takes those for a line end, too, can be made to see an end where others see text
//!   (SMTP smuggling).
//! - `stuff` gives what goes over the wire: each line that begins with a dot gets another one before
//!   it, whatever is behind. A letter that does not end in CRLF gets one; an empty letter needs none.
//!   Then comes the end: a dot and CRLF.
//! - `read_data` reads from the connection up to that end: a line of one dot, between two CRLF (or at
//!   the very beginning: an empty letter). It returns the letter with its last CRLF, and of each line
//!   that begins with a dot and is not the end it takes that one dot away.
//! - What comes behind the end stays in `stream`: the next command may be there already.
//! - If the stream ends before the letter does, the error's kind is `UnexpectedEof`. If the letter
//!   has more than `LONGEST_MESSAGE` bytes, it is `InvalidData`, and nothing near twice as many is
//!   read, even if no line ever ends.
//! - The bytes need not be text, and may come in pieces of any size.
//!
//! You will want: `BufRead::read_until`, `Read::take` (as `stream.by_ref().take(…)`),
//! `slice::ends_with`.
//! Change the bodies; leave the signatures and `LONGEST_MESSAGE`.

use std::io::{self, BufRead, Read};

/// The most bytes that a message may have, as `read_data` returns it.
pub const LONGEST_MESSAGE: usize = 100_000;

/// What is sent after `DATA` for this letter, its end included.
pub fn stuff(letter: &[u8]) -> Vec<u8> {
    todo!("another dot for each line that begins with one, then the end")
}

/// Reads a letter from `stream`, which is the connection behind the reply 354. What comes behind its
/// end stays there.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends before the letter does, `InvalidData` if it is longer than
/// `LONGEST_MESSAGE` bytes; else whatever the stream said.
pub fn read_data(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    todo!("read up to the line with one dot, and take the other dots away")
}

#[cfg(test)]
#[path = "../checks/mail/dot_stuffing.rs"]
mod check;
