//! # Wrong: a read of 0 bytes is not taken for the end
//!
//! 0 bytes look like "nothing yet", so the loop goes on, at full speed.
//!
//! The check says: `read` says the end by giving 0 bytes

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let length = connection.read(&mut buffer)?;
        connection.write_all(&buffer[..length])?;
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
