//! # Wrong: the numbers begin anew after 127
//!
//! A byte with a sign would; `u8` has none.
//!
//! The check says: after 127 comes 128

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
    let next = receiver
        .delivered
        .map_or(0, |delivered| (delivered + 1) % 128);
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
