//! # Exercise: judge a conversation (15 minutes)
//!
//! The ask protocol, whole:
//!
//! 1. The server speaks first: `READY`, once.
//! 2. Then the client asks: `ASK 1`, `ASK 2`, `ASK 3` … It may ask again before a reply has come.
//! 3. The server replies `REPLY n`: to each question exactly once, in the order in which they were asked.
//! 4. The client ends with `BYE`, whether it has asked or not. After that it says nothing more.
//! 5. After the client's `BYE`, the server sends the replies that it still owes, then its own `BYE`.
//!    After that nobody says anything.
//!
//! `judge` gets what both sides said, in the order in which it was said, and returns a verdict:
//!
//! - `Complete`: every rule was kept, up to the server's `BYE`.
//! - `Unfinished`: no rule is broken so far, but the server's `BYE` is still to come.
//! - `Broken { line }`: a rule is broken. `line` is the first line that does it; lines count from 1.
//!
//! The lines come from a network, so they may be anything: a client that says `READY`, `ASK 0`,
//! `REPLY 4294967295`, no line at all. None of it makes `judge` panic.
//!
//! You will want: `match` on a tuple with an `if` guard, `Iterator::enumerate`, and a few variables
//! that remember what has been said. Change the body of `judge`; leave its signature and the types.

/// One of the two that talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one that replies.
    Server,
    /// The one that asks.
    Client,
}

/// What a line says. The text of a question or a reply does not matter here, so it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// `READY`: you may ask.
    Ready,
    /// `ASK n`: question number n.
    Ask(u32),
    /// `REPLY n`: the reply to question number n.
    Reply(u32),
    /// `BYE`: I have said all.
    Bye,
}

/// How a conversation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every rule was kept, and the server has said `BYE`.
    Complete,
    /// No rule is broken, and the server has not said `BYE` yet.
    Unfinished,
    /// This line, counted from 1, is the first that breaks a rule.
    Broken {
        /// Its number.
        line: usize,
    },
}

/// Judges what both sides said, from the first line on, by the rules of the ask protocol.
pub fn judge(transcript: &[(Side, Message)]) -> Verdict {
    todo!("go through the lines, and remember what the rules need to know")
}

#[cfg(test)]
#[path = "../checks/network/protocol_turns.rs"]
mod check;
