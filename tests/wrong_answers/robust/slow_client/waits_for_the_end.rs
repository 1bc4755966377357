//! # Wrong: all lines are read before the first is answered
//!
//! The client waits for its number before it goes on, and so both wait.
//!
//! The check says: is a line answered as soon as its LF has come?

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
        let Ok(connection) = connection else { continue };
        let given = Arc::clone(&given);
        thread::spawn(move || answer(connection, &given));
    }
}

fn answer(mut connection: impl Read + Write, given: &AtomicU64) -> io::Result<()> {
    let mut lines = Vec::new();
    connection.read_to_end(&mut lines)?;
    for _ in lines.iter().filter(|byte| **byte == b'\n') {
        let number = given.fetch_add(1, Ordering::Relaxed) + 1;
        connection.write_all(format!("{number}\n").as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
