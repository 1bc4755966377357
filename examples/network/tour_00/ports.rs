//! The third stop: on which ports of this machine something listens.
//!
//! It tells about TCP on 127.0.0.1 and about nothing else. A program may listen on another address
//! of this machine, in IPv6, or with UDP, and not be seen here. And what answers here may still be
//! closed to other machines, by a firewall or because it listens on 127.0.0.1 alone.

use std::{
    ffi::OsString,
    io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

/// Ports that programs often listen on, with the names of their services (IANA's registry).
const SERVICES: [(u16, &str); 14] = [
    (21, "ftp"),
    (22, "ssh"),
    (25, "smtp"),
    (53, "domain"),
    (80, "http"),
    (110, "pop3"),
    (143, "imap"),
    (443, "https"),
    (587, "submission"),
    (631, "ipp"),
    (3306, "mysql"),
    (5432, "postgresql"),
    (6379, "redis"),
    (8080, "http-alt"),
];

/// How long one port may take. Most systems answer at once; Windows asks a closed port again and
/// again, for 2 s. A firewall may keep the answer back for ever.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many ports are tried at the same time, so that slow answers do not add up.
const AT_ONCE: usize = 32;

/// What each of the ports says, or each of `SERVICES` if none is given.
pub fn show(given: &[OsString]) -> Result<String, String> {
    let ports: Vec<u16> = if given.is_empty() {
        SERVICES.iter().map(|(port, _)| *port).collect()
    } else {
        let parsed = given.iter().map(|text| parse(&text.to_string_lossy()));
        parsed.collect::<Result<_, _>>()?
    };
    let mut text = format!(
        "{:>5}  {:7}  {:10}  TCP on 127.0.0.1\n",
        "port", "range", "service"
    );
    for some in ports.chunks(AT_ONCE) {
        let mut answers = vec![Ok(""); some.len()];
        thread::scope(|scope| {
            for (port, answer) in some.iter().zip(&mut answers) {
                scope.spawn(|| *answer = probe(*port));
            }
        });
        for (port, answer) in some.iter().zip(answers) {
            let service = SERVICES.iter().find(|(known, _)| known == port);
            let service = service.map_or("-", |(_, name)| name);
            text += &format!("{port:5}  {:7}  {service:10}  {}\n", range(*port), answer?);
        }
    }
    Ok(text)
}

fn parse(text: &str) -> Result<u16, String> {
    // `parse` takes "+80" and "0080" as well, but nobody writes a port so.
    let port = text.parse().ok();
    match port.filter(|port: &u16| text == port.to_string()) {
        Some(0) => {
            Err("port 0 is no port to connect to: in bind, it means \"choose for me\"".into())
        }
        Some(port) => Ok(port),
        None => Err(format!(
            "{text:?} is not a port: write a number from 1 to 65535, without sign or leading zeros"
        )),
    }
}

// ANCHOR: range
/// The range of a port number (RFC 6335, section 6). IANA assigns the first two; nobody can
/// register a port of the third, which is for conversations and not for services.
fn range(port: u16) -> &'static str {
    match port {
        0..=1023 => "System",
        1024..=49151 => "User",
        49152..=65535 => "Dynamic",
    }
}
// ANCHOR_END: range

// ANCHOR: probe
/// Tries to make a connection to this port of 127.0.0.1, and closes it again.
fn probe(port: u16) -> Result<&'static str, String> {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpStream::connect_timeout(&server, PATIENCE) {
        // For our own end the system chooses a free port. It may choose this very one, and TCP
        // then connects the socket with itself (RFC 9293, section 3.5): nobody else is there.
        Ok(connection) if connection.local_addr().is_ok_and(|own| own == server) => {
            Ok("nothing listens")
        }
        Ok(_) => Ok("something listens"),
        Err(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => Ok("nothing listens"),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Ok("no answer: a firewall?"),
            _ => Err(format!("cannot connect to {server}: {error}")),
        },
    }
}
// ANCHOR_END: probe
