//! # Wrong: its own direction is not ended behind the reply
//!
//! It waits for the client, who waits for the end of the reply.
//!
//! The check says: Say that this was all

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
    io::copy(&mut client, &mut io::sink())?;
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/upload_then_reply.rs"]
mod check;
