//! # Exercise: read an IMAP answer with its literals (15 minutes)
//!
//! An IMAP client puts a tag of its own before each command. The server answers with *untagged* lines,
//! which begin with `*`, and then with one line that begins with the tag and says whether it worked
//! (RFC 3501 §2.2). And any text that is not plain, such as a letter, comes as a *literal* (§4.3): its
//! length in braces at the end of a line, then exactly so many bytes, and then the line goes on.
//!
//! ```text
//! * 1 FETCH (BODY[] {20}          one untagged response of three parts:
//! A1 OK }                         Text(* 1 FETCH (BODY[] )
//! * 2 EXPUNGE)                    Literal(A1 OK }␍␊* 2 EXPUNGE)
//! A1 OK done                      Text())
//! ```
//!
//! Read one answer: all up to the line with the tag, and not a byte more.
//!
//! - A line ends in CRLF. An LF or a CR alone is a byte like any other.
//! - Where an untagged line ends in `{`, one or more digits, `}`, right before its CRLF, that many bytes
//!   follow, whatever they are: CRLF, braces and tags among them mean nothing. Then the same line goes
//!   on, and may have more literals. Braces anywhere else, or with anything but digits, are text.
//! - A response is its parts in order: `Text`, then for each literal `Literal` and the `Text` behind it.
//!   A `Text` is without its `{…}` and without CRLF, and may be empty.
//! - The answer ends with the line that begins with `tag`, exactly, and a space. Behind that are `OK`,
//!   `NO` or `BAD`, and then CRLF or a space and a text for people. It has no literals, whatever it ends
//!   in. A `* OK` is not the end: it is untagged.
//! - A line that begins with neither `* ` nor the tag and a space, or with the tag and something else
//!   than these three words, is an error of kind `InvalidData`.
//! - An answer of more than `LARGEST_ANSWER` bytes on the wire is `InvalidData`, and is not read to its
//!   end; a literal that is announced to be longer than what is left is not begun.
//! - The stream gives its bytes in pieces of any size. If it ends before the answer does, the error's
//!   kind is `UnexpectedEof`.
//!
//! You will want: `BufRead::read_until`, `Read::take`, `Read::read_exact`, `Iterator::rposition`.
//! Change the body of `read_answer`; leave its signature, the types and `LARGEST_ANSWER`.

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
    todo!("response by response, each with its literals, up to the one with the tag")
}

#[cfg(test)]
#[path = "../checks/mail/imap_literal.rs"]
mod check;
