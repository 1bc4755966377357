//! # Wrong: `talk` is called in the loop
//!
//! Nobody else comes in, and the end itself is not seen.
//!
//! The check says: `talk` is called in the thread that called `serve`

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

pub enum Event {
    Came(TcpStream),
    End,
}

pub fn serve<Talk>(events: Receiver<Event>, talk: Talk, grace: Duration) -> usize
where
    Talk: Fn(&TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    while let Ok(Event::Came(client)) = events.recv() {
        let _ = talk(&client);
    }
    0
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
