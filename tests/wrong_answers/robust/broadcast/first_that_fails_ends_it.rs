//! # Wrong: the first queue that takes no line ends the telling
//!
//! A `return` in the loop: those behind the one that is gone do not hear, and which ones, is chance.
//!
//! The check says: does each line go to all others

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
        let (queue, lines) = mpsc::sync_channel::<Arc<str>>(QUEUE);
        thread::spawn(move || {
            let mut output = output;
            for line in lines {
                if output.write_all(format!("{line}\n").as_bytes()).is_err() {
                    break;
                }
            }
        });
        self.lock().insert(number, queue);
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        let mut queues = self.lock();
        let mut gone = None;
        for (number, queue) in queues.iter() {
            if *number != speaker && queue.try_send(line.into()).is_err() {
                gone = Some(*number);
                break;
            }
        }
        if let Some(number) = gone {
            queues.remove(&number);
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
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, SyncSender<Arc<str>>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/broadcast.rs"]
mod check;
