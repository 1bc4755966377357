//! # Wrong: the queue of a pool stays locked while a client is answered
//!
//! What stands between `while let` and `{` lives until the end of the body: the guard of the lock, too.
//!
//! The check says: client 1 says nothing

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
            while let Ok(client) = clients.lock().unwrap().recv() {
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
