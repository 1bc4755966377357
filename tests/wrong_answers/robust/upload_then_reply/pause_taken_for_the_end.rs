//! # Wrong: a pause is taken for the end
//!
//! A read that waits too long, and the upload is thought complete.
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
    client.set_read_timeout(Some(std::time::Duration::from_millis(20)))?;
    let mut buffer = [0; 8192];
    let mut count = 0;
    while let Ok(length) = client.read(&mut buffer) {
        count += length as u64;
        if length == 0 || count >= most {
            break;
        }
    }
    let count = count.min(most);
    client.set_read_timeout(None)?;
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
