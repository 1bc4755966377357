//! # Wrong: a pool of `most` threads with a queue
//!
//! So many are answered at once, and no more. All others wait in a queue that has no end.
//!
//! The check says: is told nothing within

use std::{
    io,
    net::TcpStream,
    sync::{Arc, Mutex, mpsc},
    thread,
};

pub const BUSY: &[u8] = b"busy: come again later\n";

pub fn serve<Answer>(
    incoming: impl Iterator<Item = io::Result<TcpStream>>,
    most: usize,
    answer: Answer,
) where
    Answer: Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    let (queue, clients) = mpsc::channel();
    let clients = Arc::new(Mutex::new(clients));
    for _ in 0..most {
        let (clients, answer) = (Arc::clone(&clients), answer.clone());
        thread::spawn(move || {
            loop {
                let Ok(client) = clients.lock().unwrap().recv() else {
                    return;
                };
                let _ = answer(client);
            }
        });
    }
    for connection in incoming.flatten() {
        let _ = queue.send(connection);
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
