//! # Wrong: who did not come in takes a place
//!
//! It is counted before it is known whether there is a connection.
//!
//! The check says: does nothing else take one

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
        let before = taken.fetch_add(1, Ordering::Relaxed);
        let Ok(mut connection) = connection else {
            continue;
        };
        if before >= most {
            taken.fetch_sub(1, Ordering::Relaxed);
            let _ = connection.write_all(BUSY);
            continue;
        }
        let place = Place(Arc::clone(&taken));
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
