//! Any bytes, for the post office's parsers, and as whole sessions with its servers.
//!
//! It finds panics, and sessions that do not end: each ends when the client has closed its side, or this stops with a
//! message.

#![no_main]

use libfuzzer_sys::fuzz_target;
use post_office::{
    PostOffice, Settings,
    command::{Command, without_secrets},
    letter::header_fields,
    log::shown,
    smtp::unstuffed,
    store::{Folder, from_name},
};
use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::OnceLock,
    time::Duration,
};

/// Longer than any wait on the server's side, once the client has closed its own: a wrong password takes half a second.
const DEADLINE: Duration = Duration::from_secs(10);

/// One post office for all inputs, and its folder.
static OFFICE: OnceLock<(PostOffice, tempfile::TempDir)> = OnceLock::new();

fuzz_target!(|input: &[u8]| {
    parse(input);
    let (office, _) = OFFICE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let office = PostOffice::open(Settings::new(folder.path()), |_| {});
        (office.expect("a post office"), folder)
    });
    // The first byte chooses the service, so that a failing input is one session again.
    let Some((choice, session)) = input.split_first() else {
        return;
    };
    let services = [office.smtp, office.submission, office.pop3, office.imap];
    converse(services[usize::from(*choice) % services.len()], session);
});

fn parse(input: &[u8]) {
    header_fields(input);
    for line in input.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let _ = Command::parse(line);
        let _ = unstuffed(line);
        without_secrets(line);
        let line = shown(line);
        assert!(!line.contains(char::is_control));
        let _ = Folder::named(&line);
        let _ = from_name(&line);
    }
}

/// Says all of it, and listens until the server closes.
fn converse(server: SocketAddr, session: &[u8]) {
    let mut stream = TcpStream::connect(server).expect("the post office is open");
    for timeout in [TcpStream::set_read_timeout, TcpStream::set_write_timeout] {
        timeout(&stream, Some(DEADLINE)).expect("a deadline");
    }
    // The server may have closed before it has read all.
    let _ = stream.write_all(session);
    let _ = stream.shutdown(Shutdown::Write);
    let mut replies = Vec::new();
    if let Err(error) = stream.read_to_end(&mut replies) {
        let is_reset = error.kind() == std::io::ErrorKind::ConnectionReset;
        assert!(is_reset, "the session does not end: {error}");
    }
}
