//! # What does the server say, and what now? One way to do it
//!
//! Nothing is remembered between two calls: each begins at the front of the buffer again. That costs a
//! second look at some bytes, at most `LONGEST_REPLY` of them, and there is no state that could be
//! wrong. Three ends are told apart: not yet, never, and here it is.
//!
//! It is tempting to look at the last line that has come, and to ask whether it begins with a code and
//! a space. Where the server sends two replies at once (PIPELINING), that is the end of the second one.
//! Tempting, too: to compare the code with a list of known ones. RFC 5321 §4.2.3 has such a list, and
//! servers say other things, too; the first digit is what every sender can rely on.

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
    // What is behind these bytes cannot belong to a reply that is short enough.
    let window = &received[..received.len().min(LONGEST_REPLY)];
    let mut taken = 0;
    let mut first_code = None;
    let mut lines = Vec::new();
    loop {
        let rest = &window[taken..];
        let Some(length) = rest.windows(2).position(|two| two == b"\r\n") else {
            return if window.len() == LONGEST_REPLY {
                Err(BadReply::TooLong)
            } else {
                Ok(None)
            };
        };
        taken += length + 2;
        let (code, is_last, text) = parse_line(&rest[..length]).ok_or(BadReply::Malformed)?;
        if *first_code.get_or_insert(code) != code {
            return Err(BadReply::Malformed);
        }
        lines.push(String::from_utf8_lossy(text).into_owned());
        if is_last {
            let reply = Reply {
                code: code
                    .iter()
                    .fold(0, |code, d| code * 10 + u16::from(d - b'0')),
                next: match code[0] {
                    b'2' => Next::Done,
                    b'3' => Next::GoOn,
                    b'4' => Next::TryLater,
                    _ => Next::GiveUp,
                },
                status: parse_status(u16::from(code[0] - b'0'), &lines[0]),
                lines,
            };
            return Ok(Some((reply, taken)));
        }
    }
}

/// A line's code, whether it is the last one, and its text.
fn parse_line(line: &[u8]) -> Option<([u8; 3], bool, &[u8])> {
    let (code, is_last, text) = match line {
        [a, b, c] => ([*a, *b, *c], true, &line[3..]),
        [a, b, c, b' ', text @ ..] => ([*a, *b, *c], true, text),
        [a, b, c, b'-', text @ ..] => ([*a, *b, *c], false, text),
        _ => return None,
    };
    let is_code = matches!(code[0], b'2'..=b'5') && code.iter().all(u8::is_ascii_digit);
    (is_code && !text.iter().any(|b| b"\r\n".contains(b))).then_some((code, is_last, text))
}

/// The enhanced status code that `text` begins with, in a reply whose code begins with `class`.
fn parse_status(class: u16, text: &str) -> Option<[u16; 3]> {
    let (word, _) = text.split_once(' ').unwrap_or((text, ""));
    let mut numbers = word.split('.').map(|part| {
        let is_number = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse().ok())?
    });
    let status = [numbers.next()??, numbers.next()??, numbers.next()??];
    let is_whole = numbers.next().is_none() && word.find('.') == Some(1);
    (is_whole && status[0] == class && class != 3).then_some(status)
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/smtp_reply.rs"]
mod check;
