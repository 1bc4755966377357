//! One command of the client: a line, or lines with literals between them.

use super::{Answer, LONGEST_SECRET, Session};
use crate::{Office, connection::ReadError};
use imap_codec::{
    CommandCodec,
    decode::{CommandDecodeError, Decoder},
    imap_types::core::LiteralMode,
};
use std::sync::atomic::Ordering;

/// The longest line of a command, with its CR LF. A list of letters can be long (RFC 2683 §3.2.1.5 asks for 8,000).
const LONGEST_LINE: usize = 32 * 1024;
/// How long all of a command may be that is no APPEND.
const LONGEST_COMMAND: usize = 64 * 1024;
/// The longest literal that may come unasked (LITERAL-, RFC 7888 §5).
const LONGEST_UNASKED: usize = 4096;

/// What has been read.
pub enum Read<'a> {
    /// A whole command, which imap-codec understands, and the room that it takes.
    Command(Vec<u8>, Room<'a>),
    /// None; the tag, and the answer.
    Refused(String, Answer),
    /// None, and who has sent it cannot be understood any more: they have been told.
    End,
}

impl<'a> Session<'a> {
    // ANCHOR: literal
    /// Reads a command. Where a line ends with `{310}`, 310 bytes follow that are no syntax, whatever is in them: a literal
    /// (RFC 3501 §4.3). The client sends them when we have said `+`, so we can refuse before they come.
    pub fn read_command(&mut self) -> Result<Read<'a>, ReadError> {
        let mut bytes = Vec::new();
        let mut room = Room {
            office: self.office,
            taken: 0,
        };
        loop {
            let line = self.connection.read_line(LONGEST_LINE)?;
            self.tell(&bytes, &line);
            bytes.extend_from_slice(&line);
            bytes.extend_from_slice(b"\r\n");
            let (length, mode) = match CommandCodec::default().decode(&bytes) {
                Ok(([], _)) => return Ok(Read::Command(bytes, room)),
                Err(CommandDecodeError::LiteralFound { length, mode, .. }) => (length, mode),
                // The line has ended, so what is incomplete is wrong.
                Ok(_) | Err(CommandDecodeError::Failed | CommandDecodeError::Incomplete) => {
                    return self.refuse(&bytes, "not understood, or not known here");
                }
            };
            let length = length as usize;
            if self.user.is_none() && !name(&bytes).eq_ignore_ascii_case(b"LOGIN") {
                // Only a name and a password may be so long.
                return self.refuse(&bytes, "sign in first");
            }
            let unasked = mode == LiteralMode::NonSync;
            if bytes.len().saturating_add(length) > self.most(&bytes)
                || unasked && length > LONGEST_UNASKED
            {
                if unasked {
                    // It is on its way already, and is no command.
                    self.connection.reply("* BYE [TOOBIG] this is too long")?;
                    return Ok(Read::End);
                }
                let answer = Answer::No("[TOOBIG] this is too long".into());
                return Ok(Read::Refused(tag(&bytes), answer));
            }
            if !room.take(length) && !unasked {
                let answer = Answer::No("[LIMIT] too many letters at once, come back later".into());
                return Ok(Read::Refused(tag(&bytes), answer));
            }
            if !unasked {
                self.connection.reply("+ go on")?;
            }
            bytes.extend(self.connection.read_exact(length)?);
            self.connection
                .log()
                .command(format!("({length} bytes)").as_bytes());
        }
    }
    // ANCHOR_END: literal

    /// How long a command may be that begins like this.
    fn most(&self, bytes: &[u8]) -> usize {
        match self.user {
            Some(_) if name(bytes).eq_ignore_ascii_case(b"APPEND") => {
                LONGEST_LINE.saturating_add(self.office.limits.message)
            }
            Some(_) => LONGEST_COMMAND,
            None => LONGEST_SECRET,
        }
    }

    /// BAD, for these words.
    fn refuse(&mut self, bytes: &[u8], why: &str) -> Result<Read<'a>, ReadError> {
        if bytes.ends_with(b"+}\r\n") {
            // Bytes that are on their way, unasked; taken for commands, a letter could give orders.
            self.connection
                .reply("* BYE this literal belongs to nothing")?;
            return Ok(Read::End);
        }
        Ok(Read::Refused(tag(bytes), Answer::Bad(why.into())))
    }

    /// Tells a line in the log, without what may be a password.
    fn tell(&self, before: &[u8], line: &[u8]) {
        let log = self.connection.log();
        let is_secret = |line: &[u8]| {
            let line = line.to_ascii_uppercase();
            // Signed in, a client may search for any word: there only the command counts, or what stands in the tag's place.
            if self.user.is_some() {
                let words = line.split(|byte| *byte == b' ');
                let mut first = words.filter(|word| !word.is_empty()).take(2);
                return first.any(|word| word.starts_with(b"LOGIN") || word.starts_with(b"AUTH"));
            }
            let has = |word: &[u8]| line.windows(word.len()).any(|bytes| bytes == word);
            has(b"LOGIN") || has(b"AUTH")
        };
        if !before.is_empty() && line.is_empty() {
            // The end of a line whose literal has been told.
        } else if is_secret(before) {
            log.command(b"***");
        } else if is_secret(line) {
            let words: Vec<&[u8]> = line.splitn(3, |byte| *byte == b' ').collect();
            match words[..] {
                [tag, name, _] if !is_secret(tag) => {
                    log.command(&[tag, b" ", name, b" ***"].concat())
                }
                _ => log.command(b"***"),
            }
        } else {
            log.command(line);
        }
    }
}

/// Room for letters that are coming in. All of them together have one limit, or many clients at once could fill the memory.
pub struct Room<'a> {
    office: &'a Office,
    taken: usize,
}

impl Room<'_> {
    /// Whether there is room for so many bytes more.
    fn take(&mut self, length: usize) -> bool {
        self.taken += length;
        let all = self.office.incoming.fetch_add(length, Ordering::Relaxed) + length;
        all <= self.office.limits.incoming
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let incoming = &self.office.incoming;
        incoming.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

/// The second word of a command: its name.
fn name(bytes: &[u8]) -> &[u8] {
    let mut words = bytes.split(|byte| *byte == b' ');
    words.nth(1).unwrap_or_default()
}

/// The tag of a command that is not understood, if it has one; else `*`, which stands for no command.
fn tag(bytes: &[u8]) -> String {
    let tag = bytes
        .split(|byte| matches!(byte, b' ' | b'\r'))
        .next()
        .unwrap_or_default();
    let fits = |byte: &u8| byte.is_ascii_graphic() && !br#"(){%*"\+"#.contains(byte);
    match (1..=50).contains(&tag.len()) && tag.iter().all(fits) {
        true => String::from_utf8_lossy(tag).into_owned(),
        false => "*".into(),
    }
}
