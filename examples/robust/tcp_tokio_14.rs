//! # A TCP server with a task for each client
//!
//! Does what `tcp_threads_13` does, on tokio: a client costs a task of a few hundred bytes, and a few threads
//! carry all of them. A task that waits for its client leaves its thread to the others.
//!
//! The server in one terminal, its client in others:
//!
//! ```console
//! $ cargo run --example tcp_tokio_14
//! $ cargo run --example tcp_client_04 127.0.0.1:7014
//! ```
//!
//! Expect `listening on 127.0.0.1:7014`, then the same lines as from `tcp_threads_13`. Ctrl-C ends it. Give it another
//! address to bind as its argument.
//!
//! Try next: put `std::thread::sleep` into `answer`, and see who waits.
//!
//! Not for production: Ctrl-C ends it in the middle of a reply; `production_server_17` finishes first.

use std::{env, io, net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};

/// How long a client may take to send its message and take the reply, all in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many bytes we take from one client. Without a limit, one could fill our memory.
const LONGEST_MESSAGE: u64 = 65_536;

/// How many clients we serve at once: more than threads would bear, fewer than a process may have open files.
const MOST_CLIENTS: usize = 800;

#[tokio::main]
async fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7014".into());
    match serve(&address.to_string_lossy()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tcp_tokio_14: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7014")
    })?;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot bind {address}: {error}; is it taken, or of another machine?")
    })?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");

    // ANCHOR: accept
    let places = Arc::new(Semaphore::new(MOST_CLIENTS));
    loop {
        // Without `await` nothing happens: a call gives a future, and waiting for it is what runs it.
        let (connection, client) = match listener.accept().await {
            Ok(accepted) => accepted,
            // The client gave up while it stood in the queue.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(format!("cannot accept: {error}")),
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            eprintln!("tcp_tokio_14: no place for {client}: {MOST_CLIENTS} are here");
            continue;
        };
        // From here on, this client has a task of its own, and we are back at `accept`.
        tokio::spawn(async move {
            match timeout(PATIENCE, answer(connection, client)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => eprintln!("tcp_tokio_14: lost {client}: {error}"),
                Err(_) => eprintln!("tcp_tokio_14: lost {client}: its message takes too long"),
            }
            drop(place);
        });
    }
    // ANCHOR_END: accept
}

// ANCHOR: answer
async fn answer(mut connection: TcpStream, client: SocketAddr) -> io::Result<()> {
    println!("{client} connected");
    let mut message = Vec::new();
    // One byte more than we take, so that a message that is too long can be told from one that fits.
    let mut limited = (&mut connection).take(LONGEST_MESSAGE + 1);
    limited.read_to_end(&mut message).await?;
    if limited.limit() == 0 {
        return Err(io::Error::other("its message is too long"));
    }
    // `{:?}`, because a stranger wrote it: control characters are shown, not obeyed.
    println!(
        "{client} sent {} bytes: {:?}",
        message.len(),
        String::from_utf8_lossy(&message)
    );
    let reply = format!("received {} bytes", message.len());
    connection.write_all(reply.as_bytes()).await
}
// ANCHOR_END: answer
