//! # Deliver once, acknowledge each time: one way to do it
//!
//! One number is memory enough: the sender does not go on before it is acknowledged, so what arrives is the next
//! message, the one delivered last, or older than both. A set of all numbers seen would be wrong after 256 messages,
//! when each number comes again with a new message.
//!
//! "I had that one already" and "I need not answer" are two things. Whoever stays silent at a copy lets the sender
//! send until it gives up. Nowhere is that as tempting as behind the last message: everything is there, so the
//! program ends, its last acknowledgement gets lost, and the sender reports a failure that was none. How long, then,
//! must a receiver stay? No number of acknowledgements settles it, because the last of them can always get lost.
//! TCP waits a fixed while after the last one: that is TIME-WAIT (RFC 9293 §3.6.1).
//!
//! `Option` tells "nothing yet" from "0 was delivered". With a bare `next: u8`, a stray 255 would look like the message
//! before the first, and be acknowledged although nobody ever had it.

/// What a receiver does with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Gives the message to the program, and acknowledges its number.
    DeliverAndAcknowledge,
    /// Acknowledges its number, and does nothing else.
    Acknowledge,
    /// Does nothing.
    Ignore,
}

/// What a receiver knows of one transfer. It begins as `Receiver::default()`.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    /// The number of the message that was delivered last, if there was one.
    delivered: Option<u8>,
    /// Whether that was the last message of the transfer.
    complete: bool,
}

/// What to do with a message of this number, marked as the last one or not.
pub fn react(receiver: &mut Receiver, number: u8, last: bool) -> Reaction {
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
    Reaction::DeliverAndAcknowledge
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/duplicate_filter.rs"]
mod check;
