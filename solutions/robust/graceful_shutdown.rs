//! # To end in peace: one way to do it
//!
//! Three steps, in this order: close the door, tell those who are here, wait for them. If the door were open while the
//! server waits, it might wait for ever; if it waited before it told them, it would wait for people who have nothing to say.
//!
//! `shutdown(Shutdown::Read)` tells both kinds of connection what each has to know. One that waits for a request sees the
//! end of the stream, now. One that makes a reply sees it when it reads again, and that is behind the reply. It is tempting
//! to shut down both directions, and then the reply ends in the middle.
//!
//! One thing it does not do. On Linux, what the client has sent, or still sends, can be read even then. Whoever goes on
//! asking is answered until the grace is over; `talk` would have to look at a flag between two requests.
//!
//! Who may hold a connection? The thread that talks, and nobody else, or it stays open when that thread has ended. A `Weak`
//! is a way to it that does not hold it. The channel `ended` works the same way: nothing is sent on it. Each thread has an
//! end of it, and when the last one is gone, however its thread ended, the waiting is over. `join` has no time limit,
//! `recv_timeout` has one.

use std::{
    io,
    net::{Shutdown, TcpStream},
    sync::{
        Arc, Weak,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

/// What happens to the server.
pub enum Event {
    /// A client has connected.
    Came(TcpStream),
    /// It is asked to end.
    End,
}

/// Lets `talk` talk to each client that comes, until the end; then waits for those who are here, for `grace` at most.
/// Gives the number of those that have not ended.
pub fn serve<Talk>(events: Receiver<Event>, talk: Talk, grace: Duration) -> usize
where
    Talk: Fn(&TcpStream) -> io::Result<()> + Clone + Send + 'static,
{
    let mut here: Vec<Weak<TcpStream>> = Vec::new();
    let (working, ended) = mpsc::channel::<()>();
    while let Ok(Event::Came(client)) = events.recv() {
        // Those who have gone need no place in the list.
        here.retain(|client| client.strong_count() > 0);
        let client = Arc::new(client);
        here.push(Arc::downgrade(&client));
        let (talk, working) = (talk.clone(), working.clone());
        let started = thread::Builder::new().spawn(move || {
            // Named, or it would not move into this thread. It goes when the thread ends.
            let _working = working;
            if let Err(error) = talk(&client) {
                eprintln!("lost a client: {error}");
            }
        });
        if let Err(error) = started {
            eprintln!("no thread for a client: {error}");
        }
    }
    // The door is closed: who is still in the channel goes with it, and whoever sends one more gets it back.
    drop(events);
    for client in here.iter().filter_map(Weak::upgrade) {
        // An error says that the connection is broken already. Then its thread knows, too.
        let _ = client.shutdown(Shutdown::Read);
    }
    // Ours is not waited for. Nobody sends, so this waits for the last of the others to go, or for the time.
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
#[path = "../../exercises/checks/robust/graceful_shutdown.rs"]
mod check;
