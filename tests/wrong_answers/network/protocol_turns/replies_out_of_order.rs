//! # Wrong: replies are accepted in any order
//!
//! It remembers which questions wait for a reply, not which of them waits longest.
//!
//! The check says: replies come in the order of the

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

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    NotBegun,
    Open,
    ClientDone,
    Over,
}

pub fn judge(transcript: &[(Side, Message)]) -> Verdict {
    use {Message::*, Side::*, Stage::*};
    let mut stage = NotBegun;
    let mut asked = 0;
    let mut owed = Vec::new();
    for (index, &line) in transcript.iter().enumerate() {
        stage = match (stage, line) {
            (NotBegun, (Server, Ready)) => Open,
            (Open, (Client, Ask(number))) if number == asked + 1 => {
                asked = number;
                owed.push(number);
                Open
            }
            (Open | ClientDone, (Server, Reply(number))) if owed.contains(&number) => {
                owed.retain(|&other| other != number);
                stage
            }
            (Open, (Client, Bye)) => ClientDone,
            (ClientDone, (Server, Bye)) if owed.is_empty() => Over,
            _ => return Verdict::Broken { line: index + 1 },
        };
    }
    if stage == Over {
        Verdict::Complete
    } else {
        Verdict::Unfinished
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/protocol_turns.rs"]
mod check;
