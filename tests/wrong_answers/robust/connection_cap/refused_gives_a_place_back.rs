//! # Wrong: who is refused gives a place back that it never had
//!
//! The value whose `drop` counts down is made before it is known whether there is a place.
//!
//! The check says: given back once, by the one who took it

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
            continue;
        };
        let place = Place(Arc::clone(&taken));
        if taken.load(Ordering::Relaxed) >= most {
            let _ = connection.write_all(BUSY);
            continue;
        }
        taken.fetch_add(1, Ordering::Relaxed);
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
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                taken.checked_sub(1)
            });
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
