//! # Wrong: who is named twice is kept once
//!
//! Whether two addresses are one mailbox is decided where the letter is stored.
//!
//! The check says: also one who is there already

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    pub content: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Nothing,
    Reply(u16),
    Accept(Letter),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Hello,
    Mail(String),
    Rcpt(String),
    Data,
    Rset,
    Noop,
    Quit,
    Unknown,
}

impl Command {
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

fn address(text: &str, before: &str) -> Option<String> {
    let (found, rest) = text.split_at_checked(before.len())?;
    let (address, _parameters) = rest.split_once('>')?;
    found
        .eq_ignore_ascii_case(before)
        .then(|| address.to_owned())
}

#[derive(Debug, Default)]
pub struct Session {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
    content: Option<Content>,
}

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    has_bare_lf: bool,
    after_bare_lf: bool,
}

impl Session {
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
                if !self.to.contains(&address) {
                    self.to.push(address);
                }
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
#[path = "../../../../exercises/checks/mail/smtp_session.rs"]
mod check;
