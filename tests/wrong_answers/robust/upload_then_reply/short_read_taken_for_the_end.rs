//! # Wrong: a read that does not fill the buffer is taken for the end
//!
//! With files it nearly always is.
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
    let mut buffer = [0; 8192];
    let mut count = 0;
    loop {
        let length = client.read(&mut buffer)?;
        count += length as u64;
        if length < buffer.len() || count >= most {
            break;
        }
    }
    let count = count.min(most);
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
