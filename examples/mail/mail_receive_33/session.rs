//! A session with the crate `pop3`. All of this runs inside the fence.

use crate::fence;
use mail_parser::{Address, MessageParser};
use openssl::ssl::SslConnector;
use pop3::{POP3Result, POP3Stream};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{io::ErrorKind, net::SocketAddr, sync::Arc};

/// How many letters we fetch, the latest ones: a mailbox may hold thousands.
const MOST_LETTERS: i32 = 10;

/// How many bytes a letter may have. The crate is slow: for each byte, it asks the system once; for each line, it
/// compiles a regular expression.
const LONGEST_LETTER: i32 = 256 << 10;

/// How many lines of a text we show.
const MOST_LINES: usize = 10;

// ANCHOR: fetch
/// Signs in, and tells of the latest letters what is in them.
pub fn fetch(
    addresses: &str,
    host: &str,
    ca: &str,
    user: &str,
    password: &str,
) -> Result<(), String> {
    let tls = match ca {
        "-" => None,
        ca => Some(trust(ca).map_err(|why| format!("cannot use the CA in {ca}: {why}"))?),
    };
    // A name may have several addresses; of these, it takes the first that takes the connection.
    let at: Vec<SocketAddr> = addresses.split(' ').flat_map(str::parse).collect();
    let mut pop3 = POP3Stream::connect(&at[..], tls, host).map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => "nobody listens there: start mail_server_26 first".into(),
        _ => error.to_string(),
    })?;
    // It says Ok to a wrong password, too. So what it says here tells us nothing; the answer to STAT does.
    pop3.login(user, password);
    let POP3Result::POP3Stat {
        num_email,
        mailbox_size,
    } = pop3.stat()
    else {
        return Err("the server let us not in, and the crate does not say why: check the name and the password, \
            and that no other session has the mailbox"
            .into());
    };
    fence::say(&format!("letters: {num_email}, bytes: {mailbox_size}"));
    let POP3Result::POP3List { emails_metadata } = pop3.list(None) else {
        return Err("the server refused LIST: its terminal may say why".into());
    };
    let older = (num_email - MOST_LETTERS).max(0);
    if older > 0 {
        fence::say(&format!("older ones, left alone: {older}"));
    }
    for letter in emails_metadata
        .iter()
        .filter(|letter| letter.message_id > older)
    {
        let number = letter.message_id;
        if letter.message_size > LONGEST_LETTER {
            fence::say(&format!(
                "letter {number}: left alone, too long for this crate"
            ));
            continue;
        }
        match pop3.retr(number) {
            POP3Result::POP3Message { raw } => show(number, raw.concat().as_bytes()),
            // After a line that is not UTF-8, the crate is somewhere in the middle of the letter, and takes the rest of
            // it for answers. So this session is over.
            _ => {
                return Err(format!(
                    "the crate did not get letter {number}: the server refused it, or a line of it is not UTF-8; \
                    pop3_by_hand_32 can fetch it"
                ));
            }
        }
    }
    pop3.quit();
    Ok(())
}
// ANCHOR_END: fetch

// ANCHOR: show
/// Tells what `mail-parser` reads in a letter.
fn show(number: i32, raw: &[u8]) {
    // The crate leaves the dots that the server has put before lines with a dot (RFC 1939 §3).
    let mut letter = Vec::new();
    let mut dots = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let line = line
            .strip_prefix(b".")
            .inspect(|_| dots += 1)
            .unwrap_or(line);
        letter.extend_from_slice(line);
    }
    fence::say(&format!("letter {number}: {} bytes", letter.len()));
    if dots > 0 {
        fence::say(&format!("  dots that the crate had left: {dots}"));
    }
    let Some(message) = MessageParser::default().parse(&letter) else {
        fence::say("  it has no header");
        return;
    };
    let from = message.from().and_then(Address::first);
    let [name, address] = from.map_or([None, None], |from| [from.name(), from.address()]);
    let from = match (name, address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or("nobody").to_owned(),
    };
    let subject = message.subject().unwrap_or("none");
    fence::say(&format!("  subject: {subject}"));
    fence::say(&format!("  from:    {from}"));
    let text = message.body_text(0).unwrap_or_default();
    for line in text.lines().take(MOST_LINES) {
        fence::say(&format!("  | {line}"));
    }
    let more = text.lines().skip(MOST_LINES).count();
    if more > 0 {
        fence::say(&format!("  and {more} lines more"));
    }
}
// ANCHOR_END: show

/// Whom we believe: the authority in this file (PEM) alone, or those that the Internet trusts.
pub fn trust(ca: &str) -> Result<SslConnector, String> {
    let mut roots = RootCertStore::empty();
    if ca == "webpki" {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    } else {
        let certificate = CertificateDer::from_pem_file(ca).map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    connector(roots)
}

/// The stand-in for openssl takes a configuration of rustls.
pub fn connector(roots: RootCertStore) -> Result<SslConnector, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config).into())
}
