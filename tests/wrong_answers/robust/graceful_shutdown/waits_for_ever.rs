//! # Wrong: `join` for each thread
//!
//! `join` has no time limit. One that is stuck, and the server never ends.
//!
//! The check says: the grace is for all together

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
    let mut here: Vec<(Weak<TcpStream>, thread::JoinHandle<io::Result<()>>)> = Vec::new();
    while let Ok(Event::Came(client)) = events.recv() {
        let client = Arc::new(client);
        let way = Arc::downgrade(&client);
        let talk = talk.clone();
        here.push((way, thread::spawn(move || talk(&client))));
    }
    drop(events);
    for client in here.iter().filter_map(|(client, _)| client.upgrade()) {
        let _ = client.shutdown(Shutdown::Read);
    }
    for (_, client) in here {
        let _ = client.join();
    }
    0
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
