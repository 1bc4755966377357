//! # Wrong: others come in after the end
//!
//! The loop goes on behind `End`, to wait for those who are here.
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
    let mut until: Option<Instant> = None;
    loop {
        let open = here
            .iter()
            .filter(|client| client.strong_count() > 0)
            .count();
        if until.is_some_and(|until| open == 0 || Instant::now() >= until) {
            return open;
        }
        match events.recv_timeout(Duration::from_millis(5)) {
            Ok(Event::Came(client)) => {
                let client = Arc::new(client);
                here.push(Arc::downgrade(&client));
                let talk = talk.clone();
                thread::spawn(move || talk(&client));
            }
            Ok(Event::End) => {
                until = Some(Instant::now() + grace);
                for client in here.iter().filter_map(Weak::upgrade) {
                    let _ = client.shutdown(Shutdown::Read);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return open,
        }
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
