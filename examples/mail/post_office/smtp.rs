//! SMTP (RFC 5321): letters come in.
//!
//! Read it from top to bottom, as a session goes: greeting, EHLO, STARTTLS, AUTH, the envelope by MAIL and RCPT, the letter by
//! DATA, delivery. A command is taken apart in `command.rs`; what is done to a letter is in `letter.rs`.

use crate::{
    Office,
    accounts::from_sasl_plain,
    command::{Command, without_secrets},
    connection::{Connection, ReadError},
    letter::{self, Arrival, Incoming, header_fields},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::io::ErrorKind;

/// Octets of a line that answers a challenge of AUTH (RFC 4954 §4).
const AUTH_LINE: usize = 12_288;

/// Which side of the post office a client has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Where other servers bring letters for our users: port 25.
    Relay,
    /// Where our users bring letters: ports 587 and 465 (RFC 6409).
    Submission,
}

/// Does the session go on?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Command,
    End,
}

/// What is known in a session.
struct Session<'a> {
    connection: &'a mut Connection,
    office: &'a Office,
    role: Role,
    /// What the client calls itself; nothing before EHLO or HELO.
    client: Option<String>,
    /// EHLO, so that it knows our extensions?
    is_extended: bool,
    /// The account that has signed in.
    user: Option<String>,
    /// What MAIL and RCPT have said: this is the envelope. The letter's own `From` and `To` decide nothing.
    envelope: Option<Envelope>,
    mistakes: usize,
    failed_logins: usize,
}

/// Who sends a letter, and to whom.
struct Envelope {
    /// Empty for the null sender: a letter about a letter, which nobody may answer (RFC 5321 §4.5.5).
    sender: String,
    /// As the client wrote them, and whose mailboxes they are.
    recipients: Vec<(String, String)>,
}

// ANCHOR: session
/// One session, from the greeting to the end. The connection is closed by whoever calls.
///
/// # Errors
///
/// Whatever has ended the session other than QUIT or our own refusal.
pub(crate) fn serve(
    connection: &mut Connection,
    office: &Office,
    role: Role,
) -> Result<(), ReadError> {
    let mut session = Session {
        connection,
        office,
        role,
        client: None,
        is_extended: false,
        user: None,
        envelope: None,
        mistakes: 0,
        failed_logins: 0,
    };
    match session.converse() {
        Ok(()) => Ok(()),
        Err(error) => session.last_words(error),
    }
}

impl<'a> Session<'a> {
    fn converse(&mut self) -> Result<(), ReadError> {
        // The server speaks first, so that the client knows who it has reached.
        self.say(&format!("220 {} ESMTP post office", self.office.domain))?;
        loop {
            let next = match self.connection.read_line(self.office.limits.line) {
                Ok(line) => {
                    let shown = without_secrets(&line);
                    self.connection.log().command(shown.as_bytes());
                    match Command::parse(&line) {
                        Ok(command) => self.obey(command)?,
                        Err(refusal) => self.refuse(refusal)?,
                    }
                }
                Err(ReadError::TooLong) => self.refuse("500 5.5.2 this line is too long")?,
                Err(error) => return Err(error),
            };
            if next == Next::End {
                return Ok(());
            }
        }
    }

    fn obey(&mut self, command: Command) -> Result<Next, ReadError> {
        match command {
            Command::Ehlo(name) => self.ehlo(name),
            Command::Helo(name) => self.helo(name),
            Command::StartTls => self.start_tls(),
            Command::Auth(mechanism, initial) => self.auth(&mechanism, initial),
            Command::Mail(sender, size) => self.mail(sender, size),
            Command::Rcpt(recipient) => self.rcpt(recipient),
            Command::Data => self.data(),
            Command::Rset => {
                self.envelope = None;
                self.answer("250 2.0.0 forgotten")
            }
            Command::Noop => self.answer("250 2.0.0 nothing done"),
            // Saying who is here would help those who guess addresses (RFC 5321 §7.3).
            Command::Vrfy => self.answer("252 2.0.0 cannot say; send a letter, and I will try"),
            Command::Help => self.answer(
                "214 2.0.0 EHLO HELO STARTTLS AUTH MAIL RCPT DATA RSET NOOP VRFY HELP QUIT",
            ),
            Command::Quit => {
                self.say(&format!("221 2.0.0 {} says goodbye", self.office.domain))?;
                Ok(Next::End)
            }
        }
    }
    // ANCHOR_END: session

    // ANCHOR: greeting
    /// The client says who it is, and we say what we can do besides RFC 5321's minimum, one extension a line.
    fn ehlo(&mut self, name: String) -> Result<Next, ReadError> {
        self.meet(name, true);
        let mut lines = vec![
            format!("{} is glad to meet you", self.office.domain),
            // Many commands may come at once; the replies keep their order (RFC 2920).
            "PIPELINING".to_owned(),
            // A letter may be this long (RFC 1870).
            format!("SIZE {}", self.office.limits.message),
            // Its bytes may have all eight bits (RFC 6152).
            "8BITMIME".to_owned(),
            // Replies have a second, finer code (RFC 2034).
            "ENHANCEDSTATUSCODES".to_owned(),
        ];
        if !self.connection.is_encrypted() {
            lines.push("STARTTLS".to_owned());
        }
        // Offered only where a password may pass: an honest client then never shows one to a listener.
        if self.role == Role::Submission && self.connection.may_sign_in() && self.user.is_none() {
            lines.push("AUTH PLAIN LOGIN".to_owned());
        }
        lines.push("HELP".to_owned());
        let last = lines.len() - 1;
        for (place, line) in lines.iter().enumerate() {
            // A hyphen behind the code: there is more (RFC 5321 §4.2.1).
            let mark = if place < last { '-' } else { ' ' };
            self.say(&format!("250{mark}{line}"))?;
        }
        Ok(Next::Command)
    }

    /// The same from a client that knows no extensions.
    fn helo(&mut self, name: String) -> Result<Next, ReadError> {
        self.meet(name, false);
        self.answer(&format!("250 {}", self.office.domain))
    }

    /// A second EHLO forgets a letter that has begun, as RSET does (RFC 5321 §4.1.4).
    fn meet(&mut self, name: String, is_extended: bool) {
        self.client = Some(name);
        self.is_extended = is_extended;
        self.envelope = None;
    }
    // ANCHOR_END: greeting

    // ANCHOR: starttls
    /// From here on in TLS (RFC 3207).
    fn start_tls(&mut self) -> Result<Next, ReadError> {
        if self.connection.is_encrypted() {
            return self.refuse("503 5.5.1 we are in TLS already");
        }
        // What stands behind STARTTLS came in the clear. Kept in the buffer, it would be obeyed as if it had come in TLS, and
        // somebody in the middle could have put it there (CVE-2011-0411).
        if self.connection.has_more() {
            self.say("503 5.5.0 nothing may come between STARTTLS and TLS")?;
            return Ok(Next::End);
        }
        self.say("220 2.0.0 begin TLS now")?;
        if let Err(error) = self.connection.start_tls(&self.office.tls) {
            self.connection.log().note(&error.to_string());
            return Ok(Next::End);
        }
        // All that was said in the clear may have been said by somebody else: forget it (RFC 3207 §4.2).
        self.client = None;
        self.is_extended = false;
        self.user = None;
        self.envelope = None;
        Ok(Next::Command)
    }
    // ANCHOR_END: starttls

    // ANCHOR: auth
    /// The client signs in (RFC 4954).
    fn auth(&mut self, mechanism: &str, initial: Option<String>) -> Result<Next, ReadError> {
        if self.role == Role::Relay {
            return self.refuse("502 5.5.1 users sign in at the submission port");
        }
        if !self.is_extended || self.user.is_some() || self.envelope.is_some() {
            return self.refuse("503 5.5.1 AUTH comes once, after EHLO and before MAIL");
        }
        if !self.connection.may_sign_in() {
            return self.refuse("538 5.7.11 no password in the clear: STARTTLS first");
        }
        let signed_in = match mechanism {
            "PLAIN" => self.auth_plain(initial)?,
            "LOGIN" => self.auth_login(initial)?,
            _ => return self.refuse("504 5.5.4 this mechanism is unknown: PLAIN or LOGIN"),
        };
        let (name, password) = match signed_in {
            Ok(both) => both,
            Err(refusal) => return self.refuse(refusal),
        };
        if let Some(user) = self.office.accounts.sign_in(&name, &password) {
            self.user = Some(user.to_owned());
            return self.answer("235 2.7.0 welcome");
        }
        self.failed_logins += 1;
        self.say("535 5.7.8 name or password is wrong")?;
        if self.failed_logins >= self.office.limits.failed_logins {
            self.say(&format!(
                "421 4.7.0 {} too many wrong passwords",
                self.office.domain
            ))?;
            return Ok(Next::End);
        }
        Ok(Next::Command)
    }

    /// Name and password in one response (RFC 4616): in the command itself, or behind an empty challenge.
    fn auth_plain(&mut self, initial: Option<String>) -> Result<SignIn, ReadError> {
        let response = match initial {
            Some(response) => response,
            None => match self.challenge("")? {
                Ok(response) => response,
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        Ok(from_sasl_plain(response.as_bytes()).ok_or(NOT_BASE64))
    }

    /// Name and password, each asked for. Older than the RFC, never standardised, and still all that some programs know.
    fn auth_login(&mut self, initial: Option<String>) -> Result<SignIn, ReadError> {
        let mut answers = Vec::from_iter(initial);
        while answers.len() < 2 {
            let question = ["Username:", "Password:"][answers.len()];
            match self.challenge(question)? {
                Ok(response) => answers.push(response),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        let text = |answer: &String| {
            let decoded = BASE64_STANDARD.decode(answer).ok()?;
            String::from_utf8(decoded).ok()
        };
        let both = text(&answers[0]).zip(text(&answers[1]));
        Ok(both.ok_or(NOT_BASE64))
    }

    /// Asks, in base64, and gives what the client responds, or the reply if it gives up.
    fn challenge(&mut self, question: &str) -> Result<Result<String, &'static str>, ReadError> {
        self.say(&format!("334 {}", BASE64_STANDARD.encode(question)))?;
        let response = match self.connection.read_line(AUTH_LINE) {
            Err(ReadError::TooLong) => return Ok(Err("500 5.5.6 this line is too long")),
            other => other?,
        };
        if response == b"*" {
            self.connection.log().command(b"*");
            return Ok(Err("501 5.7.0 cancelled"));
        }
        self.connection.log().command(b"***");
        Ok(String::from_utf8(response).map_err(|_| NOT_BASE64))
    }
    // ANCHOR_END: auth

    // ANCHOR: envelope
    /// Who sends the letter.
    fn mail(&mut self, sender: String, size: Option<u64>) -> Result<Next, ReadError> {
        if self.client.is_none() {
            return self.refuse("503 5.5.1 say EHLO first");
        }
        if self.envelope.is_some() {
            return self.refuse("503 5.5.1 one letter at a time: RSET forgets this one");
        }
        if self.role == Role::Submission {
            let Some(user) = &self.user else {
                return self.refuse("530 5.7.0 sign in first");
            };
            // Otherwise each user could write in each other's name (RFC 6409 §6.1).
            if self.office.accounts.owner(&sender) != Some(user) {
                return self.refuse("550 5.7.1 this is not your address");
            }
        }
        // Better refused now than after all of it has come.
        if size.is_some_and(|size| size > self.office.limits.message as u64) {
            return self.refuse(TOO_BIG);
        }
        self.envelope = Some(Envelope {
            sender,
            recipients: Vec::new(),
        });
        self.answer("250 2.1.0 and to whom?")
    }

    /// To whom it goes: once for each recipient. Only those with a mailbox here: who carries letters for anybody to anybody
    /// is an open relay, and will carry what nobody wants.
    fn rcpt(&mut self, recipient: String) -> Result<Next, ReadError> {
        let Some(envelope) = &mut self.envelope else {
            return self.refuse("503 5.5.1 MAIL comes first");
        };
        if envelope.recipients.len() >= self.office.limits.recipients {
            // No mistake: whoever has more sends the others in a second letter (RFC 5321 §4.5.3.1.10).
            return self.answer("452 4.5.3 too many recipients: the others in a second letter");
        }
        let domain = recipient.rsplit_once('@').map_or("", |(_, domain)| domain);
        match self.office.accounts.owner(&recipient) {
            Some(account) => {
                envelope.recipients.push((recipient, account.to_owned()));
                self.answer("250 2.1.5 has a mailbox here")
            }
            None if self.office.accounts.is_local(domain) => {
                self.refuse("550 5.1.1 nobody here has this name")
            }
            None => self.refuse("550 5.7.1 not one of ours, and we carry nothing further"),
        }
    }
    // ANCHOR_END: envelope

    // ANCHOR: data
    /// The letter itself, up to a line with a dot alone.
    fn data(&mut self) -> Result<Next, ReadError> {
        let Some(envelope) = self.envelope.take() else {
            return self.refuse("503 5.5.1 MAIL and RCPT come first");
        };
        if envelope.recipients.is_empty() {
            self.envelope = Some(envelope);
            return self.refuse("554 5.5.1 nobody to send it to: RCPT comes first");
        }
        self.say("354 send the letter; a line with a dot alone ends it")?;
        match self.read_letter()? {
            Ok(letter) => self.deliver(&envelope, &letter.bytes),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Reads a letter up to its very end, also one that is refused: what follows must be commands again.
    ///
    /// Its end is CR LF, dot, CR LF and nothing else. Some servers take a bare LF for a line's end, too, and see the end of a
    /// letter where others see text: who finds two that disagree puts a second letter, with any sender, into the
    /// first ("SMTP smuggling"). RFC 5321 §2.3.8 forbids bare CR and LF, so a letter that has one is refused.
    fn read_letter(&mut self) -> Result<Result<Incoming<'a>, &'static str>, ReadError> {
        let limits = &self.office.limits;
        let mut letter = Incoming::new(self.office);
        let mut refusal = None;
        let mut is_line_start = true;
        let start = self.connection.received();
        loop {
            // One octet more, for a dot that was put before a line's own: it does not count (RFC 5321 §4.5.3.1.6).
            match self.connection.read_line(limits.text_line + 1) {
                Ok(line) if is_line_start => match unstuffed(&line) {
                    None => {
                        self.connection.log().command(b".");
                        return Ok(refusal.map_or(Ok(letter), Err));
                    }
                    Some(line) if refusal.is_none() => refusal = letter.add_line(line).err(),
                    Some(_) => {}
                },
                // The rest of a line that a bare CR or LF stood in.
                Ok(_) => is_line_start = true,
                Err(ReadError::TooLong) => {
                    is_line_start = true;
                    refusal = refusal.or(Some(LONG_LINE));
                }
                Err(ReadError::BareLineEnd) => {
                    is_line_start = false;
                    refusal = refusal.or(Some(BARE_LINE_END));
                }
                Err(error) => return Err(error),
            }
            if refusal.is_some() {
                letter.forget();
            }
            // A letter that never ends: nobody reads that for ever.
            if self.connection.received() - start > 2 * limits.message as u64 {
                return Err(ReadError::NoLineEnd);
            }
        }
    }
    // ANCHOR_END: data

    // ANCHOR: deliver
    /// From here on the letter is ours. Nobody is told 250 before it is safe in each mailbox: after 250, the sender forgets it.
    fn deliver(&mut self, envelope: &Envelope, letter: &[u8]) -> Result<Next, ReadError> {
        let (fields, _) = header_fields(letter);
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let hops = names.iter().filter(|name| **name == "received").count();
        if hops > self.office.limits.hops {
            return self.refuse("554 5.4.6 this letter goes round in circles");
        }
        let id = self.office.store.new_id();
        let date = letter::date();
        let added = self.received(envelope, &id, &date) + &self.completed(&names, &id, &date);
        self.tell_way(envelope, letter.len(), &id, &added);
        let removed: &[&str] = match self.role {
            Role::Relay => &["return-path"],
            // Who gets a blind copy is in the envelope, and nobody else's business. Removing the field is the mail
            // program's duty (RFC 5322 §3.6.3, its first way); some forget it.
            Role::Submission => &["return-path", "bcc"],
        };
        let added = return_path(envelope) + &added;
        let letter = letter::stamped(letter, &added, removed);

        // Two addresses of one mailbox: one letter.
        let mut mailboxes: Vec<String> = Vec::new();
        for (_, account) in &envelope.recipients {
            if !mailboxes.contains(account) {
                mailboxes.push(account.clone());
            }
        }
        match self.office.store.deliver(&mailboxes, &letter) {
            Ok(stored) => {
                for stored in stored {
                    let text = format!("{}, {} bytes", stored.file, letter.len());
                    self.connection.log().hop("MDA -> store", &text, "");
                }
                self.answer(&format!("250 2.0.0 {id} is in the mailbox"))
            }
            Err(error) if error.kind() == ErrorKind::QuotaExceeded => {
                self.connection.log().note("a mailbox is full");
                self.answer("452 4.2.2 a mailbox is full, come back later")
            }
            Err(error) => {
                let text = format!("cannot store it: {error}");
                self.connection.log().note(&text);
                self.answer("451 4.3.0 cannot store it now, come back later")
            }
        }
    }

    /// Our stamp.
    fn received(&self, envelope: &Envelope, id: &str, date: &str) -> String {
        let arrival = Arrival {
            client: self.client.as_deref().unwrap_or_default(),
            peer: self.connection.peer(),
            domain: &self.office.domain,
            protocol: self.protocol(),
            id,
            recipient: match &envelope.recipients[..] {
                [(only, _)] => Some(only),
                _ => None,
            },
        };
        arrival.received(date)
    }

    /// What a mail program may leave out, and its MSA adds (RFC 6409 §8.2, §8.3).
    fn completed(&self, names: &[&str], id: &str, date: &str) -> String {
        let mut added = String::new();
        if self.role == Role::Submission && !names.contains(&"date") {
            added += &format!("Date: {date}\r\n");
        }
        if self.role == Role::Submission && !names.contains(&"message-id") {
            added += &format!("Message-ID: <{id}@{}>\r\n", self.office.domain);
        }
        added
    }

    /// Tells the hops up to the MDA. In a post office this small, one program plays all their roles.
    fn tell_way(&self, envelope: &Envelope, bytes: usize, id: &str, added: &str) {
        let log = self.connection.log();
        let sender = &envelope.sender;
        let to = envelope.recipients.iter().map(|(to, _)| format!("<{to}>"));
        let to: Vec<String> = to.collect();
        let carried = format!("<{sender}> to {}, {bytes} bytes", to.join(", "));
        match self.role {
            Role::Relay => log.hop("MTA -> MTA", &carried, added),
            Role::Submission => {
                log.hop("MUA -> MSA", &carried, added);
                let plural = if to.len() == 1 { "" } else { "s" };
                let text = format!("{id} for {} recipient{plural}", to.len());
                log.hop("MSA -> MTA", &text, "");
            }
        }
        for to in &to {
            let text = format!("{id} to {to}, who is here");
            log.hop("MTA -> MDA", &text, &return_path(envelope));
        }
    }
    // ANCHOR_END: deliver

    /// How the letter came, for its `Received` (RFC 3848).
    fn protocol(&self) -> &'static str {
        match (
            self.is_extended,
            self.connection.is_encrypted(),
            self.user.is_some(),
        ) {
            (true, true, true) => "ESMTPSA",
            (true, true, false) => "ESMTPS",
            (true, false, true) => "ESMTPA",
            (true, false, false) => "ESMTP",
            (false, _, _) => "SMTP",
        }
    }

    fn say(&mut self, reply: &str) -> Result<(), ReadError> {
        self.connection.reply(reply)
    }

    fn answer(&mut self, reply: &str) -> Result<Next, ReadError> {
        self.say(reply)?;
        Ok(Next::Command)
    }

    /// Refuses, and after too many mistakes also the whole client: who guesses addresses or commands is stopped.
    fn refuse(&mut self, reply: &str) -> Result<Next, ReadError> {
        self.say(reply)?;
        self.mistakes += 1;
        if self.mistakes < self.office.limits.mistakes {
            return Ok(Next::Command);
        }
        self.say(&format!(
            "421 4.7.0 {} too many mistakes",
            self.office.domain
        ))?;
        Ok(Next::End)
    }

    // ANCHOR: last_words
    /// What a client is told whose session cannot go on. It may be gone; then nobody hears it.
    fn last_words(&mut self, error: ReadError) -> Result<(), ReadError> {
        let domain = &self.office.domain;
        let words = match &error {
            ReadError::TimedOut => format!("421 4.4.2 {domain} has waited for too long"),
            ReadError::NoLineEnd | ReadError::TooLong => {
                "500 5.5.2 too long, and no end in sight: closing".to_owned()
            }
            // The next bytes may be commands, or text that somebody else wanted to pass for commands.
            ReadError::BareLineEnd => {
                "500 5.5.2 lines end in CR LF: no bare CR, no bare LF: closing".to_owned()
            }
            ReadError::Closed | ReadError::Io(_) => return Err(error),
        };
        self.say(&words)?;
        Err(error)
    }
    // ANCHOR_END: last_words
}

/// A name and a password, or the reply that refuses.
type SignIn = Result<(String, String), &'static str>;

const NOT_BASE64: &str = "501 5.5.2 this is not what the mechanism sends, in base64";
const BARE_LINE_END: &str = "554 5.6.0 lines end in CR LF: no bare CR, no bare LF";
pub(crate) const LONG_LINE: &str = "500 5.6.0 a line of this letter is too long";
pub(crate) const TOO_BIG: &str = "552 5.3.4 this letter is too big";

/// Where the letter leaves the world of SMTP, its envelope is thrown away: this field keeps the sender (RFC 5321 §4.4).
fn return_path(envelope: &Envelope) -> String {
    format!("Return-Path: <{}>\r\n", envelope.sender)
}

// ANCHOR: unstuffed
/// A line of a letter as it was before its sender put a dot before each that begins with one (RFC 5321 §4.5.2). `None`: the
/// dot alone that ends the letter.
pub fn unstuffed(line: &[u8]) -> Option<&[u8]> {
    match line {
        b"." => None,
        [b'.', rest @ ..] => Some(rest),
        line => Some(line),
    }
}
// ANCHOR_END: unstuffed
