//! # Wrong: a line that is no text ends the connection
//!
//! `read_line` and `lines` want UTF-8, and give an error for anything else.
//!
//! The check says: a line came that is no text

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
    let mut line = String::new();
    while connection.read_line(&mut line)? > 0 {
        let number = given.fetch_add(1, Ordering::Relaxed) + 1;
        writeln!(connection.get_mut(), "{number}")?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
