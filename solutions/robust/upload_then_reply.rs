//! # The whole upload, then the reply: one way to do it
//!
//! `io::copy` reads until the end of the stream, in pieces, and `io::sink` keeps nothing of them. `take` puts an end to
//! it where the upload is too large. One loop then serves both cases: of a whole upload nothing is left to throw away.
//!
//! A TCP connection is two streams, and each one ends for itself. The client's `shutdown(Write)` is the only thing that
//! tells this server that all is there; a pause tells nothing. It is tempting to take a `read` that does not fill the
//! buffer for the end, and on a quiet machine it often is.
//!
//! Closing is not the same as having nothing more to say. Whoever closes with bytes unread throws away what the other one
//! sent, and TCP tells it so by a reset; that may overtake the reply, or void it. Web servers that refuse an upload too
//! large have the same problem and the same answer, and a deadline for the second `copy`, so that nobody sends for ever.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
};

/// The most bytes that an upload may have.
pub const LARGEST_UPLOAD: usize = 100_000;

/// Takes one upload from `client`, replies to it, and closes when both sides are done.
///
/// # Errors
///
/// Whatever the connection said.
pub fn serve(client: TcpStream) -> io::Result<()> {
    let mut client = client;
    // One byte more than allowed is enough to know.
    let most = LARGEST_UPLOAD as u64 + 1;
    let count = io::copy(&mut (&client).take(most), &mut io::sink())?;
    let reply = if count == most {
        "too large\n".to_owned()
    } else {
        format!("received {count} bytes\n")
    };
    client.write_all(reply.as_bytes())?;
    client.shutdown(Shutdown::Write)?;
    // A connection that is closed with bytes unread is reset. After a whole upload this ends at once.
    io::copy(&mut client, &mut io::sink())?;
    Ok(())
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/upload_then_reply.rs"]
mod check;
