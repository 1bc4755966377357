//! # Wrong: the greeting is not waited for
//!
//! EHLO goes first.
//!
//! The check says: although the reply before has not been taken

use std::io;

pub trait Link {
    fn send(&mut self, command: &str) -> io::Result<()>;
    fn reply(&mut self) -> io::Result<Reply>;
    fn waiting(&self) -> usize;
    fn start_tls(&mut self) -> io::Result<()>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

#[derive(Debug)]
pub enum GaveUp {
    NoTlsOffered,
    BytesBeforeTls,
    NoPlainOffered,
    Refused(u16),
    Io(io::Error),
}

impl From<io::Error> for GaveUp {
    fn from(error: io::Error) -> GaveUp {
        GaveUp::Io(error)
    }
}

pub fn sign_in(link: &mut impl Link, name: &str, secret: &str) -> Result<(), GaveUp> {
    link.send(&format!("EHLO {name}"))?;
    expect(link, 220)?;
    if !offers(&expect(link, 250)?, "STARTTLS", None) {
        return Err(GaveUp::NoTlsOffered);
    }
    link.send("STARTTLS")?;
    expect(link, 220)?;
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

fn expect(link: &mut impl Link, code: u16) -> Result<Reply, GaveUp> {
    let reply = link.reply()?;
    if reply.code == code {
        Ok(reply)
    } else {
        Err(GaveUp::Refused(reply.code))
    }
}

fn offers(reply: &Reply, offer: &str, parameter: Option<&str>) -> bool {
    reply.lines.iter().skip(1).any(|line| {
        let mut words = line.split(' ');
        words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(offer))
            && parameter.is_none_or(|wanted| words.any(|word| word.eq_ignore_ascii_case(wanted)))
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/mail/starttls.rs"]
mod check;
