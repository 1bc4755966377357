//! # So many at once, and no more: one way to do it
//!
//! A place is a value. Whoever has it has the place, and when it goes, by whatever way, `drop` gives the place back: at the
//! end of the thread, after an error, while a panic unwinds, and when the system had no thread for it and the closure that
//! held it was dropped. It is tempting to count down in a line behind `answer`. Each panic then costs a place for ever,
//! and after `most` of them the server is full of nobody.
//!
//! Only this loop takes places, so nobody can take the last one between the look and the step. If the new thread counted
//! itself, a crowd that comes at once would be in before the first of its threads had begun to run.
//!
//! Whoever is refused learns it at once. To stop accepting until a place is free looks kinder; but they wait in the
//! system's queue then, connected and unheard, and don't know whether it is for a second or for ever.

use std::{
    io::{self, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What a client is told for whom there is no place.
pub const BUSY: &[u8] = b"busy: come again later\n";

/// Answers `most` clients at once. It ends when `incoming` does; that of a `TcpListener` never does.
pub fn serve<Answer>(
    incoming: impl Iterator<Item = io::Result<TcpStream>>,
    most: usize,
    answer: Answer,
) where
    Answer: Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    let taken = Arc::new(AtomicUsize::new(0));
    for connection in incoming {
        let mut connection = match connection {
            Ok(connection) => connection,
            Err(error) => {
                eprintln!("a client did not come in: {error}");
                continue;
            }
        };
        if taken.load(Ordering::Relaxed) >= most {
            // A few bytes into an empty buffer: this does not wait. Then the connection goes out of scope.
            if let Err(error) = connection.write_all(BUSY) {
                eprintln!("a client was not told that there is no place: {error}");
            }
            continue;
        }
        let place = Place::take(&taken);
        let answer = answer.clone();
        let started = thread::Builder::new().spawn(move || {
            // Named, or it would not move into this thread.
            let _place = place;
            if let Err(error) = answer(connection) {
                eprintln!("lost a client: {error}");
            }
        });
        if let Err(error) = started {
            eprintln!("no thread for a client: {error}");
        }
    }
}

/// A place among those who are answered. It is free again when this goes, even if the thread panics.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(taken: &Arc<AtomicUsize>) -> Self {
        taken.fetch_add(1, Ordering::Relaxed);
        Place(Arc::clone(taken))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/connection_cap.rs"]
mod check;
