//! # No password without TLS: one way to do it
//!
//! The steps stand one below the other, and each one ends in `?` or `return`: there is no way round.
//! The offers of the first EHLO are asked for one thing and then gone out of scope, so that nothing of
//! them can be used later by mistake.
//!
//! It is tempting to use TLS *if it is offered*: it works with every server, and with everybody who
//! takes the offer out. And it is tempting not to look into the buffer, since an honest server leaves
//! nothing there. Replies that somebody put there would answer the EHLO and the AUTH that come behind
//! the handshake, and the server's own replies would be one too late from then on.

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
    expect(link, 220)?;
    link.send(&format!("EHLO {name}"))?;
    if !offers(&expect(link, 250)?, "STARTTLS", None) {
        return Err(GaveUp::NoTlsOffered);
    }
    link.send("STARTTLS")?;
    expect(link, 220)?;
    // Whatever waits here was sent before TLS, by whoever could.
    if link.waiting() > 0 {
        return Err(GaveUp::BytesBeforeTls);
    }
    link.start_tls()?;
    link.send(&format!("EHLO {name}"))?;
    if !offers(&expect(link, 250)?, "AUTH", Some("PLAIN")) {
        return Err(GaveUp::NoPlainOffered);
    }
    link.send(&format!("AUTH PLAIN {secret}"))?;
    expect(link, 235)?;
    Ok(())
}

/// Waits for a reply, which must have this code.
fn expect(link: &mut impl Link, code: u16) -> Result<Reply, GaveUp> {
    let reply = link.reply()?;
    if reply.code == code {
        Ok(reply)
    } else {
        Err(GaveUp::Refused(reply.code))
    }
}

/// Whether a reply to EHLO has this offer, and in it this parameter, if one is asked for.
fn offers(reply: &Reply, offer: &str, parameter: Option<&str>) -> bool {
    // The first line is the server's name and greeting.
    reply.lines.iter().skip(1).any(|line| {
        let mut words = line.split(' ');
        words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(offer))
            && parameter.is_none_or(|wanted| words.any(|word| word.eq_ignore_ascii_case(wanted)))
    })
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/starttls.rs"]
mod check;
