//! # Wrong: the last message is acknowledged once more, then no more
//!
//! The second acknowledgement gets lost as well as the first.
//!
//! The check says: You have everything, but the sender does not know it

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    DeliverAndAcknowledge,
    Acknowledge,
    Ignore,
}

#[derive(Debug, Clone, Default)]
pub struct Receiver {
    delivered: Option<u8>,
    complete: bool,
    finished: bool,
}

pub fn react(receiver: &mut Receiver, number: u8, last: bool) -> Reaction {
    if receiver.delivered == Some(number) {
        if receiver.finished {
            return Reaction::Ignore;
        }
        receiver.finished = receiver.complete;
        return Reaction::Acknowledge;
    }
    let next = receiver
        .delivered
        .map_or(0, |delivered| delivered.wrapping_add(1));
    if receiver.complete || number != next {
        return Reaction::Ignore;
    }
    receiver.delivered = Some(number);
    receiver.complete = last;
    Reaction::DeliverAndAcknowledge
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/duplicate_filter.rs"]
mod check;
