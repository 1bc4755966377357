//! # Wrong: `unwrap` on each connection
//!
//! One client that went away while it stood in the queue, and the server is gone.
//!
//! The check says: with it the service for all

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
        let connection = connection.unwrap();
        let given = Arc::clone(&given);
        thread::spawn(move || answer(connection, &given));
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
