//! # Wrong: a pool of four threads
//!
//! A pool limits what a crowd costs. Four clients that say nothing take all of it.
//!
//! The check says: do they take all the threads that there are?

use std::{
    io::{self, Read, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

pub fn serve<Connection>(incoming: impl Iterator<Item = io::Result<Connection>>)
where
    Connection: Read + Write + Send + 'static,
{
    let given = Arc::new(AtomicU64::new(0));
    let (queue, clients) = mpsc::channel();
    let clients = Arc::new(Mutex::new(clients));
    for _ in 0..4 {
        let (given, clients) = (Arc::clone(&given), Arc::clone(&clients));
        thread::spawn(move || {
            loop {
                // The lock is let go at the end of this line.
                let Ok(client) = clients.lock().unwrap().recv() else {
                    return;
                };
                let _ = answer(client, &given);
            }
        });
    }
    for connection in incoming.flatten() {
        let _ = queue.send(connection);
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
