//! # Wrong: the loop waits until a place is free
//!
//! Nobody is turned away; but they wait without a word, and for nobody knows how long.
//!
//! The check says: is told nothing within

use std::{
    io::{self, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

pub const BUSY: &[u8] = b"busy: come again later\n";

pub fn serve<Answer>(
    incoming: impl Iterator<Item = io::Result<TcpStream>>,
    most: usize,
    answer: Answer,
) where
    Answer: Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    let taken = Arc::new(AtomicUsize::new(0));
    for connection in incoming {
        let Ok(connection) = connection else { continue };
        while taken.load(Ordering::Relaxed) >= most {
            thread::sleep(std::time::Duration::from_millis(1));
        }
        let place = Place::take(&taken);
        let answer = answer.clone();
        thread::spawn(move || {
            let _place = place;
            answer(connection)
        });
    }
}

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
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
