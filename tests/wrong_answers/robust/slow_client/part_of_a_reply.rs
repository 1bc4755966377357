//! # Wrong: what `write` did not take is lost
//!
//! `write` may take a part of the reply.
//!
//! The check says: is the whole reply written?

use std::{
    io::{self, ErrorKind, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// Gives out numbers to all clients that come in. It ends when `incoming` does; that of a `TcpListener` never does.
pub fn serve<Connection>(incoming: impl Iterator<Item = io::Result<Connection>>)
where
    Connection: Read + Write + Send + 'static,
{
    let given = Arc::new(AtomicU64::new(0));
    for connection in incoming {
        let connection = match connection {
            Ok(connection) => connection,
            Err(error) => {
                eprintln!("a client did not come in: {error}");
                continue;
            }
        };
        let given = Arc::clone(&given);
        let started = thread::Builder::new().spawn(move || {
            if let Err(error) = answer(connection, &given) {
                eprintln!("lost a client: {error}");
            }
        });
        if let Err(error) = started {
            eprintln!("no thread for a client: {error}");
        }
    }
}

/// Answers each line of one client, until it ends.
fn answer(mut connection: impl Read + Write, given: &AtomicU64) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = match connection.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        // What a line says does not matter, so none is kept: the ends of lines are all that counts.
        for _ in buffer[..length].iter().filter(|byte| **byte == b'\n') {
            // Look and step in one: between two calls another thread could take the same number.
            let number = given.fetch_add(1, Ordering::Relaxed) + 1;
            let _taken = connection.write(format!("{number}\n").as_bytes())?;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
