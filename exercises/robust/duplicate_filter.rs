//! # Exercise: deliver once, acknowledge each time (10 minutes)
//!
//! The other side of `stop_and_wait`: a sender sends message 0 until it is acknowledged, then message 1, and so on;
//! after 255 comes 0. The last message is marked as the last. The network loses datagrams, doubles them, and lets them
//! be overtaken. Say what to do with each one that arrives.
//!
//! - The message that is next is delivered and acknowledged. The first one of all is 0.
//! - The message that was delivered last, when it comes again, is acknowledged again, each time, and not delivered:
//!   either your acknowledgement got lost, and the sender waits for another one, or the network made a copy.
//! - That holds for the last message, too. You know that the transfer is complete; the sender does not, until it
//!   hears so. Nothing comes behind the last message: what would be next is ignored then.
//! - Any other number is ignored, and changes nothing, marked or not. It is a copy that was overtaken, or nothing of
//!   this transfer.
//!
//! You will want: `u8::wrapping_add`, `Option::map_or`.
//! Change the body of `react`, and the fields of `Receiver` if you like (the check looks at none of them); leave the
//! rest.

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
    todo!("is it the next one, the one delivered last, or neither?")
}

#[cfg(test)]
#[path = "../checks/robust/duplicate_filter.rs"]
mod check;
