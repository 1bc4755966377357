//! # Each direction ends alone: the side that asks
//!
//! Sends the numbers from 1 to 100, ends its sending, and takes the sum. Or ends in a wrong way, to show what comes
//! of it.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example half_close_server_11
//! $ cargo run --example half_close_client_12
//! ```
//!
//! Expect the sum, 5050. Its arguments are the server's address and an ending: `half-close`, `keep-open`, `close` or `reset`.
//!
//! Try next: each ending. What does the server say to each, and what does this client?
//!
//! Not for production: it sends all before it reads, which works as long as the server says nothing before the end.

use socket2::SockRef;
use std::{
    env,
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    process::ExitCode,
    time::Duration,
};

/// How long we wait for one step.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the reply may be.
const LONGEST_REPLY: u64 = 100;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let server = arguments.first().map_or("127.0.0.1:7011", |text| text);
    let ending = arguments.get(1).map_or("half-close", |text| text);
    match ask(server, ending) {
        Ok(reply) => {
            println!("{reply}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("half_close_client_12: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn ask(server: &str, ending: &str) -> Result<String, String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7011")
    })?;
    if !["half-close", "keep-open", "close", "reset"].contains(&ending) {
        return Err(format!(
            "{ending:?} is not half-close, keep-open, close or reset"
        ));
    }
    converse(server, ending).map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => {
            format!("nobody listens on {server}: start half_close_server_11 first")
        }
        // Unix says the first, Windows the second, when the time is up.
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            format!("{server} said nothing for {} s", PATIENCE.as_secs())
        }
        _ => format!("cannot talk to {server}: {error}"),
    })
}

fn converse(server: SocketAddr, ending: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let numbers: String = (1..=100).map(|number| format!("{number}\n")).collect();
    stream.write_all(numbers.as_bytes())?;
    println!("sent 100 numbers");

    // ANCHOR: endings
    match ending {
        // Our direction ends: FIN goes out behind the last number. The other one stays open for the reply.
        "half-close" => stream.shutdown(Shutdown::Write)?,
        // Both directions end. Nobody is here when the reply comes.
        "close" => return Ok("closed; the sum is lost".into()),
        // As if this program had been torn away: no FIN, but RST, and the server must not take what came for all.
        "reset" => {
            SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
            return Ok("reset; there is no sum".into());
        }
        // We wait for the server, and the server waits for us.
        _ => {}
    }
    // ANCHOR_END: endings

    // ANCHOR: reply
    // The server's direction ends, too: then this is the whole reply.
    let mut reply = String::new();
    stream.take(LONGEST_REPLY).read_to_string(&mut reply)?;
    match reply.strip_suffix('\n') {
        Some(sum) => Ok(format!("the sum is {sum:?}")),
        // It ended, and this is no whole line: never take a part for the whole.
        None => Err(io::Error::other("the server ended without a sum")),
    }
    // ANCHOR_END: reply
}
