//! # Echo by TCP: one way to do it
//!
//! `echo` holds as little as it can: a buffer that it fills, empties and fills again. So a client may
//! wait for each echo, or send for an hour, and the server needs no more memory for it.
//!
//! It is tempting to `read_to_end` first and to answer then: a client that waits for its echo before
//! it goes on waits for ever, and so does the server. `write` instead of `write_all` passes every
//! test on a quiet machine and loses bytes on a busy one. In `serve`, a `?` behind `echo` lets any
//! client end the service for all others: it need only close its connection rudely.

use std::{
    io::{self, Read, Write},
    net::TcpListener,
};

/// Sends back whatever comes from `connection`, until the end of the stream.
///
/// # Errors
///
/// The first error in reading or writing.
pub fn echo(connection: &mut (impl Read + Write)) -> io::Result<()> {
    // Any size is right. A larger buffer needs fewer calls for a long stream.
    let mut buffer = [0; 4096];
    loop {
        match connection.read(&mut buffer)? {
            // End of stream: the client sends no more. This is not "nothing yet".
            0 => return Ok(()),
            // `write` may take only a part; `write_all` calls it until everything is on its way.
            length => connection.write_all(&buffer[..length])?,
        }
    }
}

/// Lets `echo` talk to each client of `listener`, one after another, for ever.
///
/// # Errors
///
/// Returns only with an error: the one that ended accepting.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut connection, client) = match listener.accept() {
            Ok(accepted) => accepted,
            // The client gave up while it stood in the queue.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        // What goes wrong with one client must not end the service for the next.
        if let Err(error) = echo(&mut connection) {
            eprintln!("lost {client}: {error}");
        }
        // Here `connection` goes out of scope, and that closes it.
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/sockets/tcp_echo.rs"]
mod check;
