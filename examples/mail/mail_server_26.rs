//! # A post office on your own machine
//!
//! Takes letters by SMTP, keeps them in maildirs on disk, gives them out by POP3 and IMAP, and prints each hop of a letter
//! by the roles that pass it on. It needs no network: two people, ada and grace, write to each other on this machine.
//!
//! The post office in one terminal, a letter in another:
//!
//! ```console
//! $ cargo run --example mail_server_26
//! $ curl --crlf smtp://127.0.0.1:7025 --mail-from someone@elsewhere.example --mail-rcpt ada@loopback.example --upload-file letter.txt
//! $ curl pop3://ada:lovelace@127.0.0.1:7110/1
//! ```
//!
//! `letter.txt` is a text of yours: a line `Subject: hello`, an empty line, and whatever you like. `--crlf` is for an editor that
//! ends lines with LF alone; without it, the post office refuses the letter.
//!
//! Expect a line for each of its seven ports, where the letters are, which certificate to trust, who has an account; then
//! what passes: `[1] > EHLO …` is what the client of session 1 sent, `[1] < 250 …` is the reply, `[1] = …` is what happened besides.
//! Passwords are `***`, letters are not shown. Inside TLS, you see what was inside. Ctrl-C ends it.
//!
//! A letter's way is told hop by hop, by the roles of RFC 5598 §4, and indented behind a hop come the header lines that the
//! second of the two roles has added:
//!
//! ```text
//! [1] MUA -> MSA  <ada@loopback.example> to <grace@loopback.example>, 153 bytes
//!   Received: from laptop.example ([127.0.0.1])
//!     by loopback.example with ESMTPA id 650f1c2ab3d4e
//!     for <grace@loopback.example>; Mon, 23 Nov 2026 03:06:05 +0000
//! [1] MSA -> MTA  650f1c2ab3d4e for 1 recipient
//! [1] MTA -> MDA  650f1c2ab3d4e to <grace@loopback.example>, who is here
//!   Return-Path: <ada@loopback.example>
//! [1] MDA -> store  grace/Maildir/new/0000000001.650f1c2ab3d4f, 352 bytes
//! [2] store -> MUA  grace/Maildir/new/0000000001.650f1c2ab3d4f, 352 bytes
//! ```
//!
//! A letter from another server, on the first port, begins with `MTA -> MTA` instead of the two with `MSA`.
//!
//! Its arguments are the address, or the address with port 0 for any free ports, and the folder that keeps the letters:
//! `cargo run --example mail_server_26 127.0.0.1:0 my/folder`. Without a folder it takes `loopback_post_office` among this
//! system's temporary files. The letters stay there when it ends.
//!
//! Where to read on: `post_office/`, the library that does it all, begins in `lib.rs`.
//!
//! Try next: send a letter, end the post office in the moment when the `250` comes, start it again, and fetch the letter. Then
//! look for its file in the folder, and read it with `less`.
//!
//! Not for production: the passwords are in its source and in its memory as they are, its certificate is new at each
//! start, no letter leaves this machine, and there is no filter against anything that nobody wants.

use post_office::{Ports, PostOffice, Settings};
use std::{
    env,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    thread,
};

fn main() -> ExitCode {
    match serve() {
        Ok(never) => never,
        Err(problem) => {
            eprintln!("mail_server_26: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<ExitCode, String> {
    let mut arguments = env::args_os().skip(1);
    let address = arguments.next();
    let folder = arguments.next().map(PathBuf::from);
    if arguments.next().is_some() {
        return Err("too many arguments: it takes an address and a folder".into());
    }
    let (address, ports) = match address {
        Some(text) => where_to_listen(&text.to_string_lossy())?,
        None => (Ipv4Addr::LOCALHOST.into(), Ports::COURSE),
    };
    let root = folder.unwrap_or_else(|| env::temp_dir().join("loopback_post_office"));
    let settings = Settings {
        address,
        ports,
        ..Settings::new(&root)
    };
    let mut accounts = Vec::new();
    for account in &settings.accounts {
        accounts.push(format!("{} (password {})", account.name, account.password));
    }
    let accounts = format!("accounts: {}, at {}", accounts.join(", "), settings.domain);

    // What happens is told only when all of this has been told.
    let (tell, told) = std::sync::mpsc::sync_channel(100);
    let office = PostOffice::open(settings, move |line| {
        let _ = tell.send(line);
    })
    .map_err(|error| error.to_string())?;
    say(&format!("listening on {}", office.smtp));
    say(&format!("submission on {}", office.submission));
    say(&format!("submissions on {}", office.submissions));
    say(&format!("pop3 on {}", office.pop3));
    say(&format!("pop3s on {}", office.pop3s));
    say(&format!("imap on {}", office.imap));
    say(&format!("imaps on {}", office.imaps));
    say(&format!("mail is kept in {}", root.display()));
    say(&format!(
        "its CA's certificate is {}",
        office.ca_file.display()
    ));
    say(&accounts);
    for line in told {
        say(&line);
    }
    // The post office tells for ever; it is open until this process is ended.
    loop {
        thread::park();
    }
}

/// An address alone means the course's ports; with port 0, any free ones.
fn where_to_listen(text: &str) -> Result<(IpAddr, Ports), String> {
    if let Ok(address) = text.parse() {
        return Ok((address, Ports::COURSE));
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => Ok((address.ip(), Ports::default())),
        _ => Err(format!(
            "{text:?} is not an address: write an IP address, or IP:0 for any free ports"
        )),
    }
}

/// One line, at once. That nobody listens any more is no reason to stop serving.
fn say(line: &str) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}
