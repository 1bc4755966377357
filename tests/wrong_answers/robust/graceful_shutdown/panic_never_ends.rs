//! # Wrong: who panicked is waited for
//!
//! The word that a conversation is over comes from the line behind `talk`, and a panic does not get there.
//!
//! The check says: does each thread that ends, by an error or a panic, too

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
    let mut came = 0;
    let mut here: Vec<Weak<TcpStream>> = Vec::new();
    let (working, ended) = mpsc::channel::<()>();
    while let Ok(Event::Came(client)) = events.recv() {
        here.retain(|client| client.strong_count() > 0);
        let client = Arc::new(client);
        here.push(Arc::downgrade(&client));
        let (talk, working) = (talk.clone(), working.clone());
        came += 1;
        thread::spawn(move || {
            let end = talk(&client);
            drop(client);
            let _ = working.send(());
            end
        });
    }
    drop(events);
    for client in here.iter().filter_map(Weak::upgrade) {
        let _ = client.shutdown(Shutdown::Read);
    }
    let until = Instant::now() + grace;
    while came > 0
        && ended
            .recv_timeout(until.saturating_duration_since(Instant::now()))
            .is_ok()
    {
        came -= 1;
    }
    came
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
