//! # Wrong: the first error of `incoming` ends the loop
//!
//! One client did not come in, and nobody after it does.
//!
//! The check says: `serve` returned, and `incoming` is not at its end

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
        let Ok(mut connection) = connection else {
            return;
        };
        if taken.load(Ordering::Relaxed) >= most {
            let _ = connection.write_all(BUSY);
            continue;
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
