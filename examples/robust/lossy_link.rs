//! # A link that loses datagrams
//!
//! Stands between a UDP client and a server and does what a bad network does: it drops datagrams, brings
//! some twice, and lets some be overtaken. The same seed gives the same run.
//!
//! The server in one terminal, the link in a second, a client that is sent to the link in a third:
//!
//! ```console
//! $ cargo run --example udp_server_01
//! $ cargo run --example lossy_link 127.0.0.1:7000 127.0.0.1:7001
//! $ cargo run --example udp_client_02 127.0.0.1:7000 hello
//! ```
//!
//! Expect a line for each datagram that does not go its straight way; then the client has waited in vain, or
//! it gets its reply twice and does not know. Further arguments are a seed, the chances in percent to be
//! lost, to come twice, to come late, and for how many milliseconds each datagram is on its way:
//! `… 127.0.0.1:7001 2 30 10 10 40`.
//!
//! Try next: chances of 0, and of 100 for a loss.

use links::{Chances, LossyLink};
use std::{
    env,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    thread,
    time::Duration,
};

/// How long a datagram may be on its way, in milliseconds.
const LONGEST_DELAY: u64 = 10_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("lossy_link: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments = env::args_os().skip(1);
    let arguments: Vec<String> = arguments
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    let [listen, target, numbers @ ..] = &arguments[..] else {
        return Err("it takes two addresses: its own, and the server's".into());
    };
    let numbers = numbers.iter().map(|text| {
        let number = text.parse::<u64>();
        number.map_err(|_| format!("{text:?} is not a number"))
    });
    let (seed, percent, delay) = match numbers.collect::<Result<Vec<u64>, String>>()?[..] {
        [] => (1, [30, 10, 10], 0),
        [seed] => (seed, [30, 10, 10], 0),
        [seed, drop, duplicate, reorder] => (seed, [drop, duplicate, reorder], 0),
        [seed, drop, duplicate, reorder, delay] => (seed, [drop, duplicate, reorder], delay),
        _ => return Err("behind the addresses come a seed, three chances, a delay".into()),
    };
    if delay > LONGEST_DELAY {
        return Err(format!("a delay has {LONGEST_DELAY} milliseconds at most"));
    }
    let [drop, duplicate, reorder] = percent.map(|number| u8::try_from(number).unwrap_or(u8::MAX));
    let chances = Chances {
        drop,
        duplicate,
        reorder,
        delay: Duration::from_millis(delay),
    };
    let (listen, target) = (address(listen)?, address(target)?);
    let link = LossyLink::start(listen, target, seed, chances, |line| println!("{line}"))
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    println!("listening on {}", link.address);
    io::stdout().flush().map_err(|error| error.to_string())?;
    loop {
        // The link works on threads of its own, until Ctrl-C.
        thread::park();
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not an address: write IP:PORT, such as 127.0.0.1:7000"))
}
