//! # Wrong: an error in reading is taken for the end
//!
//! `while let Ok(length)` is neat, and throws the error away.
//!
//! The check says: an error is not the end of the stream

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while let Ok(length) = connection.read(&mut buffer) {
        if length == 0 {
            break;
        }
        connection.write_all(&buffer[..length])?;
    }
    Ok(())
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
