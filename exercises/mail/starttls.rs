//! # Exercise: no password without TLS (15 minutes)
//!
//! On port 587 a connection begins in the clear, and the client asks for TLS by STARTTLS (RFC 3207).
//! Until then anybody on the way can read what is said, change it, and add to it. Sign in so that such
//! a person gets nothing.
//!
//! The way, if all goes well:
//!
//! | you | the server |
//! |---|---|
//! | | 220 |
//! | `EHLO` *name* | 250, and its offers |
//! | `STARTTLS` | 220 |
//! | *(the handshake)* | |
//! | `EHLO` *name* | 250, and its offers |
//! | `AUTH PLAIN` *secret* | 235 |
//!
//! - Each reply must have the code in the table; any other, also one that sounds as good, is
//!   `Refused`. Nothing is sent before the reply to what was sent before.
//! - Without the offer `STARTTLS` there is no TLS, and so no password: `NoTlsOffered`. There is no other
//!   way to go on. Somebody who takes one line out of the server's reply must not win (§6).
//! - Behind the reply to STARTTLS nothing may be waiting: an honest server is silent until the
//!   handshake. Whoever keeps such bytes reads them afterwards as if they had come by TLS (the *command
//!   injection* of CVE-2011-0411, there in a server's buffer): `BytesBeforeTls`, without a handshake.
//! - What the server said before the handshake is worth nothing (§4.2). Ask again, and sign in only if
//!   AUTH with PLAIN is offered within TLS, else `NoPlainOffered`; whether it was offered before has no
//!   meaning.
//! - An offer is a line of the reply to EHLO, but not its first line, which is a greeting. Its first
//!   word is the name of the offer, and the other words, if there are any, say more: `AUTH PLAIN LOGIN`.
//!   One space is between words. Capitals and small letters are the same.
//! - When you give up, give the error at once and send nothing more. What `Link` says is handed on as
//!   `Io`; that includes a handshake that failed.
//!
//! You will want: `slice::get`, `str::split`, `str::eq_ignore_ascii_case`.
//! Change the body of `sign_in`; leave its signature, `Link` and the types.

use std::io;

/// A connection to a server, as the code around you gives it: a whole reply at a time.
pub trait Link {
    /// Sends a command; CRLF is added.
    fn send(&mut self, command: &str) -> io::Result<()>;
    /// Waits for one whole reply, and takes it out of the buffer.
    fn reply(&mut self) -> io::Result<Reply>;
    /// How many bytes have come that were not taken yet, and wait in the buffer.
    fn waiting(&self) -> usize;
    /// Does the TLS handshake, and checks the server's certificate. From then on all that is sent is
    /// encrypted, and so is all that comes; but what waits in the buffer has come before, and is
    /// still there.
    fn start_tls(&mut self) -> io::Result<()>;
}

/// A server's reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits: 250.
    pub code: u16,
    /// The text, line by line, without the code.
    pub lines: Vec<String>,
}

/// Why nobody was signed in.
#[derive(Debug)]
pub enum GaveUp {
    /// The server does not offer STARTTLS, or somebody on the way took the offer out.
    NoTlsOffered,
    /// Bytes came in behind the reply to STARTTLS, and before TLS.
    BytesBeforeTls,
    /// Within TLS, the server does not offer AUTH PLAIN.
    NoPlainOffered,
    /// A reply with this code, where another one is needed.
    Refused(u16),
    /// The connection failed.
    Io(io::Error),
}

impl From<io::Error> for GaveUp {
    fn from(error: io::Error) -> GaveUp {
        GaveUp::Io(error)
    }
}

/// Signs in over `link`, on which nothing has been said yet. `name` is what the client calls itself,
/// `secret` what AUTH PLAIN sends: the user and the password, in base64.
///
/// # Errors
///
/// Why nobody was signed in.
pub fn sign_in(link: &mut impl Link, name: &str, secret: &str) -> Result<(), GaveUp> {
    todo!("step by step, and after each step: may the next one be done?")
}

#[cfg(test)]
#[path = "../checks/mail/starttls.rs"]
mod check;
