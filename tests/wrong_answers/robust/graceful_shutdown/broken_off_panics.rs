//! # Wrong: an error of `shutdown` ends the server
//!
//! A client that has broken off cannot be told any more, and all the others lose their replies.
//!
//! The check says: What goes wrong with one client

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
    let mut here: Vec<Weak<TcpStream>> = Vec::new();
    let (done, ended) = mpsc::channel::<()>();
    while let Ok(Event::Came(connection)) = events.recv() {
        here.retain(|one| one.strong_count() > 0);
        let connection = Arc::new(connection);
        let weak = Arc::downgrade(&connection);
        let talk = talk.clone();
        let done = done.clone();
        let spawned = thread::Builder::new().spawn(move || {
            let _done = done;
            let connection = connection;
            let _ = talk(&connection);
        });
        if spawned.is_ok() {
            here.push(weak);
        }
    }
    let end = Instant::now() + grace;
    drop(events);
    drop(done);
    for one in &here {
        if let Some(one) = one.upgrade() {
            one.shutdown(Shutdown::Read).unwrap();
        }
    }
    let left = end.saturating_duration_since(Instant::now());
    match ended.recv_timeout(left) {
        Err(RecvTimeoutError::Disconnected) => 0,
        _ => here.iter().filter(|one| one.strong_count() > 0).count(),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
