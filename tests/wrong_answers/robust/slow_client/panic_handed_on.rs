//! # Wrong: threads that have ended are joined with `unwrap`
//!
//! To look after threads is right. But `join` gives the panic of the thread, and `unwrap` makes it a panic of the
//! server.
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
    let mut clients: Vec<thread::JoinHandle<io::Result<()>>> = Vec::new();
    for connection in incoming.flatten() {
        let (ended, here) = clients.into_iter().partition(|client| client.is_finished());
        clients = here;
        for client in Vec::from(ended) {
            let _ = client.join().unwrap();
        }
        let given = Arc::clone(&given);
        clients.push(thread::spawn(move || answer(connection, &given)));
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
