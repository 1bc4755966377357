//! # Wrong: the speaker writes to all others, and holds the lock meanwhile
//!
//! It is short and it works, until one does not read. Then whoever speaks, enters or leaves waits for it.
//!
//! The check says: has not returned after 2s

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
    outputs: Mutex<HashMap<u64, Box<dyn Write + Send>>>,
}

impl Room {
    /// Lets one in. A number is never used a second time.
    pub fn enter(&self, number: u64, output: impl Write + Send + 'static) {
        self.lock().insert(number, Box::new(output));
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        self.lock().retain(|number, output| {
            *number == speaker || output.write_all(format!("{line}\n").as_bytes()).is_ok()
        });
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
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Box<dyn Write + Send>>> {
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/broadcast.rs"]
mod check;
