//! # A TCP connection, segment by segment
//!
//! Runs a client and a server that are both in this program, over a link that is, too, and shows every segment between
//! them. Nothing touches your network, and nothing waits: the time is only counted.
//!
//! ```console
//! $ cargo run --example tcp_segments
//! $ cargo run --example tcp_segments 4
//! ```
//!
//! Expect 19 segments from SYN to the last ACK, each with its times in milliseconds, its numbers, why it was sent, and which
//! state it brought an end into. With a number, that segment gets lost; then see who notices, how, and when.
//!
//! Try next: every number from 1 to 19. Which losses cost nothing? Then change the code in `examples/robust/segments/`: a
//! client that sends more, a longer way, an acknowledgement that is put off (`set_ack_delay`).
//!
//! Not for production: it is a model. smoltcp is a real TCP, but a small one, and what lies between the ends is two queues.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments = env::args_os().skip(1);
    let arguments: Vec<String> = arguments
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    let shown = show(&arguments).and_then(|text| {
        let written = io::stdout().write_all(text.as_bytes());
        written.map_err(|error| format!("cannot print: {error}"))
    });
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tcp_segments: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn show(arguments: &[String]) -> Result<String, String> {
    let whole = segments::simulate(None)?;
    let most = whole.segments.len();
    let lost = match arguments {
        [] => None,
        // What the book's picture is drawn from: all runs.
        [word] if word == "json" => return segments::json(),
        [word] => match word.parse() {
            Ok(number) if (1..=most).contains(&number) => Some(number),
            _ => {
                return Err(format!(
                    "{word:?} is no segment: give a number from 1 to {most}"
                ));
            }
        },
        _ => return Err("it takes one number: which segment gets lost".into()),
    };
    let trace = segments::simulate(lost)?;
    let mut text = trace.said(&whole) + "\n";
    for (place, row) in trace.rows().iter().enumerate() {
        let arrived = match row.arrived {
            Some(time) => time.to_string(),
            None => "lost".into(),
        };
        let mut change = String::new();
        for (name, states) in ["client", "server"].iter().zip(row.changes) {
            if let Some((from, to)) = states {
                change += &format!("    {name}: {from} -> {to}\n");
            }
        }
        text += &format!(
            "\n{:2}  {} -> {arrived}  {}: {}\n{change}    {}\n",
            place + 1,
            row.left,
            row.from.name(),
            row.segment,
            row.why,
        );
    }
    Ok(text)
}
