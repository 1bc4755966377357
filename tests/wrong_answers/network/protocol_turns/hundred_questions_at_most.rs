//! # Wrong: a hundred questions are enough
//!
//! No rule says so.
//!
//! The check says: no rule says how many questions there may be

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
    let (mut asked, mut replied) = (0, 0);
    for (index, &line) in transcript.iter().enumerate() {
        stage = match (stage, line) {
            (NotBegun, (Server, Ready)) => Open,
            (Open, (Client, Ask(number))) if number == asked + 1 && asked < 100 => {
                asked = number;
                Open
            }
            (Open | ClientDone, (Server, Reply(number)))
                if replied < asked && number == replied + 1 =>
            {
                replied = number;
                stage
            }
            (Open, (Client, Bye)) => ClientDone,
            (ClientDone, (Server, Bye)) if replied == asked => Over,
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
