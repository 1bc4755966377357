//! # Wrong: the error that ended accepting is thrown away
//!
//! `while let Ok(…)` is neat, and the service ends as if all were well.
//!
//! The check says: `accept` failed, and `serve` returned Ok(())

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
    while let Ok((mut connection, client)) = listener.accept() {
        if let Err(error) = echo(&mut connection) {
            eprintln!("lost {client}: {error}");
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/tcp_echo.rs"]
mod check;
