//! # One slow client: one way to do it
//!
//! The loop that accepts does nothing that takes time: it starts a thread and is back at `incoming`. Whatever waits for a
//! client, waits in that client's thread.
//!
//! Threads alone are not enough. They share the counter, and what they share can put them in a row again: whoever holds a
//! lock while it reads or writes lets all others wait for one client. `fetch_add` holds nothing. A `Mutex` does as well,
//! if it is locked to take a number and let go before the write. It is tempting, too, to have four threads that take one
//! client after another. That is a good answer to *short* work; four silent clients take all of them.
//!
//! Nobody joins these threads, so nobody learns of a panic in one, and nobody falls with it. `thread::spawn` would panic
//! if the system had no more threads, and that in the loop that accepts; `Builder::spawn` gives an error.

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
            connection.write_all(format!("{number}\n").as_bytes())?;
        }
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/slow_client.rs"]
mod check;
