//! # Wrong: questions are counted in 8 bits
//!
//! The 256th ends the program.
//!
//! The check says: count them in more bits

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
    let (mut asked, mut replied) = (0u8, 0u8);
    for (index, &line) in transcript.iter().enumerate() {
        stage = match (stage, line) {
            (NotBegun, (Server, Ready)) => Open,
            (Open, (Client, Ask(number))) if number == u32::from(asked) + 1 => {
                asked += 1;
                Open
            }
            (Open | ClientDone, (Server, Reply(number)))
                if replied < asked && number == u32::from(replied) + 1 =>
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
