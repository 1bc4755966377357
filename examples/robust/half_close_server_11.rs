//! # Each direction ends alone: the side that replies
//!
//! Adds up the numbers that a client sends, one a line. It knows that it has all of them when the client ends *its*
//! direction; the other one is still open, and the sum goes back on it.
//!
//! The server in one terminal, its client in another:
//!
//! ```console
//! $ cargo run --example half_close_server_11
//! $ cargo run --example half_close_client_12
//! ```
//!
//! Expect `listening on 127.0.0.1:7011`, then, for each client, how it ended. Ctrl-C ends the server. Give it another
//! address to bind as its argument.
//!
//! Try next: the client with `keep-open`, with `close`, and with `reset`.
//!
//! Not for production: while one client is silent, all others wait.

use std::{
    env,
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    process::ExitCode,
    time::{Duration, Instant},
};

/// How long a client may say nothing.
const IDLE: Duration = Duration::from_secs(1);

/// How long its whole sending may take: a byte now and then is not nothing, and would keep us for ever.
const WHOLE: Duration = Duration::from_secs(5);

/// How many bytes a client may send.
const MOST: u64 = 1 << 20;

fn main() -> ExitCode {
    let address = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7011".into());
    match serve(&address.to_string_lossy()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("half_close_server_11: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> Result<(), String> {
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7011")
    })?;
    let listener = TcpListener::bind(address).map_err(|error| {
        format!("cannot bind {address}: {error}; is it taken, or of another machine?")
    })?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {bound}");
    loop {
        let (client, _) = match listener.accept() {
            Ok(accepted) => accepted,
            // This client has gone again. The next one is not to blame.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(format!("cannot accept: {error}")),
        };
        // ANCHOR: endings
        match reply(&client) {
            Ok(sum) => println!("the client has said all; its sum is {sum}"),
            Err(error) => match error.kind() {
                // A time that is up: Unix says the first, Windows the second. A server that knows one of them
                // alone waits for ever on the other system.
                ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                    println!("the client took too long; no sum without an end");
                }
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                    println!(
                        "the client reset the connection; what it had sent counts for nothing"
                    );
                }
                ErrorKind::BrokenPipe | ErrorKind::NotConnected => {
                    println!("the client did not wait for its sum");
                }
                _ => println!("no sum for this client: {error}"),
            },
        }
        // ANCHOR_END: endings
    }
}

// ANCHOR: reply
fn reply(mut client: &TcpStream) -> io::Result<u64> {
    client.set_read_timeout(Some(IDLE))?;
    client.set_write_timeout(Some(IDLE))?;
    let until = Instant::now() + WHOLE;
    let mut lines = BufReader::new(client.take(MOST));
    let mut sum = 0_u64;
    let mut line = String::new();
    // Nothing more: the client's FIN has come. That, and nothing else, says that these were all.
    while lines.read_line(&mut line)? > 0 {
        let number: u64 = line
            .strip_suffix('\n')
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| io::Error::other(format!("{line:?} is no number on a line")))?;
        sum = sum
            .checked_add(number)
            .ok_or_else(|| io::Error::other("the sum is too large"))?;
        line.clear();
        if Instant::now() > until {
            return Err(ErrorKind::TimedOut.into());
        }
    }
    if lines.into_inner().limit() == 0 {
        return Err(io::Error::other(format!("more than {MOST} bytes")));
    }
    // The client has ended its direction. Ours is open until we end it.
    writeln!(client, "{sum}")?;
    client.shutdown(Shutdown::Write)?;
    Ok(sum)
}
// ANCHOR_END: reply
