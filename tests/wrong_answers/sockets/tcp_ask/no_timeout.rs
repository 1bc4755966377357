//! # Wrong: nothing ends the waiting
//!
//! `read_to_end` is the right idea for the reply, and waits as long as the server likes.
//!
//! The check says: is there a limit to the waiting

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

pub fn ask(server: SocketAddr, question: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(server)?;
    connection.write_all(question)?;
    connection.shutdown(Shutdown::Write)?;

    let mut reply = Vec::new();
    connection.read_to_end(&mut reply)?;
    Ok(reply)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/tcp_ask.rs"]
mod check;
