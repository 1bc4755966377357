//! # Where a message ends: the same three ways, by a library
//!
//! Sends messages to `framed_server_09` without a pause between them, then takes the replies. The crate `tokio-util`
//! has a codec for each way to cut a stream; it takes bytes and gives messages, and does not care where bytes come from.
//!
//! The server in one terminal, this client in another:
//!
//! ```console
//! $ cargo run --example framed_server_09 lengths
//! $ cargo run --example framed_client_10 lengths
//! ```
//!
//! Expect a reply for each message. Its arguments are `lines`, `lengths` or `reads`, the server's address, and the messages.
//!
//! Try next: `cargo run --example framed_client_10 lines 127.0.0.1:7009 hello "good morning"`. Then a client that says
//! `lines` to a server that says `lengths`: can you tell what the server says about it?
//!
//! Not for production: it sends all before it reads. With more messages than the system has room for, both sides would
//! wait for each other.

use bytes::{Bytes, BytesMut};
use std::{
    env,
    fmt::Display,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    process::ExitCode,
    time::Duration,
};
use tokio_util::codec::{BytesCodec, Decoder, Encoder, LengthDelimitedCodec, LinesCodec};

/// How many bytes a reply may have.
const LONGEST: usize = 1_000;

/// How long we wait for one step.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many messages we send, and how long they may be together: less than the system has room for.
const MOST_MESSAGES: usize = 100;
const MOST_BYTES: usize = 16_384;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let mut arguments = arguments
        .iter()
        .map(|text| text.to_string_lossy().into_owned());
    let framing = arguments.next().unwrap_or_else(|| "lengths".into());
    let server = arguments.next().unwrap_or_else(|| "127.0.0.1:7009".into());
    let mut messages: Vec<String> = arguments.collect();
    if messages.is_empty() {
        messages = ["hello", "a longer message", "你好"]
            .map(String::from)
            .into();
    }
    match run(&framing, &server, messages) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("framed_client_10: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(framing: &str, server: &str, messages: Vec<String>) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7009")
    })?;
    let together: usize = messages.iter().map(String::len).sum();
    if messages.len() > MOST_MESSAGES || together > MOST_BYTES {
        return Err(format!(
            "too much: {MOST_MESSAGES} messages of {MOST_BYTES} bytes together are the most"
        ));
    }
    // ANCHOR: codecs
    let bytes = messages.iter().map(|message| Bytes::from(message.clone()));
    match framing {
        "reads" => talk(server, BytesCodec::new(), bytes.collect()),
        "lines" => talk(server, LinesCodec::new_with_max_length(LONGEST), messages),
        "lengths" => {
            // Four bytes, the most significant one first, is what this codec does unless it is told otherwise.
            let codec = LengthDelimitedCodec::builder()
                .max_frame_length(LONGEST)
                .new_codec();
            talk(server, codec, bytes.collect())
        }
        _ => Err(format!("{framing:?} is not lines, lengths or reads")),
    }
    // ANCHOR_END: codecs
}

/// Sends all messages and takes as many replies.
fn talk<C, M>(server: SocketAddr, mut codec: C, messages: Vec<M>) -> Result<(), String>
where
    C: Decoder<Item: AsRef<[u8]>, Error: Display> + Encoder<M, Error: Display>,
{
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("nobody listens on {server}: start framed_server_09 first")
        }
        // Unix says the first, Windows the second, when the time is up.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            format!("{server} said nothing for {} s", PATIENCE.as_secs())
        }
        _ => format!("cannot talk to {server}: {error}"),
    };
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE).map_err(cannot)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(cannot)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(cannot)?;

    // ANCHOR: send
    let count = messages.len();
    for message in messages {
        let mut frame = BytesMut::new();
        codec
            .encode(message, &mut frame)
            .map_err(|error| format!("cannot send a message: {error}"))?;
        stream.write_all(&frame).map_err(cannot)?;
    }
    println!("sent {count} messages");
    // ANCHOR_END: send

    // ANCHOR: receive
    let mut received = BytesMut::new();
    let mut piece = [0; 4_096];
    let mut replies = 0;
    while replies < count {
        // Give the codec what has come. Nothing back means that a message is not whole yet: read on.
        let reply = codec
            .decode(&mut received)
            .map_err(|error| format!("{server} sent no message of this kind: {error}"))?;
        if let Some(reply) = reply {
            replies += 1;
            println!(
                "reply {replies}: {:?}",
                String::from_utf8_lossy(reply.as_ref())
            );
            continue;
        }
        let length = match stream.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(cannot)?,
        };
        if length == 0 {
            return Err(format!("{server} ended the stream after {replies} replies"));
        }
        received.extend_from_slice(&piece[..length]);
    }
    // ANCHOR_END: receive
    Ok(())
}
