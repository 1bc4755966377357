//! # A chat: what one says, all others hear
//!
//! Each client says its name on the first line, and then what it has to say. Every line goes to all others. Each client has
//! a queue of its own: whoever does not read fills that, is sent away, and holds up nobody.
//!
//! The server in one terminal, its clients in others:
//!
//! ```console
//! $ cargo run --example chat_server_15
//! $ cargo run --example chat_client_16 127.0.0.1:7015 ada
//! $ cargo run --example chat_client_16 127.0.0.1:7015 grace
//! ```
//!
//! Expect `listening on 127.0.0.1:7015`, then who comes and who goes. Ctrl-C ends it. Give it another address to bind as
//! its argument.
//!
//! Try next: stop one client by Ctrl-Z, and let another one say a great deal, by `yes "$(seq -s ' ' 99)" | cargo run …` in
//! place of typing. Who is sent away, and when?
//!
//! Not for production: a name is whoever says it first; there are no passwords and no TLS.

use socket2::SockRef;
use std::{
    collections::HashMap,
    env, io,
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    sync::{
        Semaphore,
        mpsc::{self, error::TrySendError},
    },
    time::{MissedTickBehavior, interval, timeout},
};

/// How many bytes a line may have, and a name.
const LONGEST_LINE: usize = 500;
const LONGEST_NAME: usize = 20;

/// How many clients are here at once.
const MOST_CLIENTS: usize = 500;

/// How many lines wait for one client. More, and it does not keep up.
const QUEUE: usize = 64;

/// How many bytes the system keeps for one client, beside the queue. Linux alone would keep megabytes, and much would
/// have to be said before anybody noticed that one does not read.
const SEND_BUFFER: usize = 65_536;

/// How long a client may take to say its name, to say a line, to take a line.
const NAME: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(600);
const WRITE: Duration = Duration::from_secs(5);

/// The time from one line of a client to its next. A client that talks faster waits: what it sends fills TCP's
/// buffers, here and then on its side. Otherwise one who shouts would fill everybody's queue.
const PACE: Duration = Duration::from_millis(10);

#[tokio::main]
async fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7015".into());
    match serve(&address.to_string_lossy()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("chat_server_15: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7015")
    })?;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot bind {address}: {error}; is it taken, or of another machine?")
    })?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");
    let room = Arc::new(Room::default());
    let places = Arc::new(Semaphore::new(MOST_CLIENTS));
    loop {
        let (connection, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            // This client has gone again. The next one is not to blame.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(format!("cannot accept: {error}")),
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            println!("no place for one more: {MOST_CLIENTS} are here");
            continue;
        };
        // A hint: a system that does not take it keeps more.
        let _ = SockRef::from(&connection).set_send_buffer_size(SEND_BUFFER);
        let room = room.clone();
        tokio::spawn(async move {
            if let Err(error) = welcome(connection, &room).await {
                println!("a client did not come in: {error}");
            }
            drop(place);
        });
    }
}

// ANCHOR: room
/// Who is here, by name, and where lines for them wait. Whoever was sent away has no queue any more, but keeps the name
/// until their task is over: otherwise a second `ada` could come in while the first one is still going.
#[derive(Default)]
struct Room {
    queues: Mutex<HashMap<String, Option<mpsc::Sender<Arc<str>>>>>,
}

impl Room {
    /// Lets one in, and gives what they are to hear, first that they are in; nothing if somebody has that name.
    fn enter(&self, name: &str) -> Option<mpsc::Receiver<Arc<str>>> {
        let (queue, lines) = mpsc::channel(QUEUE);
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if queues.contains_key(name) {
            return None;
        }
        let _ = queue.try_send(format!("* welcome, {name}").into());
        queues.insert(name.into(), Some(queue));
        Some(lines)
    }

    /// Puts a line into everybody's queue but the speaker's. This never waits, and the lock is never held while
    /// something waits: so one slow client cannot hold up the others.
    fn tell_others(&self, speaker: &str, line: &str) {
        let line: Arc<str> = line.into();
        let mut sent_away = Vec::new();
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, place) in queues.iter_mut().filter(|(name, _)| *name != speaker) {
            let Some(queue) = place else { continue };
            if let Err(TrySendError::Full(_)) = queue.try_send(line.clone()) {
                *place = None;
                sent_away.push(name.clone());
            }
        }
        drop(queues);
        // Behind the lock: a terminal that stands still (Ctrl-S) makes printing wait, too.
        for name in sent_away {
            println!("{name} does not keep up: sent away");
        }
    }

    fn leave(&self, name: &str) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.remove(name);
    }
}
// ANCHOR_END: room

type Input = BufReader<tokio::net::tcp::OwnedReadHalf>;

async fn welcome(connection: TcpStream, room: &Room) -> io::Result<()> {
    let (input, mut output) = connection.into_split();
    let mut input = BufReader::new(input);
    let name = timeout(NAME, read_line(&mut input, LONGEST_NAME)).await;
    let name = name.map_err(|_| problem("it did not say its name"))??;
    let name = name.ok_or_else(|| problem("it did not say its name"))?;
    if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
        output
            .write_all(b"* a name has letters and digits\n")
            .await?;
        return Err(problem(&format!("{name:?} is no name")));
    }
    let Some(lines) = room.enter(&name) else {
        output.write_all(b"* somebody has this name\n").await?;
        return Err(problem(&format!("somebody is {name} already")));
    };
    room.tell_others(&name, &format!("* {name} comes"));
    println!("{name} comes");
    // ANCHOR: both
    // Two things at once: what this client hears, and what it says. When one of them is over, so is the other. The first
    // is tried first (`biased`): so whoever is in hears the welcome, whatever they have said meanwhile.
    let why = tokio::select! {
        biased;
        ended = speak(lines, &mut output) => match ended {
            Ok(()) => "did not keep up".into(),
            Err(error) => format!("does not take what it is sent: {error}"),
        },
        ended = listen(&mut input, &name, room) => match ended {
            Ok(()) => "has said goodbye".into(),
            Err(error) => format!("is gone: {error}"),
        },
    };
    // ANCHOR_END: both
    room.tell_others(&name, &format!("* {name} goes"));
    room.leave(&name);
    println!("{name} {why}");
    Ok(())
}

/// Passes on what a client says, until it ends its direction.
async fn listen(input: &mut Input, name: &str, room: &Room) -> io::Result<()> {
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        let line = timeout(IDLE, read_line(input, LONGEST_LINE)).await;
        match line.map_err(|_| problem("it is silent"))?? {
            Some(line) => room.tell_others(name, &format!("{name}: {line}")),
            None => return Ok(()),
        }
    }
}

/// Sends a client what waits for it, until nobody can put anything into its queue any more.
async fn speak(mut lines: mpsc::Receiver<Arc<str>>, output: &mut OwnedWriteHalf) -> io::Result<()> {
    while let Some(line) = lines.recv().await {
        let line = format!("{line}\n");
        let written = timeout(WRITE, output.write_all(line.as_bytes())).await;
        written.map_err(|_| problem("it does not read"))??;
    }
    Ok(())
}

/// A line without its end, or nothing at the end of the stream.
async fn read_line(input: &mut Input, longest: usize) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut limited = input.take(longest as u64 + 1);
    limited.read_until(b'\n', &mut line).await?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => String::from_utf8(line)
            .map(|line| Some(line.trim_end_matches('\r').to_owned()))
            .map_err(|_| problem("its line is not UTF-8")),
        Some(_) if line.len() == longest => Err(problem("its line is too long")),
        Some(_) => Err(problem("it ended in the middle of a line")),
    }
}

fn problem(what: &str) -> io::Error {
    io::Error::other(what)
}
