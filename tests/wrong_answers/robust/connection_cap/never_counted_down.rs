//! # Wrong: places are taken and never given back
//!
//! The counter counts who has ever come, not who is here.
//!
//! The check says: there is still no place for another client

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
        let answer = answer.clone();
        thread::spawn(move || answer(connection));
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
