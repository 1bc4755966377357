//! # Exercise: one slow client (15 minutes)
//!
//! A machine at a baker's door gives out numbers. Each client that connects to your server may send lines, as many as it
//! likes and when it likes. Each line is answered with the next number and an LF: `1`, then `2`, then `3`, and so on,
//! counted for all clients together. No number is given twice.
//!
//! - A client that says nothing holds up only itself. So does one that stops in the middle of a line, and one that does
//!   not take its replies, so that a write to it waits. There may be a hundred of them.
//! - A line is at its end when its LF has come. What it says does not matter, and it need not be text.
//! - When a client has ended, or its connection fails, its connection is closed. Even a panic while you answer one
//!   client ends nothing but its connection.
//! - An `Err` in place of a connection is one client that did not come in. Say so if you like, and go on with the next.
//!
//! With a real listener one calls `serve(listener.incoming())`. How many there may be at once is an exercise of the next
//! chapter: here, take each that comes.
//!
//! You will want: `thread::Builder::spawn`, and `AtomicU64` or `Mutex`, in an `Arc`.
//! Change the body of `serve`, and add what it needs; leave its signature.

use std::{
    io::{self, Read, Write},
    thread,
};

/// Gives out numbers to all clients that come in. It ends when `incoming` does; that of a `TcpListener` never does.
pub fn serve<Connection>(incoming: impl Iterator<Item = io::Result<Connection>>)
where
    Connection: Read + Write + Send + 'static,
{
    todo!("for each connection a thread, and in it, for each line the next number")
}

#[cfg(test)]
#[path = "../checks/robust/slow_client.rs"]
mod check;
