//! # Wrong: two clients at a time, and then waiting for both
//!
//! A few at once are better than one; but the next pair waits for the slower one of this pair.
//!
//! The check says: client 1 says nothing

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
    let mut pair = Vec::new();
    for connection in incoming.flatten() {
        let given = Arc::clone(&given);
        pair.push(thread::spawn(move || answer(connection, &given)));
        if pair.len() == 2 {
            for client in pair.drain(..) {
                let _ = client.join();
            }
        }
    }
}

fn answer(mut connection: impl Read + Write, given: &AtomicU64) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        for _ in buffer[..length].iter().filter(|byte| **byte == b'\n') {
            let number = given.fetch_add(1, Ordering::Relaxed) + 1;
            connection.write_all(format!("{number}\n").as_bytes())?;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
