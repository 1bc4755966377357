//! # Wrong: one read, one write
//!
//! On UDP one receive is one message; on a quiet machine a short TCP message looks the same.
//!
//! The check says: one `read` is not all that comes

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    let length = connection.read(&mut buffer)?;
    connection.write_all(&buffer[..length])
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
