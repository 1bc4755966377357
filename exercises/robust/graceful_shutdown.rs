//! # Exercise: to end in peace (15 minutes)
//!
//! A server is asked to end. It cuts off no reply that is in the making, and it does not wait for anybody for ever. What
//! happens to it comes by one channel: a thread that accepts sends `Came`, whoever waits for Ctrl-C sends `End`.
//!
//! - Each client that comes gets a thread of its own, in which `talk` talks to it: it reads a request, replies, reads the
//!   next, until `read` gives 0. When `talk` has ended, by an error or a panic, too, the connection is closed at once.
//! - With `End`, nobody else comes in. Whoever is in the channel then, or sent into it later, is closed without a `talk`.
//! - Then every connection is told. Where `talk` waits for a request, it ends at once. Where it makes a reply, it finishes
//!   that, and the client gets it whole. One call does both: after `shutdown(Shutdown::Read)` a `read` with nothing to
//!   read gives 0, even one that waits in another thread; and writing goes on.
//! - `serve` returns as soon as all have ended, or when `grace` is over since `End`, for all together. It gives the number
//!   of those that have not ended then. (The program ends next, and they with it.)
//!
//! A connection is closed when *nobody* has it any more, and a `try_clone` counts.
//!
//! You will want: `Arc::downgrade` and `Weak::upgrade`, `TcpStream::shutdown`, `Receiver::recv_timeout`.
//! Change the body of `serve`, and add what it needs; leave its signature and `Event`.

use std::{
    io,
    net::{Shutdown, TcpStream},
    sync::{
        Arc, Weak,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// What happens to the server.
pub enum Event {
    /// A client has connected.
    Came(TcpStream),
    /// It is asked to end.
    End,
}

/// Lets `talk` talk to each client that comes, until the end; then waits for those who are here, for `grace` at most.
/// Gives the number of those that have not ended.
pub fn serve<Talk>(events: Receiver<Event>, talk: Talk, grace: Duration) -> usize
where
    Talk: Fn(&TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    todo!(
        "a thread for each client until `End`; then close the door, tell everybody, and wait for them"
    )
}

#[cfg(test)]
#[path = "../checks/robust/graceful_shutdown.rs"]
mod check;
