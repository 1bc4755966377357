//! # Wrong: a set of all numbers seen
//!
//! It grows to 256 numbers, and then everything is a copy.
//!
//! The check says: after 255 comes 0, a new message with an old number

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
    seen: std::collections::HashSet<u8>,
}

pub fn react(receiver: &mut Receiver, number: u8, last: bool) -> Reaction {
    if receiver.seen.contains(&number) && receiver.delivered != Some(number) {
        return Reaction::Ignore;
    }
    if receiver.delivered == Some(number) {
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
    receiver.seen.insert(number);
    Reaction::DeliverAndAcknowledge
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/duplicate_filter.rs"]
mod check;
