//! # Wrong: the bytes make a trip through a `String`
//!
//! The lesson's server prints what came as text, and the copied line stays.
//!
//! The check says: trip through text

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match connection.read(&mut buffer)? {
            0 => return Ok(()),
            length => {
                let message = String::from_utf8_lossy(&buffer[..length]);
                connection.write_all(message.as_bytes())?;
            }
        }
    }
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut connection, client) = listener.accept()?;
        if let Err(error) = echo(&mut connection) {
            eprintln!("lost {client}: {error}");
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/tcp_echo.rs"]
mod check;
