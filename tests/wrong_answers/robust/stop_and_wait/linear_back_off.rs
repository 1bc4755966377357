//! # Wrong: each wait is a little longer, not twice as long
//!
//! An overloaded network gets no rest.
//!
//! The check says: each wait is twice as long

use std::time::Duration;

pub const FIRST_WAIT: Duration = Duration::from_millis(100);

pub const MOST_SENDS: u32 = 6;

pub trait Link {
    fn send(&mut self, number: u8, message: &[u8]);

    fn receive(&mut self, limit: Duration) -> Option<u8>;

    fn now(&self) -> Duration;
}

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

fn deliver(link: &mut impl Link, number: u8, message: &[u8]) -> bool {
    let mut wait = FIRST_WAIT;
    for _ in 0..MOST_SENDS {
        link.send(number, message);
        if acknowledged(link, number, wait) {
            return true;
        }
        wait += FIRST_WAIT;
    }
    false
}

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
#[path = "../../../../exercises/checks/robust/stop_and_wait.rs"]
mod check;
