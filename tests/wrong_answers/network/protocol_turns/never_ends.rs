//! # Wrong: it waits for the server's `BYE`
//!
//! The loop ends when the conversation is over, and not when the lines are.
//!
//! The check says: does not return

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
    let mut lines = transcript.iter().cycle();
    if transcript.is_empty() {
        return Verdict::Unfinished;
    }
    loop {
        if let Some((Side::Server, Message::Bye)) = lines.next() {
            return Verdict::Complete;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/protocol_turns.rs"]
mod check;
