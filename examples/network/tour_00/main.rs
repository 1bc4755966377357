//! # A tour of the network, without sending anything to it
//!
//! Three stops, one for each idea of Part I: your machine's addresses, a message wrapped by one
//! layer after the other, and the ports where something listens.
//!
//! One terminal is enough. All three stops, or one of them:
//!
//! ```console
//! $ cargo run --example tour_00
//! $ cargo run --example tour_00 addresses
//! $ cargo run --example tour_00 wrap
//! $ cargo run --example tour_00 ports
//! ```
//!
//! Expect three tables. Each stop takes arguments of your own: addresses, such as
//! `addresses 10.1.2.3/8 fe80::1`; a message, and a new file that a packet analyzer opens, its name
//! ending in `.pcap`, such as `wrap "good morning" morning.pcap`; ports, such as `ports 22 7001`.
//!
//! Try next: wrap `""`, then a message in your own language. Start `tcp_server_03`, and ask for
//! port 7003 again.
//!
//! Not for production: the ranges and the names of services are the ones that a beginner meets,
//! not the whole registries, and a program that sends leaves the wrapping to its operating system.

mod addresses;
mod capture;
mod ports;
mod print;
mod wrap;

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let shown = tour(&arguments).and_then(|text| match io::stdout().write_all(text.as_bytes()) {
        // Who reads our output may have seen enough and closed it, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot print: {error}"))
        }
        _ => Ok(()),
    });
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tour_00: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What the stop that the first argument names has to show; without one, what all of them have.
fn tour(arguments: &[OsString]) -> Result<String, String> {
    let Some((stop, rest)) = arguments.split_first() else {
        let stops = [addresses::show(&[])?, wrap::show(&[])?, ports::show(&[])?];
        return Ok(stops.join("\n"));
    };
    match stop.to_str() {
        Some("addresses") => addresses::show(rest),
        Some("wrap") => wrap::show(rest),
        Some("ports") => ports::show(rest),
        _ => Err(format!(
            "{:?} is no stop of this tour: write addresses, wrap or ports, or nothing for all three",
            stop.to_string_lossy()
        )),
    }
}
