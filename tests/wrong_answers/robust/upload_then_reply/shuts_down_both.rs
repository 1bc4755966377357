//! # Wrong: both directions are shut down
//!
//! `Shutdown::Both` sounds thorough: the client cannot even finish its sentence.
//!
//! The check says: resets the connection

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
    client.shutdown(Shutdown::Both)?;
    Ok(())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/upload_then_reply.rs"]
mod check;
