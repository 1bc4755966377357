//! # A TCP client: connect, send, say that you are done, read the reply to its end
//!
//! Sends one message to `tcp_server_03` and prints the reply.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example tcp_server_03
//! $ cargo run --example tcp_client_04
//! ```
//!
//! Expect three lines: connected, sent, replied. Its arguments are the server's address and the
//! message: `cargo run --example tcp_client_04 127.0.0.1:7003 "good morning"`.
//!
//! Try next: send `""`. Then end the server, and send again.
//!
//! Not for production: whoever is on the way can read and change every byte. TLS is for that.

use std::{
    env,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    process::ExitCode,
    time::{Duration, Instant},
};

/// How long we wait for the connection, and then for the whole reply.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many bytes of reply we take. Without a limit, a server could fill our memory.
const LONGEST_REPLY: usize = 65_536;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let server = arguments.next().unwrap_or_else(|| "127.0.0.1:7003".into());
    let message = arguments
        .next()
        .unwrap_or_else(|| "你好, network 👋".into());
    if arguments.next().is_some() {
        eprintln!("tcp_client_04: too many arguments: put the message into quotes");
        return ExitCode::FAILURE;
    }
    match ask(&server.to_string_lossy(), &message.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tcp_client_04: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn ask(server: &str, message: &str) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7003")
    })?;
    let reply = exchange(server, message).map_err(|error| match error.kind() {
        // Unix says WouldBlock when the time is up, Windows says TimedOut.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!(
            "no whole reply from {server} within {} s: is tcp_server_03 busy with another client?",
            PATIENCE.as_secs()
        ),
        io::ErrorKind::ConnectionRefused => {
            format!("nobody listens on {server}: start tcp_server_03 first")
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected => {
            format!("{server} cut the connection: the terminal of the server may say why")
        }
        _ => format!("cannot talk to {server}: {error}"),
    })?;
    println!("{server} replied: {:?}", String::from_utf8_lossy(&reply));
    Ok(())
}

fn exchange(server: SocketAddr, message: &str) -> io::Result<Vec<u8>> {
    // ANCHOR: connect
    // Create a socket and connect it: this returns when the handshake is done.
    // Our own address and port are chosen by the system on the way.
    let mut connection = TcpStream::connect_timeout(&server, PATIENCE)?;
    println!("connected to {server} from {}", connection.local_addr()?);
    // ANCHOR_END: connect

    // ANCHOR: send
    // Send. `write` may take only a part; `write_all` calls it until everything is on its way.
    connection.set_write_timeout(Some(PATIENCE))?;
    connection.write_all(message.as_bytes())?;
    println!(
        "sent {} characters as {} bytes: {message:?}",
        message.chars().count(),
        message.len()
    );
    // A stream has no ends of messages in it. Closing our sending side says "that was all",
    // and leaves the other direction open for the reply.
    connection.shutdown(Shutdown::Write)?;
    // ANCHOR_END: send

    let reply = receive_all(&mut connection)?;
    if reply.is_empty() {
        return Err(io::Error::other("it closed the connection without a reply"));
    }
    Ok(reply)
    // Here `connection` goes out of scope, and that closes it.
}

// ANCHOR: receive
/// Reads until the server has said that it sends no more.
/// Gives an error when the reply is too long or takes too long.
fn receive_all(connection: &mut TcpStream) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    let mut reply = Vec::new();
    let mut buffer = [0; 1024];
    while reply.len() <= LONGEST_REPLY {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        // macOS refuses a new limit when both sides are done; but then no read waits any more.
        let _ = connection.set_read_timeout(Some(left));
        match connection.read(&mut buffer) {
            // End of stream: the server has closed its sending side, so this is all.
            Ok(0) => return Ok(reply),
            // One read is not one write: it may be a part of the reply.
            Ok(length) => reply.extend_from_slice(&buffer[..length]),
            // You pressed Ctrl-Z, and then continued the program: read again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("its reply is too long"))
}
// ANCHOR_END: receive
