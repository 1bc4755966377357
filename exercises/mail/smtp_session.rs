//! # Exercise: the server's side of SMTP (15 minutes)
//!
//! A client talks, line by line; the server answers, and now and then has a letter to store. What a
//! line means depends on the lines before it: that is a *state machine*. The code around you reads the
//! lines from the network and takes commands apart; you know the state.
//!
//! | command | when it is right | reply | then |
//! |---|---|---|---|
//! | `Hello` | always | 250 | an envelope that was begun is forgotten |
//! | `Mail` | after a `Hello`, and no envelope is begun | 250 | the envelope is begun |
//! | `Rcpt` | the envelope is begun | 250 | one recipient more |
//! | `Data` | there is a recipient | 354 | the lines that follow are the letter |
//! | `Rset` | always | 250 | an envelope that was begun is forgotten |
//! | `Noop` | always | 250 | |
//! | `Quit` | always | 221 | |
//! | `Unknown` | never | 500 | |
//!
//! - A command at the wrong time is answered 503, and changes nothing.
//! - Only MAIL and RCPT say whom a letter is from and for. What is in the letter is not looked at.
//! - The letter ends with a line that is a dot alone, CRLF `.` CRLF on the wire (RFC 5321 §4.1.1.4).
//!   Right behind DATA, the CRLF of DATA counts. Its lines are answered with `Nothing`, and the one that
//!   ends it with `Accept`; the letter is as the client had it, before a dot was put before each line
//!   that begins with one (§4.5.2). Then the next envelope may be begun, without another `Hello`.
//! - Each `line` ends where its LF is, but only CRLF is a line end (§2.3.8). A command that ends in an
//!   LF alone is answered 500, and nothing else happens. In a letter, an LF alone neither begins nor
//!   ends a line, so what is around it is not the end of the letter. Such a letter is refused: when its
//!   real end has come, the answer is 554 instead of `Accept`, and its envelope is forgotten.
//!   (Whoever takes `LF . CRLF` for an end reads the rest of the letter as commands: its writer can
//!   *smuggle* a second letter, from anybody, past a server that knows better.)
//!
//! How long a line or a letter may be, the code around you sees to.
//!
//! You will want: `slice::ends_with`, `slice::strip_suffix`, `std::mem::take`.
//! Give `Session` the fields that you need, and change the body of `line`; leave the rest.

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
    // What must be known of the lines before?
}

impl Session {
    /// Takes the next line from the client, all its bytes up to and with an LF, and gives what is to
    /// be done. The greeting, 220, has been sent.
    pub fn line(&mut self, line: &[u8]) -> Answer {
        todo!("a line of a letter, or a command: the state says which")
    }
}

#[cfg(test)]
#[path = "../checks/mail/smtp_session.rs"]
mod check;
