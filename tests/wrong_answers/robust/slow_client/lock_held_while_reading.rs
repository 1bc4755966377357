//! # Wrong: the counter is locked for as long as a client is there
//!
//! A `MutexGuard` lives to the end of its block, and this block is the whole conversation.
//!
//! The check says: What do the threads hold while they read?

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    sync::{Arc, Mutex},
    thread,
};

pub fn serve<Connection>(incoming: impl Iterator<Item = io::Result<Connection>>)
where
    Connection: Read + Write + Send + 'static,
{
    let given = Arc::new(Mutex::new(0));
    for connection in incoming {
        let Ok(connection) = connection else { continue };
        let given = Arc::clone(&given);
        thread::spawn(move || answer(connection, &given));
    }
}

fn answer(mut connection: impl Read + Write, given: &Mutex<u64>) -> io::Result<()> {
    let mut given = given.lock().unwrap();
    let mut buffer = [0; 1024];
    loop {
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        for _ in buffer[..length].iter().filter(|byte| **byte == b'\n') {
            *given += 1;
            connection.write_all(format!("{given}\n").as_bytes())?;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
