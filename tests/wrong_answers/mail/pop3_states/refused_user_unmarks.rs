//! # Wrong: USER in TRANSACTION is refused, and begins the session anew all the same
//!
//! A refused command changes nothing.
//!
//! The check says: A command that is refused changes nothing

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    User(String),
    Pass(String),
    Stat,
    List(Option<usize>),
    Retr(usize),
    Dele(usize),
    Rset,
    Noop,
    Quit,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Ok,
    Err,
    Stat { count: usize, bytes: usize },
    List(Vec<(usize, usize)>),
    Message(Vec<u8>),
}

pub fn may_sign_in(user: &str, password: &str) -> bool {
    (user, password) == ("ada", "lovelace")
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Authorization(Option<String>),
    Transaction,
    Update,
    Over,
}

#[derive(Debug)]
pub struct Session {
    state: State,
    messages: Vec<(Vec<u8>, bool)>,
}

impl Session {
    pub fn begin(messages: Vec<Vec<u8>>) -> Session {
        Session {
            state: State::Authorization(None),
            messages: messages
                .into_iter()
                .map(|message| (message, false))
                .collect(),
        }
    }

    pub fn command(&mut self, command: Command) -> Reply {
        match &mut self.state {
            State::Authorization(name) => {
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
            Command::User(_) | Command::Pass(_) => {
                for (_, is_marked) in &mut self.messages {
                    *is_marked = false;
                }
                Reply::Err
            }
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

    fn message(&mut self, number: usize) -> Option<&mut (Vec<u8>, bool)> {
        let at = number.checked_sub(1)?;
        self.messages
            .get_mut(at)
            .filter(|(_, is_marked)| !is_marked)
    }

    fn listed(&self) -> Vec<(usize, usize)> {
        (1..)
            .zip(&self.messages)
            .filter(|(_, (_, is_marked))| !is_marked)
            .map(|(number, (message, _))| (number, message.len()))
            .collect()
    }

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
#[path = "../../../../exercises/checks/mail/pop3_states.rs"]
mod check;
