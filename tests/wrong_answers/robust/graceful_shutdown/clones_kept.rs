//! # Wrong: a clone of each connection is kept
//!
//! `talk` has ended, and its thread, too. But the clone is the same connection, and that is open as long as anybody
//! has it.
//!
//! The check says: who else holds it?

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
    let mut here: Vec<TcpStream> = Vec::new();
    let (working, ended) = mpsc::channel::<()>();
    while let Ok(Event::Came(client)) = events.recv() {
        let Ok(clone) = client.try_clone() else {
            continue;
        };
        here.push(clone);
        let (talk, working) = (talk.clone(), working.clone());
        thread::spawn(move || {
            let _working = working;
            talk(&client)
        });
    }
    drop(events);
    for client in &here {
        let _ = client.shutdown(Shutdown::Read);
    }
    drop(working);
    match ended.recv_timeout(grace) {
        Err(RecvTimeoutError::Disconnected) => 0,
        _ => here.len(),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
