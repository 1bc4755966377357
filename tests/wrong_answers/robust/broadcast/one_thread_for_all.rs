//! # Wrong: one thread writes for everybody
//!
//! The speaker does not wait, but one that does not read holds up the thread, and so all that others are to hear.
//!
//! The check says: does nobody write but each one

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

/// How many lines wait for one peer at most.
pub const QUEUE: usize = 16;

/// Who is here, by number, and where lines for them wait.
pub struct Room {
    queue: Mutex<mpsc::Sender<Told>>,
    here: Arc<Mutex<Vec<u64>>>,
}

enum Told {
    Enters(u64, Box<dyn Write + Send>),
    Line(u64, Arc<str>),
    Leaves(u64),
}

impl Default for Room {
    fn default() -> Self {
        let (queue, told) = mpsc::channel();
        let here = Arc::new(Mutex::new(Vec::new()));
        let still = Arc::clone(&here);
        thread::spawn(move || {
            let mut outputs = HashMap::new();
            for what in told {
                match what {
                    Told::Enters(number, output) => {
                        outputs.insert(number, output);
                    }
                    Told::Line(speaker, line) => outputs.retain(|number, output| {
                        *number == speaker
                            || output.write_all(format!("{line}\n").as_bytes()).is_ok()
                    }),
                    Told::Leaves(number) => {
                        outputs.remove(&number);
                    }
                }
                still
                    .lock()
                    .unwrap()
                    .retain(|number| outputs.contains_key(number));
            }
        });
        Room {
            queue: Mutex::new(queue),
            here,
        }
    }
}

impl Room {
    /// Lets one in. A number is never used a second time.
    pub fn enter(&self, number: u64, output: impl Write + Send + 'static) {
        let output = Box::new(output) as Box<dyn Write + Send>;
        let _ = self.lock().send(Told::Enters(number, output));
        self.here.lock().unwrap().push(number);
    }

    /// Passes a line, which has no LF, on to all but the speaker.
    pub fn tell_others(&self, speaker: u64, line: &str) {
        let _ = self.lock().send(Told::Line(speaker, line.into()));
    }

    /// One leaves: nothing more can be put into its queue, and when that is empty, its end is reached.
    pub fn leave(&self, number: u64) {
        let _ = self.lock().send(Told::Leaves(number));
        self.here.lock().unwrap().retain(|other| *other != number);
    }

    /// How many are in the room.
    pub fn count(&self) -> usize {
        self.here.lock().unwrap().len()
    }

    /// If a thread panicked that had the lock, the queues are still good.
    fn lock(&self) -> MutexGuard<'_, mpsc::Sender<Told>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/broadcast.rs"]
mod check;
