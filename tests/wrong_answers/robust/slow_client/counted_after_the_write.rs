//! # Wrong: the number is counted when its reply is written
//!
//! Only what was delivered counts, it seems. Until then, all others get the same number.
//!
//! The check says: it is counted before it is written

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
            let number = *given.lock().unwrap() + 1;
            connection.write_all(format!("{number}\n").as_bytes())?;
            *given.lock().unwrap() = number;
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/slow_client.rs"]
mod check;
