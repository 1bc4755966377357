//! # Wrong: a line that has no LF is counted
//!
//! Takes what stands behind the last LF for a line, too: `read_until` gives it at the end.
//!
//! The check says: one number for each LF, and no other

use std::{
    io::{self, BufRead, Read, Write},
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
fn answer(connection: impl Read + Write, given: &AtomicU64) -> io::Result<()> {
    let mut connection = io::BufReader::new(connection);
    let mut line = Vec::new();
    loop {
        line.clear();
        if connection.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let number = given.fetch_add(1, Ordering::Relaxed) + 1;
        let reply = format!("{number}\n");
        connection.get_mut().write_all(reply.as_bytes())?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
