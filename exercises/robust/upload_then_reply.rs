//! # Exercise: the whole upload, then the reply (15 minutes)
//!
//! A client uploads bytes to your server, then ends its direction of the connection; the other direction stays open, and
//! there it waits for your reply. `serve` gets one such connection.
//!
//! - Reply when the upload is at its end, not before: `received 42 bytes` and an LF, with the number of bytes that came.
//!   There may be none.
//! - Behind the reply, end your direction.
//! - An upload of more than `LARGEST_UPLOAD` bytes is refused as soon as it is: the reply is `too large` and an LF, and
//!   then your direction ends. The client is still sending. If you closed now, the system would reset the connection,
//!   because bytes of it were not read (RFC 9293 §3.6.1), and the client might never see your reply. So read on, and
//!   throw away what comes, until the client's direction ends, too.
//! - The upload is counted, not kept. An error of the connection is yours, too, as `?` hands it on. Return `Ok(())` when
//!   both directions have ended. (How long to wait for a client is the next exercise.)
//!
//! You will want: `TcpStream::shutdown`, and `Read::take` (as `(&client).take(…)`), `io::copy` and `io::sink`, or a loop around `read`.
//! Change the body of `serve`; leave its signature and `LARGEST_UPLOAD`.

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
    todo!("count the upload, reply, end your direction, wait for the end of the other")
}

#[cfg(test)]
#[path = "../checks/robust/upload_then_reply.rs"]
mod check;
