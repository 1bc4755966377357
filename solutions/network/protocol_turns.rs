//! # Judge a conversation: one way to do it
//!
//! Every line that is allowed is one arm of a `match`; all others fall into the last one. So what you
//! did not think of is refused, not accepted. Between two lines it remembers a stage and two numbers:
//! that is a *state machine*, and most protocols can be written as one.
//!
//! It is tempting to list what is forbidden instead, one `if` a rule. Then each case that you forget
//! is accepted: a second `READY`, a reply to a question that was never asked. It is tempting, too, to
//! wait for a reply after each question. But a client may ask ahead, so "how many are owed" is a
//! number and not a yes or no.

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

/// How far a conversation has come.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    NotBegun,
    Open,
    ClientDone,
    Over,
}

/// Judges what both sides said, from the first line on, by the rules of the ask protocol.
pub fn judge(transcript: &[(Side, Message)]) -> Verdict {
    let mut stage = Stage::NotBegun;
    let (mut asked, mut replied) = (0, 0);

    for (index, &line) in transcript.iter().enumerate() {
        stage = match (stage, line) {
            (Stage::NotBegun, (Side::Server, Message::Ready)) => Stage::Open,
            (Stage::Open, (Side::Client, Message::Ask(number))) if number == asked + 1 => {
                asked = number;
                Stage::Open
            }
            // Replies that are owed come before the client's `BYE` or after it.
            (Stage::Open | Stage::ClientDone, (Side::Server, Message::Reply(number)))
                if replied < asked && number == replied + 1 =>
            {
                replied = number;
                stage
            }
            (Stage::Open, (Side::Client, Message::Bye)) => Stage::ClientDone,
            (Stage::ClientDone, (Side::Server, Message::Bye)) if replied == asked => Stage::Over,
            _ => return Verdict::Broken { line: index + 1 },
        };
    }

    if stage == Stage::Over {
        Verdict::Complete
    } else {
        Verdict::Unfinished
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/network/protocol_turns.rs"]
mod check;
