//! # Exercise: stop and wait (15 minutes)
//!
//! Write the sender that gets every message through a network that loses some: send one, wait for its
//! acknowledgement, and only then go on to the next. `Link` is the network; its time is not your clock's.
//!
//! - The first message has the number 0, each further one the number after it. After 255 comes 0.
//! - The acknowledgement with the number of the message ends the waiting, whichever sending of it is answered. Send
//!   the next message at once.
//! - An acknowledgement with any other number is an old one, late or doubled. It changes nothing: the waiting neither
//!   ends nor begins anew.
//! - If the acknowledgement has not come in time, send the same message again, under the same number, at once. The
//!   wait is `FIRST_WAIT` after the first sending of each message, and twice as long after each further one of it:
//!   whoever sends faster into a network that is overloaded makes it worse (RFC 8085 §3.1.1).
//! - A message is sent `MOST_SENDS` times at most. If the wait after the last of them is over, too, give up: return
//!   `Err` with the message's place in `messages`, and send nothing more.
//! - `Ok` means that every message was acknowledged, the last one as well.
//!
//! You will want: `u8::wrapping_add`, `Duration::saturating_sub`, and one deadline for each sending.
//! Change the body of `send_all`; leave its signature, `Link` and the constants.

use std::time::Duration;

/// How long to wait for the acknowledgement when a message was sent for the first time.
pub const FIRST_WAIT: Duration = Duration::from_millis(100);

/// How often one message is sent at most.
pub const MOST_SENDS: u32 = 6;

/// The way to the receiver and back. It loses, it doubles, it is late.
pub trait Link {
    /// Sends a datagram with this number and this message. It may never arrive.
    fn send(&mut self, number: u8, message: &[u8]);

    /// Waits for an acknowledgement, and gives its number; `None` when `limit` is over and none has come.
    fn receive(&mut self, limit: Duration) -> Option<u8>;

    /// The time since the link was there. It passes only while you wait in `receive`.
    fn now(&self) -> Duration;
}

/// Sends all messages in order, each one until it is acknowledged.
///
/// # Errors
///
/// The place in `messages` of the one that was sent `MOST_SENDS` times in vain.
pub fn send_all(link: &mut impl Link, messages: &[&[u8]]) -> Result<(), usize> {
    todo!("for each message: send, wait for its acknowledgement, send again when the time is up")
}

#[cfg(test)]
#[path = "../checks/robust/stop_and_wait.rs"]
mod check;
