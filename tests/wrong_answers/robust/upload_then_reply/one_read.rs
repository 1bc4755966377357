//! # Wrong: one read is taken for the upload
//!
//! A small upload often comes in one piece.
//!
//! The check says: neither a pause nor a `read`

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
};

pub const LARGEST_UPLOAD: usize = 100_000;

pub fn serve(client: TcpStream) -> io::Result<()> {
    let mut client = client;
    let most = LARGEST_UPLOAD as u64 + 1;
    let mut buffer = vec![0; LARGEST_UPLOAD + 1];
    let count = client.read(&mut buffer)? as u64;
    let reply = if count == most {
        "too large\n".to_owned()
    } else {
        format!("received {count} bytes\n")
    };
    client.write_all(reply.as_bytes())?;
    client.shutdown(Shutdown::Write)?;
    io::copy(&mut client, &mut io::sink())?;
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/upload_then_reply.rs"]
mod check;
