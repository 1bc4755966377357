//! # Where a message ends: three ways to cut a stream, by hand
//!
//! Takes messages from a TCP stream, prints each one, and replies to each one. What a message is, its first argument
//! says: `lines` (a line feed ends it), `lengths` (four bytes before it say how long it is), or `reads`, which is no
//! way at all: whatever one read gives is taken for a message.
//!
//! The server in one terminal, its client in another:
//!
//! ```console
//! $ cargo run --example framed_server_09 lengths
//! $ cargo run --example framed_client_10 lengths
//! ```
//!
//! Expect `listening on 127.0.0.1:7009`, then a line for each message. Ctrl-C ends it. Its second argument is another
//! address to bind.
//!
//! Try next: each of the three, then each one behind `slicing_link`, with `one` and with `join`.
//!
//! Not for production: it serves one client at a time; `tcp_threads_13` mends that.

use std::{
    env,
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::ExitCode,
    time::Duration,
};

/// How many bytes a message may have. Without a limit, one client could have all our memory.
const LONGEST: usize = 1_000;

/// How long we wait for more from a client.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let framing = arguments.first().map_or("lengths", |text| text);
    let address = arguments.get(1).map_or("127.0.0.1:7009", |text| text);
    match serve(framing, address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("framed_server_09: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve(framing: &str, address: &str) -> Result<(), String> {
    let next: fn(&mut Input) -> io::Result<Option<Vec<u8>>> = match framing {
        "reads" => next_read,
        "lines" => next_line,
        "lengths" => next_by_length,
        _ => return Err(format!("{framing:?} is not lines, lengths or reads")),
    };
    let address: SocketAddr = address.parse().map_err(|_| {
        format!("{address:?} is not an address: write IP:PORT, such as 127.0.0.1:7009")
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
        match converse(client, framing, next) {
            Ok(count) => println!("the client has ended, after {count} messages"),
            // Unix says the first, Windows the second, when the time is up.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                println!(
                    "the client was sent away: nothing came for {} s",
                    PATIENCE.as_secs()
                );
            }
            Err(error) => println!("the client was sent away: {error}"),
        }
    }
}

type Input = BufReader<TcpStream>;

fn converse(
    client: TcpStream,
    framing: &str,
    next: fn(&mut Input) -> io::Result<Option<Vec<u8>>>,
) -> io::Result<usize> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut output = client.try_clone()?;
    // One reader for the whole connection: it may have read the beginning of the next message already.
    let mut input = BufReader::new(client);
    let mut count = 0;
    while let Some(message) = next(&mut input)? {
        count += 1;
        println!("message {count}: {:?}", String::from_utf8_lossy(&message));
        let reply = format!("received {} bytes", message.len());
        output.write_all(&frame(framing, reply.as_bytes()))?;
    }
    Ok(count)
}

// ANCHOR: reads
/// What one read gives: as much as has come, be it half a message or three.
fn next_read(input: &mut Input) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = [0; LONGEST];
    let length = loop {
        match input.read(&mut buffer) {
            // You pressed Ctrl-Z, and then continued the program: read on.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    Ok((length > 0).then(|| buffer[..length].to_vec()))
}
// ANCHOR_END: reads

// ANCHOR: lines
/// A line, without its end. Only at the end of a line may the stream end, too.
fn next_line(input: &mut Input) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    // The limit is on what is read, so that a line without an end is not kept before it is refused.
    input
        .take(LONGEST as u64 + 1)
        .read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() == LONGEST => Err(problem("a line is too long")),
        Some(_) => Err(problem("the stream ended in the middle of a line")),
    }
}
// ANCHOR_END: lines

// ANCHOR: lengths
/// A message behind its length: four bytes in network byte order, the most significant one first.
fn next_by_length(input: &mut Input) -> io::Result<Option<Vec<u8>>> {
    // Here, between two messages, is the one place where the stream may end.
    let mut first = Vec::new();
    if input.take(1).read_to_end(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = [first[0], 0, 0, 0];
    input.read_exact(&mut length[1..])?;
    let length = u32::from_be_bytes(length);
    // The peer says it, so it may be anything: look before making room for 4 GiB.
    if length > LONGEST as u32 {
        return Err(problem(&format!("a message of {length} bytes is too long")));
    }
    let mut message = vec![0; length as usize];
    input.read_exact(&mut message)?;
    Ok(Some(message))
}
// ANCHOR_END: lengths

// ANCHOR: frame
/// A message as it goes into the stream.
fn frame(framing: &str, message: &[u8]) -> Vec<u8> {
    match framing {
        "lines" => [message, b"\n"].concat(),
        "lengths" => [&(message.len() as u32).to_be_bytes(), message].concat(),
        _ => message.to_vec(),
    }
}
// ANCHOR_END: frame

fn problem(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
