//! # Exercise: so many at once, and no more (15 minutes)
//!
//! Each client gets a thread of its own, in which `answer` talks to it. Each thread costs memory, and each connection an
//! open file. So at most `most` connections are answered at once.
//!
//! - Who comes when all places are taken is told so: write `BUSY`, and close the connection, without a call of `answer`.
//!   It takes no place, and waits for none. If it is gone already, so that the write fails, that is no harm.
//! - A place is free again as soon as its `answer` has ended, however it ended: well, with an error, or with a panic.
//! - No two clients get the same place, even if they come faster than threads start.
//! - An `Err` in place of a connection is one client that did not come in. It takes no place; go on with the next.
//!
//! With a real listener one calls `serve(listener.incoming(), 200, answer)`.
//!
//! You will want: `thread::Builder::spawn`, `AtomicUsize` in an `Arc`, and a type of your own with `Drop`.
//! Change the body of `serve`, and add what it needs; leave its signature and `BUSY`.

use std::{
    io::{self, Write},
    net::TcpStream,
    thread,
};

/// What a client is told for whom there is no place.
pub const BUSY: &[u8] = b"busy: come again later\n";

/// Answers `most` clients at once. It ends when `incoming` does; that of a `TcpListener` never does.
pub fn serve<Answer>(
    incoming: impl Iterator<Item = io::Result<TcpStream>>,
    most: usize,
    answer: Answer,
) where
    Answer: Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    todo!("for each connection: a place and a thread, or the word that there is none")
}

#[cfg(test)]
#[path = "../checks/robust/connection_cap.rs"]
mod check;
