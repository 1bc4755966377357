//! # Wrong: nobody is counted
//!
//! The time is up, so all is well, it seems.
//!
//! The check says: count the connections whose `talk` has not returned

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
            let _working = working;
            talk(&client)
        });
    }
    drop(events);
    for client in here.iter().filter_map(Weak::upgrade) {
        let _ = client.shutdown(Shutdown::Read);
    }
    drop(working);
    let _ = ended.recv_timeout(grace);
    0
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
