//! # The other end of a chat: two directions, neither waits for the other
//!
//! Sends what you type to `chat_server_15`, and prints what the others say, as both come.
//!
//! The server in one terminal, its clients in others:
//!
//! ```console
//! $ cargo run --example chat_server_15
//! $ cargo run --example chat_client_16 127.0.0.1:7015 ada
//! $ cargo run --example chat_client_16 127.0.0.1:7015 grace hello "how are you?"
//! ```
//!
//! Expect `joined 127.0.0.1:7015 as ada`, then a line for each that somebody says. Its arguments are the server's address,
//! your name, and what to say: with that, it says it and goes; with `--listen` instead, it says nothing and stays.
//! Without either, it says what you type, and goes at the end of your input (Ctrl-D; on Windows Ctrl-Z, Enter).
//!
//! Try next: two clients of one name.
//!
//! Not for production: what it could not send is gone, and it does not connect again.

use std::{
    env,
    io::{self, BufRead},
    net::SocketAddr,
    process::ExitCode,
    thread,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::{Instant, sleep_until, timeout, timeout_at},
};

/// How long we wait for the connection, for the server's welcome, and for its goodbye.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the server may take nothing of what we say. One that is told more than it takes lets us wait; that is no fault.
const TAKE: Duration = Duration::from_secs(30);

/// How long a line from the server may be, and how long one of ours: more of it the server does not take.
const LONGEST_LINE: u64 = 1_000;
const LONGEST_SAID: usize = 500;

type Input = BufReader<OwnedReadHalf>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    let server = arguments.first().map_or("127.0.0.1:7015", |text| text);
    let name = arguments.get(1).map_or("ada", |text| text);
    let lines = arguments.get(2..).unwrap_or_default();
    match chat(server, name, lines).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("chat_client_16: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn chat(server: &str, name: &str, lines: &[String]) -> Result<(), String> {
    let server: SocketAddr = server.parse().map_err(|_| {
        format!("{server:?} is not an address: write IP:PORT, such as 127.0.0.1:7015")
    })?;
    if name.contains('\n') {
        return Err("a name has no line feed in it".into());
    }
    if lines.iter().any(|line| !fits(line)) {
        return Err(format!(
            "a line has at most {LONGEST_SAID} bytes, and no line feed in it"
        ));
    }
    let connection = timeout(PATIENCE, TcpStream::connect(server)).await;
    let connection = connection.map_err(|_| format!("{server} does not answer"))?;
    let connection = connection.map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("nobody listens on {server}: start chat_server_15 first")
        }
        _ => format!("cannot connect to {server}: {error}"),
    })?;
    let said = words(lines);
    let (input, mut output) = connection.into_split();
    let mut input = BufReader::new(input);
    let talk = async {
        join(&mut input, &mut output, name).await?;
        println!("joined {server} as {name}");
        converse(input, output, said).await
    };
    talk.await
        .map_err(|error| format!("the talk with {server} is over: {error}"))
}

fn fits(line: &str) -> bool {
    line.len() <= LONGEST_SAID && !line.contains('\n')
}

/// Says our name, and waits for the server's word about it.
async fn join(input: &mut Input, output: &mut OwnedWriteHalf, name: &str) -> io::Result<()> {
    output.write_all(format!("{name}\n").as_bytes()).await?;
    let answer = timeout(PATIENCE, hear(input, &mut Vec::new())).await;
    let answer = answer.map_err(|_| io::Error::other("the server does not say that we are in"))?;
    match answer? {
        Some(line) if line == format!("* welcome, {name}") => Ok(()),
        Some(line) => Err(io::Error::other(format!("the server says {line:?}"))),
        None => Err(io::Error::other("the server has ended it")),
    }
}

/// What we say, line by line. It ends when we have said all.
fn words(lines: &[String]) -> mpsc::Receiver<String> {
    let (say, said) = mpsc::channel(8);
    let lines = lines.to_vec();
    // A thread and no task: nothing can interrupt somebody who waits for the keyboard, and tokio would wait for that.
    thread::spawn(move || match lines.first().map(String::as_str) {
        Some("--listen") => loop {
            thread::park();
        },
        Some(_) => lines
            .into_iter()
            .all(|line| say.blocking_send(line).is_ok()),
        None => io::stdin()
            .lock()
            .lines()
            .map_while(Result::ok)
            .all(|line| match fits(&line) {
                true => say.blocking_send(line).is_ok(),
                false => {
                    eprintln!("not said: a line has at most {LONGEST_SAID} bytes");
                    true
                }
            }),
    });
    said
}

// ANCHOR: converse
async fn converse(
    mut input: Input,
    mut output: OwnedWriteHalf,
    mut said: mpsc::Receiver<String>,
) -> io::Result<()> {
    let mut heard = Vec::new();
    let mut unsent = Vec::new();
    let mut taken = Instant::now();
    let mut goodbye = None;
    loop {
        tokio::select! {
            line = said.recv(), if unsent.is_empty() && goodbye.is_none() => match line {
                Some(line) => {
                    unsent = format!("{line}\n").into();
                    taken = Instant::now();
                }
                None => {
                    // We have said all. The server hears it, and ends its direction, too.
                    output.shutdown().await?;
                    goodbye = Some(Instant::now() + PATIENCE);
                }
            },
            // `write` takes what there is room for, and says how much; dropped before, it has taken nothing.
            sent = timeout_at(taken + TAKE, output.write(&unsent)), if !unsent.is_empty() => {
                let sent = sent.map_err(|_| io::Error::other("the server takes nothing more"))??;
                unsent.drain(..sent);
                taken = Instant::now();
            }
            // What was read of a line before our own line came first stays in `heard`, and the rest is added to it.
            read = hear(&mut input, &mut heard) => match read? {
                Some(line) => println!("{line}"),
                None if goodbye.is_some() => return Ok(()),
                None => return Err(io::Error::other("the server has ended it")),
            },
            () = sleep_until(goodbye.unwrap_or_else(Instant::now)), if goodbye.is_some() => {
                return Err(io::Error::other("the server does not say goodbye"));
            }
        }
    }
}
// ANCHOR_END: converse

/// The next line, or nothing at the end of the stream. A call that is given up in the middle loses nothing.
async fn hear(input: &mut Input, heard: &mut Vec<u8>) -> io::Result<Option<String>> {
    let room = (LONGEST_LINE + 1).saturating_sub(heard.len() as u64);
    input.take(room).read_until(b'\n', heard).await?;
    if heard.is_empty() {
        return Ok(None);
    }
    if heard.last() != Some(&b'\n') {
        return Err(io::Error::other("it sent a line without an end"));
    }
    let line = String::from_utf8_lossy(&std::mem::take(heard))
        .trim_end()
        .to_owned();
    // Others wrote it: what would steer the terminal is shown as a mark.
    Ok(Some(line.replace(char::is_control, "\u{fffd}")))
}
