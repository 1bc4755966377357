//! # Wrong: each client has a counter of its own
//!
//! A counter that is made in the thread needs no `Arc` and no lock. It also begins at 1 for everybody.
//!
//! The check says: for all clients together

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
    for connection in incoming.flatten() {
        thread::spawn(move || answer(connection, &AtomicU64::new(0)));
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
