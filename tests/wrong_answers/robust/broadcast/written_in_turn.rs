//! # Wrong: the speaker writes to one after the other, without the lock
//!
//! The lock is let go in time, but the speaker still waits for the slowest, and everybody behind it waits for the
//! line.
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
    outputs: Mutex<HashMap<u64, Arc<Mutex<dyn Write + Send>>>>,
}

impl Room {
    /// Lets one in. A number is never used a second time.
    pub fn enter(&self, number: u64, output: impl Write + Send + 'static) {
        self.lock().insert(number, Arc::new(Mutex::new(output)));
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        let others: Vec<_> = self
            .lock()
            .iter()
            .filter(|(number, _)| **number != speaker)
            .map(|(number, output)| (*number, Arc::clone(output)))
            .collect();
        for (number, output) in others {
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            if output.write_all(format!("{line}\n").as_bytes()).is_err() {
                self.lock().remove(&number);
            }
        }
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
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Mutex<dyn Write + Send>>>> {
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/broadcast.rs"]
mod check;
