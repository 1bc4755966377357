//! # Wrong: a place is given back when the answer went well
//!
//! `?` leaves before the line that counts down, and so each error costs a place.
//!
//! The check says: Is the place given back on this way, too?

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
        if taken.load(Ordering::Relaxed) >= most {
            let _ = connection.write_all(BUSY);
            continue;
        }
        taken.fetch_add(1, Ordering::Relaxed);
        let (answer, taken) = (answer.clone(), Arc::clone(&taken));
        thread::spawn(move || {
            answer(connection)?;
            taken.fetch_sub(1, Ordering::Relaxed);
            io::Result::Ok(())
        });
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
