//! # Wrong: the end joins with `unwrap`
//!
//! `join` gives the panic of a thread that was nobody's business any more.
//!
//! The check says: with it the service for all

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
    let until = Instant::now() + grace;
    while Instant::now() < until && here.iter().any(|(_, client)| !client.is_finished()) {
        thread::sleep(Duration::from_millis(5));
    }
    let (ended, stuck): (Vec<_>, Vec<_>) = here
        .into_iter()
        .partition(|(_, client)| client.is_finished());
    for (_, client) in ended {
        let _ = client.join().unwrap();
    }
    stuck.len()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
