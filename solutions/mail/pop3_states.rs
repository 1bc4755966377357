//! # The three states of POP3: one way to do it
//!
//! DELE changes a mark and nothing else, so RSET and a broken connection have nothing to repair. The
//! one place that removes messages is `end`, and it does so in one state, which only QUIT leads to.
//!
//! It is tempting to remove a message at its DELE: the number of each later one then moves, and the
//! client that says `DELE 1`, `DELE 2` deletes the first and the third. Whoever waits until the
//! connection is closed, but not for QUIT, deletes letters that broke off on their way.

/// What a client says, taken apart. Messages have the numbers 1, 2, 3 …
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    User(String),
    Pass(String),
    Stat,
    /// Of all messages, or of one.
    List(Option<usize>),
    Retr(usize),
    Dele(usize),
    Rset,
    Noop,
    Quit,
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// `+OK`, and no more to say.
    Ok,
    /// `-ERR`.
    Err,
    /// STAT: how many messages, and how many bytes together.
    Stat { count: usize, bytes: usize },
    /// LIST: the number and the bytes of each message, or of the one that was asked for.
    List(Vec<(usize, usize)>),
    /// RETR: the message.
    Message(Vec<u8>),
}

/// Whether this is the password of that user.
pub fn may_sign_in(user: &str, password: &str) -> bool {
    (user, password) == ("ada", "lovelace")
}

/// Where a session is.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// AUTHORIZATION, with the name in the USER right before.
    Authorization(Option<String>),
    Transaction,
    /// UPDATE: QUIT was said in TRANSACTION.
    Update,
    /// QUIT was said before anybody had signed in.
    Over,
}

/// One client's session with one mailbox.
#[derive(Debug)]
pub struct Session {
    state: State,
    /// Each message, and whether it is marked as deleted.
    messages: Vec<(Vec<u8>, bool)>,
}

impl Session {
    /// Begins a session: `messages` is what is in the mailbox. The greeting has been sent.
    pub fn begin(messages: Vec<Vec<u8>>) -> Session {
        Session {
            state: State::Authorization(None),
            messages: messages
                .into_iter()
                .map(|message| (message, false))
                .collect(),
        }
    }

    /// Does what the client's next command says.
    pub fn command(&mut self, command: Command) -> Reply {
        match &mut self.state {
            State::Authorization(name) => {
                // Whatever comes now, the name is forgotten: PASS is right behind USER or not at all.
                let name = name.take();
                match (command, name) {
                    (Command::User(name), _) => {
                        self.state = State::Authorization(Some(name));
                        Reply::Ok
                    }
                    (Command::Pass(password), Some(name)) if may_sign_in(&name, &password) => {
                        self.state = State::Transaction;
                        Reply::Ok
                    }
                    (Command::Quit, _) => {
                        self.state = State::Over;
                        Reply::Ok
                    }
                    _ => Reply::Err,
                }
            }
            State::Transaction => self.transaction(command),
            State::Update | State::Over => Reply::Err,
        }
    }

    fn transaction(&mut self, command: Command) -> Reply {
        match command {
            Command::User(_) | Command::Pass(_) => Reply::Err,
            Command::Stat => {
                let listed = self.listed();
                Reply::Stat {
                    count: listed.len(),
                    bytes: listed.iter().map(|(_, bytes)| bytes).sum(),
                }
            }
            Command::List(None) => Reply::List(self.listed()),
            Command::List(Some(number)) => match self.message(number) {
                Some((message, _)) => Reply::List(vec![(number, message.len())]),
                None => Reply::Err,
            },
            Command::Retr(number) => match self.message(number) {
                Some((message, _)) => Reply::Message(message.clone()),
                None => Reply::Err,
            },
            Command::Dele(number) => match self.message(number) {
                Some((_, is_marked)) => {
                    *is_marked = true;
                    Reply::Ok
                }
                None => Reply::Err,
            },
            Command::Rset => {
                for (_, is_marked) in &mut self.messages {
                    *is_marked = false;
                }
                Reply::Ok
            }
            Command::Noop => Reply::Ok,
            Command::Quit => {
                self.state = State::Update;
                Reply::Ok
            }
        }
    }

    /// The message with this number, if there is one and it is not marked.
    fn message(&mut self, number: usize) -> Option<&mut (Vec<u8>, bool)> {
        let at = number.checked_sub(1)?;
        self.messages
            .get_mut(at)
            .filter(|(_, is_marked)| !is_marked)
    }

    /// The number and the bytes of each message that is not marked.
    fn listed(&self) -> Vec<(usize, usize)> {
        (1..)
            .zip(&self.messages)
            .filter(|(_, (_, is_marked))| !is_marked)
            .map(|(number, (message, _))| (number, message.len()))
            .collect()
    }

    /// The connection has ended, after QUIT or in the middle. Gives what stays in the mailbox.
    pub fn end(self) -> Vec<Vec<u8>> {
        let deletes = self.state == State::Update;
        self.messages
            .into_iter()
            .filter(|(_, is_marked)| !(deletes && *is_marked))
            .map(|(message, _)| message)
            .collect()
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/pop3_states.rs"]
mod check;
