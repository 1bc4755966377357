//! # Wrong: there is no limit
//!
//! The server decides how much memory the client uses.
//!
//! The check says: `TooLong` is wanted as soon as

pub const LONGEST_REPLY: usize = 4_096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub next: Next,
    pub status: Option<[u16; 3]>,
    pub lines: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Done,
    GoOn,
    TryLater,
    GiveUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadReply {
    Malformed,
    TooLong,
}

pub fn parse_reply(received: &[u8]) -> Result<Option<(Reply, usize)>, BadReply> {
    let window = received;
    let mut taken = 0;
    let mut first_code = None;
    let mut lines = Vec::new();
    loop {
        let rest = &window[taken..];
        let Some(length) = rest.windows(2).position(|two| two == b"\r\n") else {
            return if false {
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
#[path = "../../../../exercises/checks/mail/smtp_reply.rs"]
mod check;
