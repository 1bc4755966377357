//! # What one says, all others hear: one way to do it
//!
//! There are three things that may wait: a write, a full queue, the lock. The write waits in a thread of its own, where
//! nobody waits for it. A full queue is not waited for: `try_send` says at once that there is no room, where `send` would
//! wait for the slowest. So nothing waits while the lock is held, and the lock is never waited for long.
//!
//! It is tempting to use `mpsc::channel`, whose `send` never waits either. It has no end: one peer that never reads, and
//! the memory fills with lines for it. And it is tempting to drop the line and keep the peer. Then it reads on without
//! knowing that something is missing; a connection that closes is a clear word.
//!
//! `retain` does it in one pass: one call tells the line, and its result says who stays. A thread that has ended has dropped
//! its `Receiver`, so `try_send` fails for it as well. The other way round, when the `SyncSender` is gone, the thread's
//! loop ends behind the last line. Neither needs a flag.

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
        let started = thread::Builder::new().spawn(move || {
            let mut output = output;
            // It ends when the queue's other end is gone and no line is left.
            for line in lines {
                if let Err(error) = output.write_all(format!("{line}\n").as_bytes()) {
                    eprintln!("{number} is gone: {error}");
                    break;
                }
            }
        });
        match started {
            Ok(_) => {
                self.lock().insert(number, queue);
            }
            Err(error) => eprintln!("no thread for {number}: {error}"),
        }
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        // One text for all queues, however many there are.
        let line: Arc<str> = line.into();
        self.lock().retain(|number, queue| {
            *number == speaker || queue.try_send(Arc::clone(&line)).is_ok()
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
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, SyncSender<Arc<str>>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/broadcast.rs"]
mod check;
