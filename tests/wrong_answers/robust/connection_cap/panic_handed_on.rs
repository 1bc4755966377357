//! # Wrong: threads that have ended are joined with `unwrap`
//!
//! `join` gives the panic of the thread, and `unwrap` makes it a panic of the server.
//!
//! The check says: with it the service for all

use std::{
    io::{self, Write},
    net::TcpStream,
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
    let mut clients: Vec<thread::JoinHandle<io::Result<()>>> = Vec::new();
    for connection in incoming {
        let Ok(mut connection) = connection else {
            continue;
        };
        let (ended, here): (Vec<_>, Vec<_>) =
            clients.into_iter().partition(|client| client.is_finished());
        clients = here;
        for client in ended {
            let _ = client.join().unwrap();
        }
        if clients.len() >= most {
            let _ = connection.write_all(BUSY);
            continue;
        }
        let answer = answer.clone();
        clients.push(thread::spawn(move || answer(connection)));
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/connection_cap.rs"]
mod check;
