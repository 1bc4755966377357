//! # Wrong: everything is read first, then answered
//!
//! `read_to_end` is the shortest way to get the message: but who says that the client ends first?
//!
//! The check says: answer what has come before it waits for more

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let mut message = Vec::new();
    connection.read_to_end(&mut message)?;
    connection.write_all(&message)
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
