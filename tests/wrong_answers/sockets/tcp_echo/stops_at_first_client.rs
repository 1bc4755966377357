//! # Wrong: `serve` accepts one client
//!
//! Accept, echo, done: the loop is missing.
//!
//! The check says: is there a loop around `accept`?

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match connection.read(&mut buffer)? {
            0 => return Ok(()),
            length => connection.write_all(&buffer[..length])?,
        }
    }
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    let (mut connection, _) = listener.accept()?;
    echo(&mut connection)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/tcp_echo.rs"]
mod check;
