//! # Exercise: the three states of POP3 (15 minutes)
//!
//! A POP3 session begins in AUTHORIZATION, goes on in TRANSACTION, and only if all goes well enters
//! UPDATE, where messages are deleted (RFC 1939 §3–6). Write what the server does. The code around you
//! has taken the commands apart; when the connection has ended, in whatever way, it calls `end` and
//! keeps in the mailbox what that gives.
//!
//! - AUTHORIZATION: `User` is answered `Ok`, whatever the name. `Pass` comes right behind a `User`, and
//!   `may_sign_in` decides: `Ok`, and TRANSACTION begins; or `Err`. After any other command in between,
//!   and after a refused `Pass`, `User` is needed again. A second `User` replaces the first. `Quit` is
//!   `Ok` and ends the session. All else is `Err`.
//! - TRANSACTION: there a message may be *marked as deleted*. `User` and `Pass` are `Err`.
//!
//! | command | answer |
//! |---|---|
//! | `Stat` | `Stat`: number and bytes of the messages that are not marked |
//! | `List(None)` | `List` of the messages that are not marked, in their order |
//! | `List(Some(n))` | `List` with message n alone |
//! | `Retr(n)` | `Message` n |
//! | `Dele(n)` | `Ok`; message n is marked |
//! | `Rset` | `Ok`; no message is marked any more |
//! | `Noop` | `Ok` |
//! | `Quit` | `Ok`; the session is over, and the marked messages are deleted |
//!
//! - A message's number stays the same for the whole session, whatever is marked. Where n is no
//!   message, or one that is marked, the answer is `Err`.
//! - After `Quit` every command is `Err` and changes nothing.
//! - A connection that ends without `Quit` deletes nothing. The client may not have got what it thinks
//!   that it has.
//!
//! You will want: `usize::checked_sub`, `Iterator::enumerate`, `Option::take`.
//! Give `Session` the fields that you need, and change the bodies; leave the rest.

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

/// One client's session with one mailbox.
#[derive(Debug)]
pub struct Session {
    // What must be known, besides the messages?
    messages: Vec<Vec<u8>>,
}

impl Session {
    /// Begins a session: `messages` is what is in the mailbox. The greeting has been sent.
    pub fn begin(messages: Vec<Vec<u8>>) -> Session {
        todo!("in the state AUTHORIZATION")
    }

    /// Does what the client's next command says.
    pub fn command(&mut self, command: Command) -> Reply {
        todo!("the state says which commands there are")
    }

    /// The connection has ended, after QUIT or in the middle. Gives what stays in the mailbox.
    pub fn end(self) -> Vec<Vec<u8>> {
        todo!("was this state reached by QUIT?")
    }
}

#[cfg(test)]
#[path = "../checks/mail/pop3_states.rs"]
mod check;
