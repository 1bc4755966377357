//! # A link that cuts a stream into other pieces
//!
//! Stands between a TCP client and a server and passes the client's bytes on as a network may: one at a time,
//! or all together; or it stops in the middle.
//!
//! The server in one terminal, the link in a second, a client that is sent to the link in a third:
//!
//! ```console
//! $ cargo run --example tcp_server_03
//! $ cargo run --example slicing_link 127.0.0.1:7000 127.0.0.1:7003 one
//! $ cargo run --example tcp_client_04 127.0.0.1:7000 hello
//! ```
//!
//! Expect a line for what the link does. Its third argument is `one`, `join`, `random`, `cut`, `stall` or
//! `reset`. Behind `random` comes a seed: the same seed gives the same pieces. Behind the last three comes the number of
//! bytes that go before it. A last argument `back` does it to the server's bytes instead: `… 127.0.0.1:7003 cut 3 back`.
//!
//! Try next: `join`, and a client that sends twice.

use links::{Direction, Slicing, SlicingLink};
use std::{
    env,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    thread,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("slicing_link: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments = env::args_os().skip(1);
    let mut arguments: Vec<String> = arguments
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    let back = arguments.pop_if(|last| last == "back").is_some();
    let direction = match back {
        true => Direction::ToClient,
        false => Direction::ToServer,
    };
    let [listen, target, mode @ ..] = &arguments[..] else {
        return Err("it takes two addresses, its own and the server's, and what to do".into());
    };
    let slicing = slicing(mode).ok_or(
        "what to do is one, join, random SEED, cut BYTES, stall BYTES or reset BYTES, and back behind it",
    )?;
    let (listen, target) = (address(listen)?, address(target)?);
    let link = SlicingLink::start(listen, target, direction, slicing, |line| {
        println!("{line}")
    })
    .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    println!("listening on {}", link.address);
    io::stdout().flush().map_err(|error| error.to_string())?;
    loop {
        // The link works on threads of its own, until Ctrl-C.
        thread::park();
    }
}

fn slicing(mode: &[String]) -> Option<Slicing> {
    let mode: Vec<&str> = mode.iter().map(String::as_str).collect();
    match mode[..] {
        ["one"] => Some(Slicing::One),
        ["join"] => Some(Slicing::Join),
        ["random", seed] => Some(Slicing::Random(seed.parse().ok()?)),
        ["cut", bytes] => Some(Slicing::Cut(bytes.parse().ok()?)),
        ["stall", bytes] => Some(Slicing::Stall(bytes.parse().ok()?)),
        ["reset", bytes] => Some(Slicing::Reset(bytes.parse().ok()?)),
        _ => None,
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not an address: write IP:PORT, such as 127.0.0.1:7000"))
}
