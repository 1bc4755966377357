//! # Wrong: `delivered + 1`
//!
//! The number is a byte, and 255 has no successor.
//!
//! The check says: after 255 there must be a next one

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
    if receiver.delivered == Some(number) {
        return Reaction::Acknowledge;
    }
    let next = receiver.delivered.map_or(0, |delivered| delivered + 1);
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
