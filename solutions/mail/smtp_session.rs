//! # The server's side of SMTP: one way to do it
//!
//! The state is an envelope that may be there, and a letter that may be under way. `Option` says both:
//! a sender that is `Some("")` is the null sender of a bounce, and no sender is `None`. `mem::take` and
//! `Option::take` give the letter away and forget the envelope in one step, so that no way out leaves
//! a recipient behind for the next letter.
//!
//! It is tempting to read recipients from `To:`, since there they are. A blind copy is not in there, a
//! mailing list's letter names the list, and headers are whatever their writer likes. Tempting, too: to
//! refuse a letter at its first bare LF with an error, and go back to commands. Then the rest of the
//! letter is read as commands, which is the very smuggling that the rule is against.

/// A letter with its envelope, which is not in the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address in MAIL; empty for `<>`.
    pub from: String,
    /// The addresses in RCPT, in their order.
    pub to: Vec<String>,
    /// What was sent behind DATA, unstuffed, without the line that ended it.
    pub content: Vec<u8>,
}

/// What the server does about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It waits for the next line.
    Nothing,
    /// It sends a reply with this code.
    Reply(u16),
    /// It stores the letter, and then replies 250.
    Accept(Letter),
}

/// What a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// EHLO or HELO.
    Hello,
    /// MAIL FROM, with the address; it is empty for `<>`.
    Mail(String),
    /// RCPT TO, with the address.
    Rcpt(String),
    Data,
    Rset,
    Noop,
    Quit,
    /// Anything else.
    Unknown,
}

impl Command {
    /// Reads a command from its line, given without the line's end.
    pub fn parse(line: &[u8]) -> Command {
        let Ok(line) = str::from_utf8(line) else {
            return Command::Unknown;
        };
        if line.chars().any(char::is_control) {
            return Command::Unknown;
        }
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (&verb.to_ascii_uppercase()[..], rest.trim()) {
            ("EHLO" | "HELO", name) if !name.is_empty() => Command::Hello,
            ("MAIL", rest) => address(rest, "FROM:<").map_or(Command::Unknown, Command::Mail),
            ("RCPT", rest) => address(rest, "TO:<")
                .filter(|address| !address.is_empty())
                .map_or(Command::Unknown, Command::Rcpt),
            ("DATA", "") => Command::Data,
            ("RSET", "") => Command::Rset,
            ("NOOP", _) => Command::Noop,
            ("QUIT", "") => Command::Quit,
            _ => Command::Unknown,
        }
    }
}

/// The address between `before` (in any case of its letters) and `>`.
fn address(text: &str, before: &str) -> Option<String> {
    let (found, rest) = text.split_at_checked(before.len())?;
    let (address, _parameters) = rest.split_once('>')?;
    found
        .eq_ignore_ascii_case(before)
        .then(|| address.to_owned())
}

/// What the server knows about one connection.
#[derive(Debug, Default)]
pub struct Session {
    greeted: bool,
    /// The sender of the envelope that is begun.
    from: Option<String>,
    to: Vec<String>,
    /// The letter that is under way, behind DATA.
    content: Option<Content>,
}

/// A letter that is under way.
#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    /// Whether an LF came that no CR was before.
    has_bare_lf: bool,
    /// Whether the line before this one ended so.
    after_bare_lf: bool,
}

impl Session {
    /// Takes the next line from the client, all its bytes up to and with an LF, and gives what is to
    /// be done. The greeting, 220, has been sent.
    pub fn line(&mut self, line: &[u8]) -> Answer {
        if self.content.is_some() {
            return self.letter_line(line);
        }
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Answer::Reply(500);
        };
        Answer::Reply(match Command::parse(line) {
            Command::Hello => {
                self.greeted = true;
                self.forget_envelope();
                250
            }
            Command::Mail(address) if self.greeted && self.from.is_none() => {
                self.from = Some(address);
                250
            }
            Command::Rcpt(address) if self.from.is_some() => {
                self.to.push(address);
                250
            }
            Command::Data if !self.to.is_empty() => {
                self.content = Some(Content::default());
                354
            }
            Command::Mail(_) | Command::Rcpt(_) | Command::Data => 503,
            Command::Rset => {
                self.forget_envelope();
                250
            }
            Command::Noop => 250,
            Command::Quit => 221,
            Command::Unknown => 500,
        })
    }

    /// A line of the letter, or the one that ends it.
    fn letter_line(&mut self, line: &[u8]) -> Answer {
        let Some(content) = &mut self.content else {
            return Answer::Nothing;
        };
        if line != b".\r\n" || content.after_bare_lf {
            content
                .bytes
                .extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
            content.after_bare_lf = !line.ends_with(b"\r\n");
            content.has_bare_lf |= content.after_bare_lf;
            return Answer::Nothing;
        }
        let refused = content.has_bare_lf;
        let letter = Letter {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            content: std::mem::take(&mut content.bytes),
        };
        self.content = None;
        if refused {
            Answer::Reply(554)
        } else {
            Answer::Accept(letter)
        }
    }

    fn forget_envelope(&mut self) {
        self.from = None;
        self.to.clear();
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/smtp_session.rs"]
mod check;
