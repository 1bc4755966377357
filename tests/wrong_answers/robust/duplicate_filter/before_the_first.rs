//! # Wrong: the message before the first is a copy
//!
//! With `next` alone for a memory, 255 comes before 0 also at the beginning.
//!
//! The check says: nothing was delivered before it

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
}

pub fn react(receiver: &mut Receiver, number: u8, last: bool) -> Reaction {
    if receiver.delivered.unwrap_or(255) == number {
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
