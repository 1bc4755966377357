//! # Exercise: what one says, all others hear (15 minutes)
//!
//! A chat room. One who does not read must not hold up the others, so whoever speaks does not write to them: for each
//! one in the room there is a queue in which lines wait, and a thread that takes them out and writes them.
//!
//! - `enter` lets one in: from now on, what others say is written to `output`, each line with an LF behind it, in order. A
//!   write may wait for as long as its peer likes, but `enter` returns at once.
//! - `tell_others` passes a line on to all but the speaker. It never waits for anybody, and holds nobody up.
//! - `QUEUE` lines may wait for one peer, and no more. Whoever has no room left for a line does not keep up, and is out of
//!   the room; the others are not touched by that.
//! - When a write fails, nothing more is written to that peer. It is out of the room with the next line at the latest.
//! - Whoever is out, by `leave` too, has its `output` dropped when no write to it is in progress: that closes the
//!   connection. What waited in the queue may be written first.
//!
//! You will want: `mpsc::sync_channel`, `SyncSender::try_send`, `HashMap::retain`.
//! Change the bodies of `enter` and `tell_others`. The fields of `Room` may change, too, with `leave` and `count`; the
//! signatures stay.

use std::{
    collections::HashMap,
    io::Write,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, SyncSender},
    },
    thread,
};

/// How many lines wait for one peer at most.
pub const QUEUE: usize = 16;

/// Who is here, by number, and where lines for them wait.
#[derive(Default)]
pub struct Room {
    queues: Mutex<HashMap<u64, SyncSender<Arc<str>>>>,
}

impl Room {
    /// Lets one in. A number is never used a second time.
    pub fn enter(&self, number: u64, output: impl Write + Send + 'static) {
        todo!(
            "make a queue, start a thread that writes what comes out of it, and keep the other end"
        )
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        todo!("put the line into each queue but one, and let those go that can't take it")
    }

    /// One leaves: nothing more can be put into its queue, and when that is empty, its end is reached.
    pub fn leave(&self, number: u64) {
        self.lock().remove(&number);
    }

    /// How many are in the room.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// If a thread panicked that had the lock, the queues are still good.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, SyncSender<Arc<str>>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../checks/robust/broadcast.rs"]
mod check;
