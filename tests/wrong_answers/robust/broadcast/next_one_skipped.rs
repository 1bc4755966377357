//! # Wrong: who is removed from a list makes the next one be left out
//!
//! `remove` moves all behind it forward by one, and then the loop goes one on.
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
    queues: Mutex<Vec<(u64, SyncSender<Arc<str>>)>>,
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
        self.lock().push((number, queue));
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        let mut queues = self.lock();
        let mut at = 0;
        while at < queues.len() {
            let (number, queue) = &queues[at];
            if *number != speaker && queue.try_send(line.into()).is_err() {
                queues.remove(at);
            }
            at += 1;
        }
    }

    /// One leaves: nothing more can be put into its queue, and when that is empty, its end is reached.
    pub fn leave(&self, number: u64) {
        self.lock().retain(|peer| peer.0 != number);
    }

    /// How many are in the room.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// If a thread panicked that had the lock, the queues are still good.
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, SyncSender<Arc<str>>)>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/broadcast.rs"]
mod check;
