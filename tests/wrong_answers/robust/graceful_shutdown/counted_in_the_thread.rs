//! # Wrong: each client is counted by its own thread
//!
//! Until that thread begins, nobody knows of its client, and `serve` may look before.
//!
//! The check says: Is each one counted before its thread starts?

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
    use std::sync::atomic::{AtomicUsize, Ordering};
    struct Here(Arc<AtomicUsize>);
    impl Drop for Here {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let count = Arc::new(AtomicUsize::new(0));
    let mut here: Vec<Weak<TcpStream>> = Vec::new();
    while let Ok(Event::Came(c)) = events.recv() {
        let c = Arc::new(c);
        here.push(Arc::downgrade(&c));
        let (talk, count) = (talk.clone(), count.clone());
        let _ = thread::Builder::new().spawn(move || {
            count.fetch_add(1, Ordering::SeqCst);
            let _here = Here(count);
            let _ = talk(&c);
        });
    }
    let end = Instant::now() + grace;
    drop(events);
    for w in &here {
        if let Some(c) = w.upgrade() {
            let _ = c.shutdown(Shutdown::Read);
        }
    }
    while count.load(Ordering::SeqCst) > 0 && Instant::now() < end {
        thread::sleep(Duration::from_millis(5));
    }
    count.load(Ordering::SeqCst)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
