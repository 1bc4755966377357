//! # Wrong: each old acknowledgement starts the wait anew
//!
//! `wait` is given to each `receive`; a chatty network then puts off the sending for ever.
//!
//! The check says: an old acknowledgement does not prolong it

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
        wait *= 2;
    }
    false
}

fn acknowledged(link: &mut impl Link, number: u8, wait: Duration) -> bool {
    let deadline = link.now() + wait;
    loop {
        let left = deadline.saturating_sub(link.now());
        match link.receive(wait) {
            Some(answer) if answer == number => return true,
            Some(_) => {}
            None => return false,
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/stop_and_wait.rs"]
mod check;
