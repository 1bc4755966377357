//! # Exercise: what does the server say, and what now? (15 minutes)
//!
//! A sender must know two things of an SMTP reply: where it ends, and what to do next (RFC 5321 §4.2).
//! Here the bytes that have come are in a buffer, and after each read your function is asked whether a
//! whole reply is at the buffer's front. A server may send several replies at once; one is taken.
//!
//! ```text
//! 250-post.example greets you       550 5.1.1 Nobody here has that name.
//! 250-SIZE 10000000
//! 250 PIPELINING
//! ```
//!
//! - A line is the code, then a hyphen if more lines follow. On the last line it is a space; where
//!   there is no text, the space may be missing (`250` CRLF). The code is three digits `0` to `9`, the
//!   first of them 2, 3, 4 or 5, and is the same on each line. (In FTP the lines between need none.)
//! - `lines` has what is behind the hyphen or space, unchanged; what is not UTF-8 becomes `�`, as
//!   `String::from_utf8_lossy` does it.
//! - A line ends in CRLF. It is not judged before its CRLF has come. A CR or an LF by itself is no
//!   line end, and a line with one inside is `Malformed`, as is any other line that breaks these rules.
//! - `next` is told by the code's first digit alone, whatever the others are: 2 `Done`, 3 `GoOn`, 4
//!   `TryLater`, 5 `GiveUp`.
//! - `status` is the enhanced status code (RFC 3463), if the first line's text begins with one: three
//!   numbers with a `.` between them, and then a space or the line's end. The first number is 2, 4 or
//!   5, and the code's first digit is the same; the others have one to three digits. Anything else is
//!   plain text, and `status` is `None`.
//! - No whole reply yet: `Ok(None)`. But a reply has at most `LONGEST_REPLY` bytes, line ends counted:
//!   as soon as that many have come and it has not ended among them, it is `TooLong`. What is wrong
//!   first counts: a whole malformed line is `Malformed`, however much is behind it.
//!
//! You will want: `slice::windows`, `Iterator::position`, slice patterns such as `[a, b, c, rest @ ..]`.
//! Change the body of `parse_reply`; leave its signature, the types and `LONGEST_REPLY`.

/// The most bytes that a reply may have, all its lines and their ends together.
pub const LONGEST_REPLY: usize = 4_096;

/// What an SMTP server replies to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits for the program: 550.
    pub code: u16,
    /// What the sender does next.
    pub next: Next,
    /// The enhanced status code, which says more exactly what happened: `[5, 1, 1]`.
    pub status: Option<[u16; 3]>,
    /// The text, line by line, an enhanced status code included.
    pub lines: Vec<String>,
}

/// What a reply means for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The server has done it.
    Done,
    /// So far so good: it waits for the rest, such as the letter behind DATA.
    GoOn,
    /// Not now: keep the letter and try it again later.
    TryLater,
    /// Not like this, and not later: tell whoever wrote the letter.
    GiveUp,
}

/// Why no reply can come of these bytes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadReply {
    /// A line breaks the rules.
    Malformed,
    /// `LONGEST_REPLY` bytes, and no end.
    TooLong,
}

/// Takes the first reply out of `received`, which is all that has come and was not taken yet. Gives
/// the reply and how many bytes it had; `None` if it has not come whole.
///
/// # Errors
///
/// Why there is no sense in waiting for more.
pub fn parse_reply(received: &[u8]) -> Result<Option<(Reply, usize)>, BadReply> {
    todo!("line by line, as far as whole lines have come, up to the one that says it is the last")
}

#[cfg(test)]
#[path = "../checks/mail/smtp_reply.rs"]
mod check;
