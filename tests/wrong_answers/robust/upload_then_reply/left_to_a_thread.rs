//! # Wrong: the work is left to a thread, and nobody waits for it
//!
//! Whoever called `serve` takes the client for served.
//!
//! The check says: return when both

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
};

pub const LARGEST_UPLOAD: usize = 100_000;

pub fn serve(client: TcpStream) -> io::Result<()> {
    std::thread::spawn(move || work(client));
    Ok(())
}

fn work(mut client: TcpStream) -> io::Result<()> {
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
#[path = "../../../../exercises/checks/robust/upload_then_reply.rs"]
mod check;
