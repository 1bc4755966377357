//! # Exercise: take a letter apart (15 minutes)
//!
//! A letter with an attachment is a *multipart*: its body has parts, each with a header and a body,
//! and a part may be a multipart again (RFC 2046 §5.1). Between them are delimiters, made from the
//! *boundary* that the header names. Make the tree.
//!
//! ```text
//! Content-Type: multipart/mixed; boundary="b1"
//!
//! What stands here is for nobody.
//! --b1                                         a delimiter
//!                                              the first part: no header, an empty line,
//! Hello.                                       and a body of 6 bytes
//! --b1
//! Content-Type: text/plain                     the second part
//!
//! a
//! --b1--                                       the closing delimiter
//! And neither is this.
//! ```
//!
//! - `boundary_and_body` is there: use it for the letter and for each part. No boundary: it is a
//!   `Leaf` with that body.
//! - A delimiter is a line of `--` and the boundary; the closing one has another `--`. Behind either
//!   may be spaces and tabs, and nothing else: `--b10` is a line of text. A line begins where the
//!   body does and behind each CRLF, and nowhere else. It ends at a CRLF, or with the body.
//! - The CRLF before a delimiter belongs to it, not to the part. So a body that ends in a line end
//!   has two there, and `Hello.` above has none.
//! - What is before the first delimiter and behind the closing one is ignored, whatever is there.
//! - A delimiter counts in its own multipart alone: a part is a whole, and only then looked into.
//! - A multipart without its closing delimiter is `NotClosed`. If more than `DEEPEST` are inside of
//!   each other, it is `TooDeep`: a stranger wrote the letter, and your stack is not endless.
//! - The check tries no multipart without parts, no two delimiters without an empty line between
//!   them, and no letter with both faults.
//!
//! You will want: `slice::strip_prefix`, `windows(2).position(…)`, a function that calls itself.
//! Change the body of `tree`; leave its signature, and what is above it.

/// How many multiparts may be inside of each other, the outermost counted.
pub const DEEPEST: usize = 8;

/// A letter, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// No multipart: its body, as it is.
    Leaf(&'a [u8]),
    /// The parts of a multipart, one at least.
    Multipart(Vec<Part<'a>>),
}

/// Why there is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// A multipart has no closing delimiter: the letter was cut short.
    NotClosed,
    /// More than `DEEPEST` multiparts are inside of each other.
    TooDeep,
}

/// Takes a letter or a part apart at the first empty line: its boundary, if the header says that it is
/// a multipart, and its body. (A part may have no header; then it begins with the empty line.)
pub fn boundary_and_body(entity: &[u8]) -> (Option<String>, &[u8]) {
    let (header, body) = match entity.windows(4).position(|four| four == b"\r\n\r\n") {
        _ if entity.starts_with(b"\r\n") => (&entity[..0], &entity[2..]),
        Some(at) => (&entity[..at], &entity[at + 4..]),
        None => (entity, &entity[entity.len()..]),
    };
    let header = String::from_utf8_lossy(header);
    let boundary = header
        .split("\r\n")
        .filter(|line| line.starts_with("Content-Type: multipart/"))
        .find_map(|line| line.split_once("boundary=\"")?.1.split_once('"'));
    (boundary.map(|(boundary, _)| boundary.to_owned()), body)
}

/// The tree of a letter, or of a part.
///
/// # Errors
///
/// If a multipart in it is not closed, or too deep.
pub fn tree(entity: &[u8]) -> Result<Part<'_>, Broken> {
    todo!("find the delimiters, line by line, and make a tree of what is between two")
}

#[cfg(test)]
#[path = "../checks/mail/mime_tree.rs"]
mod check;
