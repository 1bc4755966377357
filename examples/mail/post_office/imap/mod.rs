//! IMAP4rev1 (RFC 3501): a client reads its letters where they are, and leaves them there.
//!
//! What a client sends is taken apart by the crate imap-codec, and what it writes for us are the answers that hold
//! anything from a letter or a name: so nothing in a letter is ever taken for syntax. Where to read: this file
//! (greeting, the way of a command, signing in, IDLE), `command.rs` (lines and literals), `opened.rs` (an open folder,
//! and what its client knows of it), `folders.rs` (LIST, CREATE, APPEND and the like), `fetch.rs`, `search.rs`,
//! `letter.rs` and `structure.rs` (a letter and its parts).

mod command;
mod fetch;
mod folders;
mod letter;
mod opened;
mod search;
mod structure;

use crate::{
    Office, accounts,
    connection::{Connection, ReadError},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use imap_codec::{
    CommandCodec, ResponseCodec,
    decode::Decoder,
    encode::{Encoder, Fragment},
    imap_types::{
        auth::AuthMechanism,
        command::{Command, CommandBody},
        response::{Data, Response},
        sequence::{SeqOrUid, Sequence, SequenceSet},
    },
};
use opened::Opened;
use std::{
    io,
    time::{Duration, Instant},
};

/// How long somebody may take to sign in.
const SIGN_IN: Duration = Duration::from_secs(180);
/// How often an idling session looks for news.
const TICK: Duration = Duration::from_millis(200);
/// The longest line with a name and a password, as base64.
const LONGEST_SECRET: usize = 1024;

/// How a command ends; the words go behind its tag.
enum Answer {
    /// `OK …`
    Ok(String),
    /// `NO …`: understood, but it cannot be done.
    No(String),
    /// `BAD …`: not understood, or not now.
    Bad(String),
    /// It has been answered already.
    Done,
    /// The session is over, and the client has been told.
    End,
}

/// A command's answer, or why the session ends.
type Answered = Result<Answer, ReadError>;

fn ok(words: &str) -> Answered {
    Ok(Answer::Ok(words.to_owned()))
}

fn no(words: &str) -> Answered {
    Ok(Answer::No(words.to_owned()))
}

fn bad(words: &str) -> Answered {
    Ok(Answer::Bad(words.to_owned()))
}

/// One session.
struct Session<'a> {
    connection: &'a mut Connection,
    office: &'a Office,
    /// Who has signed in.
    user: Option<String>,
    /// The folder that SELECT or EXAMINE has opened.
    opened: Option<Opened>,
    failed_logins: usize,
    mistakes: usize,
}

// ANCHOR: serve
/// One session, from the greeting to the end. The connection is closed by whoever calls.
///
/// # Errors
///
/// Whatever has ended the session other than LOGOUT.
pub(crate) fn serve(connection: &mut Connection, office: &Office) -> Result<(), ReadError> {
    let mut session = Session {
        connection,
        office,
        user: None,
        opened: None,
        failed_logins: 0,
        mistakes: 0,
    };
    // The server speaks first, and says what it is able to do, so that nobody need ask.
    let able = session.capabilities();
    let domain = &office.domain;
    session.connection.reply(&format!(
        "* OK [CAPABILITY {able}] {domain} at your service"
    ))?;
    while session.one_command()? {}
    Ok(())
}
// ANCHOR_END: serve

impl Session<'_> {
    // ANCHOR: capabilities
    /// What this server is able to do, now: it differs before and after TLS, and after signing in (RFC 3501 §7.2.1).
    fn capabilities(&self) -> String {
        let mut able = "IMAP4rev1 LITERAL- SASL-IR IDLE MOVE UIDPLUS UNSELECT".to_owned();
        if self.user.is_none() {
            if !self.connection.is_encrypted() {
                able += " STARTTLS";
            }
            able += match self.connection.may_sign_in() {
                true => " AUTH=PLAIN",
                false => " LOGINDISABLED",
            };
        }
        able
    }
    // ANCHOR_END: capabilities

    // ANCHOR: one_command
    /// Reads one command, does it, and answers. Whether the session goes on.
    fn one_command(&mut self) -> Result<bool, ReadError> {
        let patience = SIGN_IN.min(self.office.limits.imap.idle);
        if self.user.is_none() && !self.connection.wait(patience)? {
            self.connection.reply("* BYE nobody has signed in")?;
            return Ok(false);
        }
        let (tag, answer) = match self.read_command() {
            Ok(command::Read::Command(bytes, _room)) => {
                match CommandCodec::default().decode(&bytes) {
                    Ok((_, Command { tag, body })) => {
                        let answer = self.answer(tag.as_ref(), body)?;
                        (tag.as_ref().to_owned(), answer)
                    }
                    // It could be read a moment ago.
                    Err(_) => return Ok(false),
                }
            }
            Ok(command::Read::Refused(tag, answer)) => (tag, answer),
            Ok(command::Read::End) => return Ok(false),
            Err(error) => {
                self.say_goodbye(&error);
                return Err(error);
            }
        };
        // The client's tag, so that it knows which of its commands this answers.
        match answer {
            Answer::Ok(words) => self.connection.reply(&format!("{tag} OK {words}"))?,
            Answer::No(words) => self.connection.reply(&format!("{tag} NO {words}"))?,
            Answer::Bad(words) => {
                self.connection.reply(&format!("{tag} BAD {words}"))?;
                self.mistakes += 1;
            }
            Answer::Done => {}
            Answer::End => return Ok(false),
        }
        let limits = &self.office.limits;
        if self.mistakes >= limits.mistakes || self.failed_logins >= limits.failed_logins {
            self.connection
                .reply("* BYE that was one mistake too many")?;
            return Ok(false);
        }
        Ok(true)
    }
    // ANCHOR_END: one_command

    /// Last words, where there is somebody to hear them.
    fn say_goodbye(&mut self, error: &ReadError) {
        let words = match error {
            ReadError::TimedOut => "* BYE you have been silent for too long",
            ReadError::TooLong | ReadError::NoLineEnd => "* BYE this line is too long",
            ReadError::BareLineEnd => "* BYE lines end with CR LF",
            ReadError::Closed | ReadError::Io(_) => return,
        };
        let _ = self.connection.reply(words);
    }

    /// Sends one piece of data, as imap-codec writes it: `* …`. What is in literals is not told in the log.
    fn data(&mut self, data: Data) -> Result<(), ReadError> {
        for fragment in ResponseCodec::default().encode(&Response::Data(data)) {
            match fragment {
                Fragment::Line { data } => {
                    let line = String::from_utf8_lossy(data.trim_ascii_end()).into_owned();
                    self.connection.log().reply(&line);
                    self.connection.send(&data)?;
                }
                Fragment::Literal { data, .. } => {
                    let count = format!("({} bytes)", data.len());
                    self.connection.log().reply(&count);
                    self.connection.send(&data)?;
                }
            }
        }
        Ok(())
    }

    // ANCHOR: answer
    /// Does what a command asks for.
    fn answer(&mut self, tag: &str, body: CommandBody) -> Answered {
        use CommandBody::*;
        // In any state.
        match &body {
            Capability => {
                let able = self.capabilities();
                self.connection.reply(&format!("* CAPABILITY {able}"))?;
                return ok("that is all");
            }

            Logout => {
                self.connection.reply("* BYE until next time")?;
                self.connection.reply(&format!("{tag} OK goodbye"))?;
                return Ok(Answer::End);
            }
            _ => {}
        }
        // Before signing in.
        let Some(user) = self.user.clone() else {
            return match body {
                Noop => ok("nothing done"),
                StartTLS => self.start_tls(tag),
                Login { username, password } => {
                    let name = String::from_utf8_lossy(username.as_ref()).into_owned();
                    let password = password.declassify().as_ref();
                    self.sign_in(&name, &String::from_utf8_lossy(password))
                }
                Authenticate {
                    mechanism,
                    initial_response,
                } => {
                    let first = initial_response.map(|secret| secret.declassify().to_vec());
                    self.authenticate(&mechanism, first)
                }
                _ => bad("sign in first"),
            };
        };
        // In an open folder, or without one.
        match body {
            StartTLS | Login { .. } | Authenticate { .. } => bad("you have signed in already"),
            Idle => self.idle(&user),
            Select { mailbox } => self.open(&user, &mailbox, false),
            Examine { mailbox } => self.open(&user, &mailbox, true),
            Check
            | Close
            | Unselect
            | Expunge
            | ExpungeUid { .. }
            | Search { .. }
            | Fetch { .. }
            | Store { .. }
            | Copy { .. }
            | Move { .. } => match self.opened.take() {
                None => bad("open a folder first, with SELECT"),
                Some(opened) => self.in_folder(&user, opened, body),
            },
            body => {
                let answer = self.about_folders(&user, body)?;
                match self.news(&user, true)? {
                    true => Ok(answer),
                    false => Ok(Answer::End),
                }
            }
        }
    }
    // ANCHOR_END: answer

    // ANCHOR: sign_in
    /// LOGIN, and the end of AUTHENTICATE.
    fn sign_in(&mut self, name: &str, password: &str) -> Answered {
        if !self.connection.may_sign_in() {
            return no("[PRIVACYREQUIRED] not in the clear: STARTTLS first");
        }
        match self.office.accounts.sign_in(name, password) {
            Some(user) => {
                self.user = Some(user.to_owned());
                self.connection.log().note(&format!("signed in: {user}"));
                Ok(Answer::Ok(format!(
                    "[CAPABILITY {}] welcome",
                    self.capabilities()
                )))
            }
            None => {
                self.failed_logins += 1;
                no("[AUTHENTICATIONFAILED] wrong name or password")
            }
        }
    }

    /// AUTHENTICATE PLAIN (RFC 4616), with the name and the password in the command (SASL-IR, RFC 4959) or in the line behind it.
    fn authenticate(&mut self, mechanism: &AuthMechanism, first: Option<Vec<u8>>) -> Answered {
        if !self.connection.may_sign_in() {
            return no("[PRIVACYREQUIRED] not in the clear: STARTTLS first");
        }
        if *mechanism != AuthMechanism::Plain {
            return no("[CANNOT] only PLAIN is known here");
        }
        let encoded = match first {
            Some(decoded) => BASE64_STANDARD.encode(decoded).into_bytes(),
            None => {
                self.connection.reply("+ ")?;
                let line = self.connection.read_line(LONGEST_SECRET);
                self.connection.log().command(b"***");
                line.inspect_err(|error| self.say_goodbye(error))?
            }
        };
        if encoded == b"*" {
            return bad("you have changed your mind");
        }
        match accounts::from_sasl_plain(&encoded) {
            Some((name, password)) => self.sign_in(&name, &password),
            None => bad("that is not a name and a password"),
        }
    }
    // ANCHOR_END: sign_in

    // ANCHOR: starttls
    /// STARTTLS (RFC 3501 §6.2.1). What was said in the clear counts for nothing any more.
    fn start_tls(&mut self, tag: &str) -> Answered {
        if self.connection.is_encrypted() {
            return bad("this is TLS already");
        }
        if self.connection.has_more() {
            // Commands that somebody on the way may have put behind ours, to be obeyed inside TLS.
            self.connection
                .reply("* BYE nothing may follow STARTTLS before TLS begins")?;
            return Ok(Answer::End);
        }
        self.connection.reply(&format!(
            "{tag} OK shake hands, and ask for CAPABILITY again"
        ))?;
        self.connection
            .start_tls(&self.office.tls)
            .map_err(|error| ReadError::Io(io::Error::other(error)))?;
        Ok(Answer::Done)
    }
    // ANCHOR_END: starttls

    // ANCHOR: idle
    /// IDLE (RFC 2177): until the client says DONE, it is told what happens in its folder, without asking.
    fn idle(&mut self, user: &str) -> Answered {
        self.connection.reply("+ waiting for news, or for DONE")?;
        let end = Instant::now() + self.office.limits.imap.idle;
        let mut known = None;
        loop {
            let changes = self.office.store.changes(user)?;
            // As long as nothing has changed, there is nothing to look at.
            if known.replace(changes) != Some(changes) && !self.news(user, true)? {
                return Ok(Answer::End);
            }
            self.connection.flush()?;
            if self.connection.wait(TICK)? {
                break;
            }
            if Instant::now() > end {
                return Err(ReadError::TimedOut);
            }
        }
        let line = self.connection.read_line(LONGEST_SECRET)?;
        self.connection.log().command(&line);
        match line.eq_ignore_ascii_case(b"DONE") {
            true => ok("no more waiting"),
            false => bad("IDLE ends with DONE"),
        }
    }
    // ANCHOR_END: idle

    /// Tells the client what has happened in its folder. `false`: the folder is gone, and so is the session.
    fn news(&mut self, user: &str, expunge: bool) -> Result<bool, ReadError> {
        let Some(mut opened) = self.opened.take() else {
            return Ok(true);
        };
        let there = opened.tell_news(self, user, expunge)?;
        if there {
            self.opened = Some(opened);
        } else {
            self.connection
                .reply("* BYE this folder is not there any more")?;
        }
        Ok(there)
    }
}

/// Whether a set contains a number. `last` is what `*` stands for (RFC 3501 §9, seq-range): `4:*` and `*:4` are the
/// same, and contain the last one even where it is smaller than 4.
fn contains(set: &SequenceSet, number: u32, last: u32) -> bool {
    let value = |end: &SeqOrUid| match end {
        SeqOrUid::Value(value) => value.get(),
        SeqOrUid::Asterisk => last,
    };
    set.0.as_ref().iter().any(|sequence| match sequence {
        Sequence::Single(one) => value(one) == number,
        Sequence::Range(from, to) => {
            let (from, to) = (value(from), value(to));
            (from.min(to)..=from.max(to)).contains(&number)
        }
    })
}

/// UIDs as a set, for APPENDUID and COPYUID (RFC 4315 §3): `1:3,7`.
fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let text = |(from, to): (u32, u32)| match from == to {
        true => from.to_string(),
        false => format!("{from}:{to}"),
    };
    ranges.into_iter().map(text).collect::<Vec<_>>().join(",")
}
