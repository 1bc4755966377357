//! # Wrong: one too few
//!
//! The loop has an `Arc` of its own, and `strong_count` counts it as well.
//!
//! The check says: the next client is refused

use std::{
    io::{self, Write},
    net::TcpStream,
    sync::Arc,
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
    let places = Arc::new(());
    for connection in incoming {
        let Ok(mut connection) = connection else {
            continue;
        };
        if Arc::strong_count(&places) >= most {
            let _ = connection.write_all(BUSY);
            continue;
        }
        let (answer, place) = (answer.clone(), Arc::clone(&places));
        thread::spawn(move || {
            let _place = place;
            answer(connection)
        });
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
