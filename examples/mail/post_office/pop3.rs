//! POP3 (RFC 1939): a client fetches its letters, and may have them deleted.
//!
//! A session passes through three states, and so does this file: AUTHORIZATION, where the client says who it is;
//! TRANSACTION, where it looks, fetches and marks; UPDATE, where the marked letters go. The way to UPDATE is QUIT, and no
//! other: a link that drops, or a client that falls silent, deletes nothing.
//!
//! Besides RFC 1939, there is CAPA, which tells what else there is (RFC 2449), and STLS, which begins TLS (RFC 2595 §4).

use crate::{
    Office,
    connection::{Connection, ReadError},
    store::{Folder, Letter, Pop3Lock},
};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
};

/// Octets of a command, with its CR LF (RFC 2449 §4).
const LONGEST_COMMAND: usize = 255;
/// Octets of a letter that are in memory at a time.
const PIECE: u64 = 16 * 1024;

// ANCHOR: greeting
/// One session, from the greeting to the end. The connection is closed by whoever calls.
///
/// # Errors
///
/// Whatever has ended the session other than QUIT.
pub(crate) fn serve(connection: &mut Connection, office: &Office) -> Result<(), ReadError> {
    let mut session = Session {
        connection,
        office,
        mistakes: 0,
    };
    session.ok(&format!("{} has your letters", office.domain))?;
    // AUTHORIZATION
    let Some(mut mailbox) = session.authorization()? else {
        return session.ok("goodbye, you were not signed in");
    };
    // TRANSACTION
    if let Err(error) = session.transaction(&mut mailbox) {
        let marked = mailbox.marked().len();
        if marked > 0 {
            let note = format!("no QUIT, no UPDATE: marked and not deleted: {marked}");
            session.connection.log().note(&note);
        }
        return Err(error);
    }
    // UPDATE
    session.update(&mailbox)
}
// ANCHOR_END: greeting

/// What a session has, whichever state it is in.
struct Session<'a> {
    connection: &'a mut Connection,
    office: &'a Office,
    /// How often we have said -ERR.
    mistakes: usize,
}

/// A mailbox as it was when the client signed in. What comes later is for the next session, so the numbers stay.
struct Mailbox<'a> {
    account: &'a str,
    /// The letters, and whether they are marked. The first one is number 1.
    letters: Vec<(Letter, bool)>,
    /// Nobody else has it by POP3, as long as this lives.
    _lock: Pop3Lock<'a>,
}

impl<'a> Session<'a> {
    // ANCHOR: authorization
    /// USER and PASS. Gives the mailbox, or nothing when the client says QUIT before it has one.
    fn authorization(&mut self) -> Result<Option<Mailbox<'a>>, ReadError> {
        let mut user = None;
        let mut wrong = 0;
        loop {
            let (command, argument) = self.command()?;
            match command.as_str() {
                "QUIT" => return Ok(None),
                "CAPA" => self.capabilities(true)?,
                "STLS" => {
                    self.start_tls()?;
                    // What was said in the clear, somebody else may have said.
                    user = None;
                }
                "USER" | "PASS" if !self.connection.may_sign_in() => {
                    self.err("not in the clear: say STLS first")?;
                }
                "USER" if argument.is_empty() => self.err("say USER and your name")?,
                "USER" => {
                    user = Some(argument);
                    // The same for a name that nobody has: who guesses names learns nothing.
                    self.ok("and the password?")?;
                }
                "PASS" => {
                    // The next try begins with USER again.
                    let Some(name) = user.take() else {
                        self.err("say USER first")?;
                        continue;
                    };
                    let Some(account) = self.office.accounts.sign_in(&name, &argument) else {
                        wrong += 1;
                        self.err("[AUTH] wrong name or password")?;
                        if wrong >= self.office.limits.failed_logins {
                            return Err(ended("too many wrong passwords"));
                        }
                        continue;
                    };
                    match self.open(account)? {
                        Some(mailbox) => return Ok(Some(mailbox)),
                        None => self.err("[IN-USE] another session has this mailbox")?,
                    }
                }
                "STAT" | "LIST" | "UIDL" | "RETR" | "TOP" | "DELE" | "NOOP" | "RSET" => {
                    self.err("sign in first: USER, then PASS")?;
                }
                _ => self.err("no such command")?,
            }
        }
    }

    /// The mailbox of this account, for this session alone (RFC 1939 §4), unless another one has it.
    fn open(&mut self, account: &'a str) -> Result<Option<Mailbox<'a>>, ReadError> {
        let Some(lock) = self.office.store.lock_for_pop3(account) else {
            return Ok(None);
        };
        let listing = match self.office.store.list(account, &Folder::inbox()) {
            Ok(listing) => listing,
            Err(error) => {
                self.err("[SYS/TEMP] the mailbox cannot be read now")?;
                return Err(error.into());
            }
        };
        let letters = listing.letters.into_iter();
        let mailbox = Mailbox {
            account,
            letters: letters.map(|letter| (letter, false)).collect(),
            _lock: lock,
        };
        let (count, octets) = mailbox.stat();
        self.ok(&format!("{account}, letters: {count}, octets: {octets}"))?;
        Ok(Some(mailbox))
    }
    // ANCHOR_END: authorization

    // ANCHOR: stls
    /// STLS: after `+OK` comes the handshake, and then a session that begins anew, without a greeting.
    fn start_tls(&mut self) -> Result<(), ReadError> {
        if self.connection.is_encrypted() {
            return self.err("we are encrypted already");
        }
        // Bytes that wait behind STLS are not encrypted. Taken for commands from inside TLS, they would be those of whoever sits on the way.
        if self.connection.has_more() {
            self.err("nothing may come behind STLS before the handshake")?;
            return Err(ended("something came behind STLS"));
        }
        self.ok("begin TLS")?;
        let begun = self.connection.start_tls(&self.office.tls);
        begun.map_err(|error| ReadError::Io(io::Error::other(error)))
    }
    // ANCHOR_END: stls

    /// CAPA: what there is besides RFC 1939's minimum (RFC 2449 §5). It is the same in both states, but for STLS, which is told
    /// in AUTHORIZATION only (RFC 2595 §8).
    fn capabilities(&mut self, authorization: bool) -> Result<(), ReadError> {
        self.ok("here is what we can do")?;
        if self.connection.may_sign_in() {
            self.connection.reply("USER")?;
        }
        if authorization && !self.connection.is_encrypted() {
            self.connection.reply("STLS")?;
        }
        // RESP-CODES: words in brackets behind -ERR are meant for programs; AUTH-RESP-CODE: [AUTH] is one (RFC 3206).
        for capability in ["TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE"] {
            self.connection.reply(capability)?;
        }
        self.connection.reply(".")
    }

    // ANCHOR: transaction
    /// Everything between PASS and QUIT. Nothing is deleted here: DELE marks, and RSET takes all marks off again.
    fn transaction(&mut self, mailbox: &mut Mailbox) -> Result<(), ReadError> {
        loop {
            let (command, argument) = self.command()?;
            match (command.as_str(), argument.as_str()) {
                ("QUIT", _) => return Ok(()),
                ("CAPA", _) => self.capabilities(false)?,
                ("NOOP", _) => self.ok("nothing done")?,
                ("STAT", _) => {
                    let (count, octets) = mailbox.stat();
                    // Programs read these numbers, so nothing stands behind them.
                    self.ok(&format!("{count} {octets}"))?;
                }
                ("RSET", _) => {
                    mailbox
                        .letters
                        .iter_mut()
                        .for_each(|(_, marked)| *marked = false);
                    self.ok("no letter is marked any more")?;
                }
                ("LIST", "") => self.list(mailbox, |letter| letter.size.to_string())?,
                ("UIDL", "") => self.list(mailbox, |letter| letter.unique.clone())?,
                ("TOP", argument) => {
                    let numbers = argument.split_once(' ');
                    let lines = numbers.and_then(|(_, lines)| number(lines));
                    let letter = numbers.and_then(|(letter, _)| mailbox.find(letter));
                    match letter.zip(lines) {
                        Some((letter, lines)) => self.send_letter(mailbox, letter, Some(lines))?,
                        None => self.err("no such letter, or not TOP and two numbers")?,
                    }
                }
                ("LIST" | "UIDL" | "RETR" | "DELE", letter) => {
                    let Some(found) = mailbox.find(letter) else {
                        self.err("no such letter")?;
                        continue;
                    };
                    let (letter, marked) = &mut mailbox.letters[found];
                    match command.as_str() {
                        "LIST" => self.ok(&format!("{} {}", found + 1, letter.size))?,
                        "UIDL" => self.ok(&format!("{} {}", found + 1, letter.unique))?,
                        "DELE" => {
                            *marked = true;
                            self.ok("marked: it goes when you say QUIT")?;
                        }
                        _ => self.send_letter(mailbox, found, None)?,
                    }
                }
                ("USER" | "PASS" | "STLS", _) => self.err("you are signed in already")?,
                _ => self.err("no such command")?,
            }
        }
    }
    // ANCHOR_END: transaction

    /// LIST and UIDL for all letters that are not marked: a line each, and a dot.
    fn list(&mut self, mailbox: &Mailbox, about: fn(&Letter) -> String) -> Result<(), ReadError> {
        self.ok("here they are")?;
        for (place, (letter, marked)) in mailbox.letters.iter().enumerate() {
            // The others keep their numbers.
            if !marked {
                self.connection
                    .reply(&format!("{} {}", place + 1, about(letter)))?;
            }
        }
        self.connection.reply(".")
    }

    // ANCHOR: multiline
    /// RETR: a whole letter. TOP: its header, the empty line, and so many lines more.
    fn send_letter(
        &mut self,
        mailbox: &Mailbox,
        place: usize,
        most: Option<u64>,
    ) -> Result<(), ReadError> {
        let (letter, _) = &mailbox.letters[place];
        let store = &self.office.store;
        let inbox = Folder::inbox();
        let Ok(file) = store.open_letter(mailbox.account, &inbox, letter.uid) else {
            // A mail program that reads by IMAP may have removed it meanwhile.
            return self.err("this letter cannot be read any more");
        };
        let name = store.file(mailbox.account, &inbox, letter.uid);
        self.ok(&format!("{} octets", letter.size))?;
        self.send_lines(file, most)?;
        if most.is_none() {
            let hop = format!("{}, {} bytes", name.unwrap_or_default(), letter.size);
            self.connection.log().hop("store -> MUA", &hop, "");
        }
        Ok(())
    }

    /// The lines of a letter, then a line that is nothing but a dot. A line that begins with a dot gets another
    /// one in front (RFC 1939 §3), or the client would take a lone dot in a letter for its end.
    fn send_lines(&mut self, file: File, most: Option<u64>) -> Result<(), ReadError> {
        let mut letter = BufReader::new(file);
        let mut left = None;
        let mut at_line_start = true;
        while left != Some(0) {
            let mut piece = Vec::new();
            // Lines are short, but for those that somebody has put there to fill our memory.
            let read = (&mut letter).take(PIECE).read_until(b'\n', &mut piece);
            // Too late for -ERR. Without the last dot, the client knows that something is missing.
            if read? == 0 {
                break;
            }
            if at_line_start && piece.starts_with(b".") {
                self.connection.send(b".")?;
            }
            self.connection.send(&piece)?;
            let is_empty = at_line_start && matches!(&piece[..], b"\r\n" | b"\n");
            at_line_start = piece.ends_with(b"\n");
            left = match left {
                // The header ends with an empty line. From there on, TOP counts.
                None if is_empty => most,
                Some(lines) if at_line_start => Some(lines - 1),
                _ => left,
            };
        }
        if !at_line_start {
            self.connection.send(b"\r\n")?;
        }
        self.connection.send(b".\r\n")
    }
    // ANCHOR_END: multiline

    // ANCHOR: update
    /// What QUIT begins: only now do the marked letters go. With the answer, the mailbox is free for the next session.
    fn update(&mut self, mailbox: &Mailbox) -> Result<(), ReadError> {
        let marked = mailbox.marked();
        if !marked.is_empty() {
            let removed = self
                .office
                .store
                .remove(mailbox.account, &Folder::inbox(), &marked);
            if removed.is_err() {
                return self.err("[SYS/TEMP] not all marked letters were deleted");
            }
        }
        self.ok(&format!("goodbye, deleted: {}", marked.len()))
    }
    // ANCHOR_END: update

    /// The next command: its keyword in capitals, and what stands behind the space.
    fn command(&mut self) -> Result<(String, String), ReadError> {
        loop {
            let line = match self.connection.read_line(LONGEST_COMMAND) {
                Ok(line) => line,
                Err(ReadError::TooLong) => {
                    self.err("this line is too long")?;
                    continue;
                }
                Err(error @ (ReadError::BareLineEnd | ReadError::NoLineEnd)) => {
                    self.err("a line ends with CR LF")?;
                    return Err(error);
                }
                // After ten minutes of silence the server goes without a word (RFC 1939 §3).
                Err(error) => return Err(error),
            };
            // A password is not for the log, whatever else is wrong with its line.
            let command = line.trim_ascii_start();
            let command = command.get(..4).unwrap_or_default();
            if matches!(
                &command.to_ascii_uppercase()[..],
                b"PASS" | b"APOP" | b"AUTH"
            ) {
                self.connection.log().command(&[command, b" ***"].concat());
            } else {
                self.connection.log().command(&line);
            }
            let Ok(line) = String::from_utf8(line) else {
                self.err("this is no text")?;
                continue;
            };
            let (keyword, argument) = line.split_once(' ').unwrap_or((&line, ""));
            return Ok((keyword.to_ascii_uppercase(), argument.to_owned()));
        }
    }

    fn ok(&mut self, text: &str) -> Result<(), ReadError> {
        self.connection.reply(&format!("+OK {text}"))
    }

    /// Says no. Who hears it too often has lost its way, and the session ends.
    fn err(&mut self, why: &str) -> Result<(), ReadError> {
        self.connection.reply(&format!("-ERR {why}"))?;
        self.mistakes += 1;
        if self.mistakes > self.office.limits.mistakes {
            return Err(ended("too many mistakes"));
        }
        Ok(())
    }
}

impl Mailbox<'_> {
    /// How many letters, and how many octets: of those that are not marked.
    fn stat(&self) -> (usize, u64) {
        let unmarked = self.letters.iter().filter(|(_, marked)| !marked);
        let sizes = unmarked.map(|(letter, _)| letter.size);
        (sizes.clone().count(), sizes.sum())
    }

    /// Where the letter with this number is, unless it is marked.
    fn find(&self, text: &str) -> Option<usize> {
        let place = usize::try_from(number(text)?.checked_sub(1)?).ok()?;
        let (_, marked) = self.letters.get(place)?;
        (!marked).then_some(place)
    }

    /// The UIDs of those that are marked.
    fn marked(&self) -> Vec<u32> {
        let marked = self.letters.iter().filter(|(_, marked)| *marked);
        marked.map(|(letter, _)| letter.uid).collect()
    }
}

/// A number of digits, and of nothing else: `parse` alone would take `+1`.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Ends the session for this reason, which the client has been told.
fn ended(why: &str) -> ReadError {
    ReadError::Io(io::Error::other(why.to_owned()))
}
