//! # Wrong: a refused client is left alone
//!
//! The reply is written, the connection closed, and what the client sends meets a reset.
//!
//! The check says: read and throw away until

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
};

pub const LARGEST_UPLOAD: usize = 100_000;

pub fn serve(client: TcpStream) -> io::Result<()> {
    let mut client = client;
    let most = LARGEST_UPLOAD as u64 + 1;
    let count = io::copy(&mut (&client).take(most), &mut io::sink())?;
    let reply = if count == most {
        "too large\n".to_owned()
    } else {
        format!("received {count} bytes\n")
    };
    client.write_all(reply.as_bytes())?;
    client.shutdown(Shutdown::Write)?;
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/upload_then_reply.rs"]
mod check;
