//! # Wrong: the counter is locked while the reply is written
//!
//! The number must not change before it is written, it seems. So a client that does not read keeps the lock.
//!
//! The check says: Take a number, let go, then write

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
    let mut buffer = [0; 1024];
    loop {
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        for _ in buffer[..length].iter().filter(|byte| **byte == b'\n') {
            let mut given = given.lock().unwrap();
            *given += 1;
            connection.write_all(format!("{given}\n").as_bytes())?;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
