//! # A TCP server with a thread for each client
//!
//! Does what `tcp_server_03` does, for many clients at once: a slow one holds up nobody but itself.
//!
//! The server in one terminal, its client in others:
//!
//! ```console
//! $ cargo run --example tcp_threads_13
//! $ cargo run --example tcp_client_04 127.0.0.1:7013
//! ```
//!
//! Expect `listening on 127.0.0.1:7013`, then the same lines as from `tcp_server_03`, those of several clients mixed.
//! Ctrl-C ends it. Give it another address to bind as its argument.
//!
//! Try next: a client that says nothing (`slicing_link 127.0.0.1:7000 127.0.0.1:7013 stall 0` before it), and meanwhile
//! another one; the same with `tcp_server_03`.
//!
//! Not for production: 200 clients that say nothing take all places for ten seconds, and all others are sent away.

use std::{
    env,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a client may take to send its message, all in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many bytes we take from one client. Without a limit, one could fill our memory.
const LONGEST_MESSAGE: usize = 65_536;

/// How many clients we serve at once. A thread costs memory, and without a limit a crowd could have all of it.
const MOST_CLIENTS: usize = 200;

fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7013".into());
    match serve(&address.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tcp_threads_13: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7013")
    })?;

    // ANCHOR: listen
    // Create a socket, bind it, and listen: from here on, the system completes handshakes for us.
    let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("another program has {address}: end it, or bind another port")
        }
        io::ErrorKind::PermissionDenied => {
            format!("this system does not let you bind {address}: take a port above 1023")
        }
        _ => format!("cannot bind {address}: {error}; is it an address of this machine?"),
    })?;
    // Asked for port 0, the system has chosen one: print the address that we really have.
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");
    // ANCHOR_END: listen

    // ANCHOR: accept
    let clients = Arc::new(AtomicUsize::new(0));
    loop {
        let (connection, client) = match listener.accept() {
            Ok(accepted) => accepted,
            // The client gave up while it stood in the queue.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(format!("cannot accept: {error}")),
        };
        // Only this thread adds, so nobody can take the last place between the look and the step.
        if clients.load(Ordering::Relaxed) == MOST_CLIENTS {
            eprintln!("tcp_threads_13: no place for {client}: {MOST_CLIENTS} are here");
            continue;
        }
        let place = Place::take(&clients);
        // From here on, this client has a thread of its own, and we are back at `accept`.
        let started = thread::Builder::new().spawn(move || {
            if let Err(error) = answer(connection, client) {
                eprintln!("tcp_threads_13: lost {client}: {error}");
            }
            drop(place);
        });
        if let Err(error) = started {
            eprintln!("tcp_threads_13: no thread for {client}: {error}");
        }
    }
    // ANCHOR_END: accept
}

// ANCHOR: place
/// A place among the clients. It is free again when this goes, even if the thread panics.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(clients: &Arc<AtomicUsize>) -> Self {
        clients.fetch_add(1, Ordering::Relaxed);
        Place(clients.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
// ANCHOR_END: place

// ANCHOR: answer
fn answer(mut connection: TcpStream, client: SocketAddr) -> io::Result<()> {
    println!("{client} connected");
    let message = receive_all(&mut connection)?;
    // `{:?}`, because a stranger wrote it: control characters are shown, not obeyed.
    println!(
        "{client} sent {} bytes: {:?}",
        message.len(),
        String::from_utf8_lossy(&message)
    );
    let reply = format!("received {} bytes", message.len());
    // `write` may take only a part; `write_all` calls it until everything is on its way.
    connection.write_all(reply.as_bytes())
    // Here `connection` goes out of scope, and that closes it.
}
// ANCHOR_END: answer

// ANCHOR: receive
/// Reads until the client has said that it sends no more.
/// Gives an error when the message is too long or takes too long.
fn receive_all(connection: &mut TcpStream) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    let mut message = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::other("its message takes too long"));
        }
        connection.set_read_timeout(Some(left))?;
        match connection.read(&mut buffer) {
            // End of stream: the client has closed its sending side. This is not "nothing yet".
            Ok(0) => return Ok(message),
            // One read is not one write: it may hold a part of the message, or several writes.
            Ok(length) => message.extend_from_slice(&buffer[..length]),
            Err(error) => match error.kind() {
                // The time is up. Unix says WouldBlock, Windows says TimedOut.
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => continue,
                // You pressed Ctrl-Z, and then continued the program: read again.
                io::ErrorKind::Interrupted => continue,
                _ => return Err(error),
            },
        }
        if message.len() > LONGEST_MESSAGE {
            return Err(io::Error::other("its message is too long"));
        }
    }
}
// ANCHOR_END: receive
