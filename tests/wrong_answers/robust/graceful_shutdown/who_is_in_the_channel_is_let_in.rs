//! # Wrong: who is in the channel is let in before the end
//!
//! Whoever was accepted before the end was seen has a right to be answered, it seems. In a crowd, that has no end.
//!
//! The check says: from then on, nobody else comes in

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
    let mut ending = false;
    loop {
        let event = if ending {
            events.recv_timeout(Duration::from_millis(20)).ok()
        } else {
            events.recv().ok()
        };
        match event {
            Some(Event::Came(client)) => {
                let client = Arc::new(client);
                here.push(Arc::downgrade(&client));
                let (talk, working) = (talk.clone(), working.clone());
                thread::spawn(move || {
                    let _working = working;
                    talk(&client)
                });
            }
            Some(Event::End) => ending = true,
            None => break,
        }
    }
    drop(events);
    for client in here.iter().filter_map(Weak::upgrade) {
        let _ = client.shutdown(Shutdown::Read);
    }
    drop(working);
    match ended.recv_timeout(grace) {
        Err(RecvTimeoutError::Disconnected) => 0,
        _ => here
            .iter()
            .filter(|client| client.strong_count() > 0)
            .count(),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
