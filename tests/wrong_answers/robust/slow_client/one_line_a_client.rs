//! # Wrong: one line for each client
//!
//! A thread that answers one line and ends. The client may send as many as it likes.
//!
//! The check says: it is the client who ends

use std::{
    io::{self, BufRead, BufReader, Read, Write},
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

fn answer(connection: impl Read + Write, given: &AtomicU64) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    let mut line = Vec::new();
    if connection.read_until(b'\n', &mut line)? > 0 {
        let number = given.fetch_add(1, Ordering::Relaxed) + 1;
        writeln!(connection.get_mut(), "{number}")?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
