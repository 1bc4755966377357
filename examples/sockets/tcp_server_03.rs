//! # A TCP server: accept a connection, read to its end, reply, close
//!
//! Serves one client after another: reads until the client has sent everything, prints it, and
//! tells the client how many bytes arrived.
//!
//! The server in one terminal, its client in another:
//!
//! ```console
//! $ cargo run --example tcp_server_03
//! $ cargo run --example tcp_client_04
//! ```
//!
//! Expect `listening on 127.0.0.1:7003`, then two lines here for each client. Ctrl-C ends it.
//! Give it another address to bind as its argument: `[::1]:7003`, or port 0 for any free one.
//!
//! Try next: open the address in a web browser and, while that waits, run the client. Who waits for
//! whom?
//!
//! Not for production: one client at a time. A silent one makes all others wait for 10 seconds.

use std::{
    env,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::ExitCode,
    time::{Duration, Instant},
};

/// How long a client may take to send its message, all in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many bytes we take from one client. Without a limit, one could fill our memory.
const LONGEST_MESSAGE: usize = 65_536;

fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7003".into());
    match serve(&address.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tcp_server_03: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7003")
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

    loop {
        // ANCHOR: accept
        // Accept: take the next finished connection off the queue. It is a socket of its own;
        // the listener stays what it was.
        match listener.accept() {
            Ok((connection, client)) => {
                // What goes wrong with one client must not end the service for the next.
                if let Err(error) = answer(connection, client) {
                    eprintln!("tcp_server_03: lost {client}: {error}");
                }
            }
            // The client gave up while it stood in the queue.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return Err(format!("cannot accept: {error}")),
        }
        // ANCHOR_END: accept
    }
}

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
