//! # Stop and wait: one way to do it
//!
//! Three functions for three ideas: all messages, one message, one wait. The sender never knows whether the message
//! got lost or its acknowledgement; it does the same for both, and so the receiver must know a copy when it sees one.
//!
//! An old acknowledgement changes nothing. It is tempting to send again when one comes, since it is not the right one.
//! Then one doubled acknowledgement makes a second copy of the message, whose acknowledgement makes a copy of the
//! next, and so on to the end: everything is sent twice. TFTP had this fault, the *Sorcerer's Apprentice* (RFC 1123
//! §4.2.3.1). It is tempting, too, to give `wait` to each `receive`: then old ones put the end off for ever.
//!
//! Numbers are compared by `==`, because `>=` goes wrong where 0 follows 255. A byte for the number is enough as
//! long as nothing is so late that 256 messages overtake it. TCP has four, and a rule for what may be that late.

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
    let mut number = 0_u8;
    for (place, message) in messages.iter().enumerate() {
        if !deliver(link, number, message) {
            return Err(place);
        }
        number = number.wrapping_add(1);
    }
    Ok(())
}

/// Sends one message until it is acknowledged, and says whether it was.
fn deliver(link: &mut impl Link, number: u8, message: &[u8]) -> bool {
    let mut wait = FIRST_WAIT;
    for _ in 0..MOST_SENDS {
        link.send(number, message);
        if acknowledged(link, number, wait) {
            return true;
        }
        wait *= 2;
    }
    false
}

/// Waits for the acknowledgement of this number, and says whether it came.
fn acknowledged(link: &mut impl Link, number: u8, wait: Duration) -> bool {
    let deadline = link.now() + wait;
    loop {
        let left = deadline.saturating_sub(link.now());
        match link.receive(left) {
            Some(answer) if answer == number => return true,
            // An old one. We still wait for ours, as long as there is time.
            Some(_) => {}
            None => return false,
        }
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/stop_and_wait.rs"]
mod check;
