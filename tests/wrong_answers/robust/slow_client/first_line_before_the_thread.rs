//! # Wrong: the first bytes are read before the thread is started
//!
//! To log what a client wants seems to cost nothing. It costs as much time as the client likes.
//!
//! The check says: belongs into that client

use std::{
    io::{self, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

pub fn serve<Connection>(incoming: impl Iterator<Item = io::Result<Connection>>)
where
    Connection: Read + Write + Send + 'static,
{
    let given = Arc::new(AtomicU64::new(0));
    for connection in incoming {
        let Ok(mut connection) = connection else {
            continue;
        };
        let mut first = [0; 1024];
        let Ok(length) = connection.read(&mut first) else {
            continue;
        };
        if length == 0 {
            continue;
        }
        let given = Arc::clone(&given);
        thread::spawn(move || answer(&first[..length], connection, &given));
    }
}

fn answer(first: &[u8], mut connection: impl Read + Write, given: &AtomicU64) -> io::Result<()> {
    let mut buffer = first.to_vec();
    loop {
        for _ in buffer.iter().filter(|byte| **byte == b'\n') {
            let number = given.fetch_add(1, Ordering::Relaxed) + 1;
            connection.write_all(format!("{number}\n").as_bytes())?;
        }
        buffer.resize(1024, 0);
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        buffer.truncate(length);
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
