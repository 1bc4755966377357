//! # Wrong: the replies that are owed are counted in 8 bits with a sign
//!
//! With 128 questions ahead, it is too small.
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
    let (mut asked, mut replied, mut owed) = (0, 0, 0i8);
    for (index, &line) in transcript.iter().enumerate() {
        stage = match (stage, line) {
            (NotBegun, (Server, Ready)) => Open,
            (Open, (Client, Ask(number))) if number == asked + 1 => {
                asked = number;
                owed += 1;
                Open
            }
            (Open | ClientDone, (Server, Reply(number))) if owed > 0 && number == replied + 1 => {
                replied = number;
                owed -= 1;
                stage
            }
            (Open, (Client, Bye)) => ClientDone,
            (ClientDone, (Server, Bye)) if owed == 0 => Over,
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
