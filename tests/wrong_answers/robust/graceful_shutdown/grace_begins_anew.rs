//! # Wrong: the grace begins anew with each one that ends
//!
//! Each `recv_timeout` gets the whole time, and not what is left of it.
//!
//! The check says: the grace is counted from `End`

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
    let (working, ended) = mpsc::channel::<()>();
    while let Ok(Event::Came(client)) = events.recv() {
        here.retain(|client| client.strong_count() > 0);
        let client = Arc::new(client);
        here.push(Arc::downgrade(&client));
        let (talk, working) = (talk.clone(), working.clone());
        thread::spawn(move || {
            let _done = Done(working);
            talk(&client)
        });
    }
    drop(events);
    for client in here.iter().filter_map(Weak::upgrade) {
        let _ = client.shutdown(Shutdown::Read);
    }
    while here.iter().any(|client| client.strong_count() > 0) {
        if ended.recv_timeout(grace).is_err() {
            break;
        }
    }
    here.iter()
        .filter(|client| client.strong_count() > 0)
        .count()
}

struct Done(mpsc::Sender<()>);

impl Drop for Done {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
