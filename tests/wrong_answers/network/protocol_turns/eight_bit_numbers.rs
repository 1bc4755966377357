//! # Wrong: only the lowest 8 bits of a number are compared
//!
//! So `ASK 257` counts as `ASK 1`.
//!
//! The check says: do you compare all bits of the number

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
            (Open, (Client, Ask(number))) if number as u8 == (asked + 1) as u8 => {
                asked += 1;
                Open
            }
            (Open | ClientDone, (Server, Reply(number)))
                if replied < asked && number as u8 == (replied + 1) as u8 =>
            {
                replied += 1;
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
