//! # Wrong: what it did not think of is let through
//!
//! A `match` with the forbidden lines, and `_ => {}` for the rest: a second `READY` is in the rest.
//!
//! The check says: the server has said READY already

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Server,
    Client,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    Ready,
    Ask(u32),
    Reply(u32),
    Bye,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Complete,
    Unfinished,
    Broken { line: usize },
}

pub fn judge(transcript: &[(Side, Message)]) -> Verdict {
    let mut asked = 0;
    let mut replied = 0;
    let mut bye = false;
    if transcript.is_empty() {
        return Verdict::Unfinished;
    }
    if transcript.first() != Some(&(Side::Server, Message::Ready)) {
        return Verdict::Broken { line: 1 };
    }
    for (i, l) in transcript.iter().enumerate() {
        match l {
            (Side::Client, Message::Ask(n)) => {
                if *n != asked + 1 || bye {
                    return Verdict::Broken { line: i + 1 };
                }
                asked += 1;
            }
            (Side::Server, Message::Reply(n)) => {
                if *n != replied + 1 || *n > asked {
                    return Verdict::Broken { line: i + 1 };
                }
                replied += 1;
            }
            (Side::Client, Message::Bye) => bye = true,
            (Side::Server, Message::Bye) => {
                if bye && asked == replied {
                    return Verdict::Complete;
                }
                return Verdict::Broken { line: i + 1 };
            }
            _ => {}
        }
    }
    Verdict::Unfinished
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/protocol_turns.rs"]
mod check;
