//! # A mailbox read with a crate: judging a dependency
//!
//! Fetches the letters of a mailbox with the crate `pop3` 1.0.6 and shows, with the crate `mail-parser`, the subject, the
//! sender and the text of each. The first of the two is from 2017, and has faults: `--judge` shows them.
//!
//! The post office in one terminal; in another a letter to ada, then this client:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ cargo run --example smtp_by_hand_30 -- --to ada@loopback.example
//! $ cargo run --example mail_receive_33
//! $ cargo run --example mail_receive_33 -- --judge
//! ```
//!
//! Expect the letters; and from `--judge` one fault after the other, with what passed between the crate and a small server,
//! and what the crate made of it. `--help` lists the flags. With `--user` the password comes from the environment variable
//! `LOOPBACK_MAIL_PASSWORD`, and never from an argument.
//!
//! `main.rs` asks and shows, `session.rs` uses the crate, `judge.rs` tries it out, and `fence.rs` keeps it from doing harm.
//!
//! **Why a process of its own, and not a thread?** Where a server hangs up, this crate reads on for ever, and its memory
//! grows. Nobody can end a thread. A program that does one thing and ends could still leave the thread behind: the end of
//! the process ends it. But `--judge` goes on after a fault, as a mail program would; the crate also panics, and
//! prints to our standard output. A process can be ended at any moment, its memory goes with it, and what it prints comes
//! to us first. The price: a job and its results must pass through pipes, and starting it takes some milliseconds.
//! The limits are a deadline, a length of what it prints, and on Linux its memory. mail-parser works inside the fence, too: a
//! hundred thousand letters in letters use up the stack, which ends a process.
//!
//! Try next: a wrong password (`--user ada`, with another in the variable). The crate says that it is signed in.
//!
//! Not for production: would you depend on it? A letter with a line that is not UTF-8 ends the session, and each byte of
//! every letter costs a call of the system.

mod fence;
mod judge;
mod session;

use clap::{Parser, ValueEnum};
use fence::{Broken, Limits};
use std::{env, net::ToSocketAddrs, path::PathBuf, process::ExitCode, time::Duration};

/// What one session may cost us. A healthy server takes milliseconds for a step.
const LIMITS: Limits = Limits {
    step: Duration::from_secs(5),
    whole: Duration::from_secs(15),
    output: 8 << 20,
    memory: 64 << 10,
};

/// Fetches letters with the crate `pop3`, and shows them.
#[derive(Parser)]
struct Arguments {
    /// The server, as HOST:PORT [default: 127.0.0.1:7110; with implicit TLS 127.0.0.1:7995]
    #[arg(long)]
    server: Option<String>,
    /// Who signs in; the password comes from LOOPBACK_MAIL_PASSWORD [default: ada of the post office]
    #[arg(long)]
    user: Option<String>,
    /// How the connection is encrypted
    #[arg(long, value_enum, default_value_t = Tls::None)]
    tls: Tls,
    /// The certificate of the authority (CA) to trust, a PEM file [default: the post office's]
    #[arg(long)]
    ca: Option<PathBuf>,
    /// Show the faults of the crate, each with a small server of its own
    #[arg(long, exclusive = true)]
    judge: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Tls {
    None,
    Starttls,
    Implicit,
}

fn main() -> ExitCode {
    if env::args_os()
        .nth(1)
        .is_some_and(|first| first == fence::INSIDE)
    {
        fence::inside(|job| match job {
            [what, number, address] if what == "judge" => judge::play(number, address),
            [what, addresses, host, ca, user, password] if what == "fetch" => {
                session::fetch(addresses, host, ca, user, password)
            }
            _ => Err(format!("{} is for this program alone", fence::INSIDE)),
        });
        return ExitCode::SUCCESS;
    }
    let ended = match Arguments::try_parse() {
        Ok(arguments) if arguments.judge => judge::all(),
        Ok(arguments) => run(&arguments),
        Err(help) if !help.use_stderr() => {
            print!("{help}");
            Ok(())
        }
        Err(error) => {
            let error = error.to_string();
            let line = error.lines().next().unwrap_or_default();
            Err(format!("{}: see --help", line.replace("error: ", "")))
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("mail_receive_33: {}", printable(&problem));
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: run
/// Has the letters fetched and read inside the fence, and shows what is said of each.
fn run(arguments: &Arguments) -> Result<(), String> {
    let server = arguments.server.as_deref().unwrap_or(match arguments.tls {
        Tls::Implicit => "127.0.0.1:7995",
        _ => "127.0.0.1:7110",
    });
    let failed = |why: String| format!("the session with {server} failed: {why}");
    let [addresses, host, ca, user, password] = whom(server, arguments).map_err(failed)?;
    let job = ["fetch", &addresses, &host, &ca, &user, &password];
    // A line break would end a field of the job; in a name, it would also end the command, and the crate would send
    // what stands behind it as the next one.
    if job.iter().any(|field| field.contains(char::is_control)) {
        return Err("there is a control character in an argument, the name or the password".into());
    }
    let ended = fence::run(&job, &LIMITS, |said| println!("{}", printable(&said)));
    ended.map_err(|broken| failed(format!("{broken}{}", advice(&broken))))
}
// ANCHOR_END: run

/// The addresses, the host's name, the authority's certificate (`webpki`: those that the Internet trusts; `-`: no TLS),
/// the name and the password.
fn whom(server: &str, arguments: &Arguments) -> Result<[String; 5], String> {
    let at: Vec<_> = server.to_socket_addrs().into_iter().flatten().collect();
    if at.is_empty() {
        return Err("no such place: write HOST:PORT, such as 127.0.0.1:7110".into());
    }
    let local = at.iter().all(|at| at.ip().to_canonical().is_loopback());
    let ca = match (arguments.tls, &arguments.ca) {
        (Tls::Starttls, _) => {
            return Err("the crate pop3 has no STLS: ask for --tls implicit".into());
        }
        (Tls::None, _) if local => "-".into(),
        (Tls::None, _) => {
            return Err("it is not on this machine: ask for TLS with --tls implicit".into());
        }
        (Tls::Implicit, None) if !local => "webpki".into(),
        (Tls::Implicit, ca) => {
            let own = || env::temp_dir().join("loopback_post_office/ca.pem");
            let path = ca.clone().unwrap_or_else(own).into_os_string();
            path.into_string()
                .map_err(|path| format!("the name {path:?} is not UTF-8: rename the file"))?
        }
    };
    let (user, password) = match &arguments.user {
        Some(user) => match env::var("LOOPBACK_MAIL_PASSWORD") {
            Ok(password) if !password.is_empty() => (user.clone(), password),
            _ => {
                return Err("set the environment variable LOOPBACK_MAIL_PASSWORD \
                    to the password of --user"
                    .into());
            }
        },
        None if local => ("ada".into(), "lovelace".into()),
        None => return Err("say who signs in, with --user".into()),
    };
    let host = server.rsplit_once(':').unwrap_or_default().0;
    let host = host.trim_matches(['[', ']']).to_owned();
    let addresses: Vec<_> = at.iter().map(ToString::to_string).collect();
    Ok([addresses.join(" "), host, ca, user, password])
}

/// What to do about a broken session, where we know: the crate does not say why it panics.
fn advice(broken: &Broken) -> &'static str {
    match broken {
        Broken::Panicked(why) if why.contains("UnknownIssuer") || why.contains("BadSignature") => {
            ": give the certificate of the server's authority, of this run, with --ca"
        }
        Broken::Panicked(why) if why.contains("NotValidForName") => {
            ": the certificate is somebody else's"
        }
        Broken::Panicked(why) if why.contains("InvalidMessage") => ": this is not TLS",
        Broken::Panicked(_) | Broken::Printed(_) | Broken::Died => {
            ": pop3_by_hand_32 shows what the server says"
        }
        _ => "",
    }
}

/// A control character could do things to your terminal; escaped, it does nothing, and is seen.
fn printable(text: &str) -> String {
    let escape = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(escape).collect()
}
