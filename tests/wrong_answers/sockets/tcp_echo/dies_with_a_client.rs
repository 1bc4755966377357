//! # Wrong: a `?` behind `echo` ends the service
//!
//! `?` is a habit, and here it lets any client switch the server off.
//!
//! The check says: What goes wrong with one client must not end the service

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
    loop {
        let (mut connection, _) = listener.accept()?;
        echo(&mut connection)?;
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/tcp_echo.rs"]
mod check;
