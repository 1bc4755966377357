//! What a post office does to a letter on its way: it reads the header section, stamps it, and leaves the body alone.

use crate::{
    Office,
    smtp::{LONG_LINE, TOO_BIG},
};
use mail_parser::DateTime;
use std::{
    net::IpAddr,
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

/// The header fields of a letter, as (name in small letters, the whole field with its line ends), and the rest of the
/// letter from the empty line on.
///
/// A field is a name, a colon, and a value; lines that begin with a space or a tab belong to the field before them (RFC 5322
/// §2.2). The section ends at the first line that is neither: most often the empty one.
pub fn header_fields(letter: &[u8]) -> (Vec<(String, &[u8])>, &[u8]) {
    let mut fields: Vec<(String, &[u8])> = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for line in letter.split_inclusive(|byte| *byte == b'\n') {
        let is_folded = matches!(line[0], b' ' | b'\t');
        match (field_name(line), fields.last_mut()) {
            (_, Some((_, field))) if is_folded => *field = &letter[start..end + line.len()],
            (Some(name), _) => {
                start = end;
                fields.push((name, line));
            }
            _ => break,
        }
        end += line.len();
    }
    (fields, &letter[end..])
}

/// The name of the field that begins in this line, in small letters.
fn field_name(line: &[u8]) -> Option<String> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    // Some programs put a space before the colon: RFC 5322 §4.5 lets them.
    let name = line[..colon].trim_ascii_end();
    let fits = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    fits.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// The letter with these fields (whole lines) before its own, and without those that have one of these names.
pub(crate) fn stamped(letter: &[u8], added: &str, without: &[&str]) -> Vec<u8> {
    let (fields, body) = header_fields(letter);
    let mut stamped = Vec::with_capacity(added.len() + letter.len() + 2);
    stamped.extend_from_slice(added.as_bytes());
    for (name, field) in &fields {
        if !without.contains(&name.as_str()) {
            stamped.extend_from_slice(field);
        }
    }
    // Somebody wrote a text without any header. What we have added must not become a part of it.
    if !body.is_empty() && !body.starts_with(b"\r\n") {
        stamped.extend_from_slice(b"\r\n");
    }
    stamped.extend_from_slice(body);
    stamped
}

/// Who brought a letter, and how: what a `Received` field tells.
pub(crate) struct Arrival<'a> {
    /// What the client calls itself in EHLO.
    pub(crate) client: &'a str,
    /// Where it really is.
    pub(crate) peer: IpAddr,
    /// We.
    pub(crate) domain: &'a str,
    /// How it came: `SMTP`, `ESMTP`, and S behind it for TLS, A for somebody who has signed in (RFC 3848).
    pub(crate) protocol: &'a str,
    /// Our id of this letter.
    pub(crate) id: &'a str,
    /// The recipient, if there is no other. To tell one of many to another could tell about a blind copy (RFC 5321 §7.2).
    pub(crate) recipient: Option<&'a str>,
}

impl Arrival<'_> {
    // ANCHOR: received
    /// The field that each server on the way puts before all others (RFC 5321 §4.4), so that the way can be read
    /// from the bottom to the top.
    pub(crate) fn received(&self, date: &str) -> String {
        let peer = match self.peer {
            IpAddr::V4(ip) => format!("[{ip}]"),
            IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
        };
        let Arrival {
            client,
            domain,
            protocol,
            id,
            ..
        } = self;
        let recipient = self
            .recipient
            .map(|recipient| format!("\r\n  for <{recipient}>"));
        let recipient = recipient.unwrap_or_default();
        format!(
            "Received: from {client} ({peer})\r\n  by {domain} with {protocol} id {id}{recipient}; {date}\r\n"
        )
    }
    // ANCHOR_END: received
}

/// The time now, as in a letter, in UTC: `Mon, 03 Nov 2026 03:06:05 +0000` (RFC 5322 §3.3). Always as long as this.
pub(crate) fn date() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let mut date = DateTime::from_timestamp(seconds as i64).to_rfc822();
    if date.as_bytes().get(6) == Some(&b' ') {
        date.insert(5, '0');
    }
    date
}

/// A letter that is coming in. All of them together have one limit, or many clients at once could fill the memory.
pub(crate) struct Incoming<'a> {
    pub(crate) bytes: Vec<u8>,
    /// What this one has taken of what all have.
    taken: usize,
    office: &'a Office,
}

impl Incoming<'_> {
    pub(crate) fn new(office: &Office) -> Incoming<'_> {
        Incoming {
            bytes: Vec::new(),
            taken: 0,
            office,
        }
    }

    /// One more line, or the reply that refuses the letter.
    pub(crate) fn add_line(&mut self, line: &[u8]) -> Result<(), &'static str> {
        let length = line.len() + 2;
        if length > self.office.limits.text_line {
            return Err(LONG_LINE);
        }
        if self.bytes.len() + length > self.office.limits.message {
            return Err(TOO_BIG);
        }
        self.taken += length;
        let all = self.office.incoming.fetch_add(length, Ordering::Relaxed) + length;
        if all > self.office.limits.incoming {
            return Err("452 4.3.1 too many letters at once, come back later");
        }
        self.bytes.extend_from_slice(line);
        self.bytes.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Gives the memory back.
    pub(crate) fn forget(&mut self) {
        self.office
            .incoming
            .fetch_sub(self.taken, Ordering::Relaxed);
        self.taken = 0;
        self.bytes = Vec::new();
    }
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        self.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_section_ends_where_no_field_begins() {
        let names = |letter: &str| {
            let (fields, body) = header_fields(letter.as_bytes());
            let names: Vec<_> = fields
                .into_iter()
                .map(|(name, field)| (name, field.len()))
                .collect();
            (names, String::from_utf8_lossy(body).into_owned())
        };
        let field = |name: &str, length| (name.to_owned(), length);
        assert_eq!(
            names("From: a\r\nSUBJECT : b\r\n  c\r\n\td\r\n\r\nTo: body\r\n"),
            (
                vec![field("from", 9), field("subject", 22)],
                "\r\nTo: body\r\n".into()
            )
        );
        assert_eq!(names("no header\r\n"), (vec![], "no header\r\n".into()));
        assert_eq!(names(" folded: x\r\n"), (vec![], " folded: x\r\n".into()));
        assert_eq!(names(""), (vec![], String::new()));
        assert_eq!(names("A: b"), (vec![field("a", 4)], String::new()));
        assert_eq!(names("A: b\r\ntext\r\n").1, "text\r\n");
    }

    #[test]
    fn a_letter_is_stamped_and_its_body_left_alone() {
        let stamp = |letter: &[u8]| stamped(letter, "X: 1\r\n", &["bcc"]);
        assert_eq!(
            stamp(b"A: b\r\nBcc: c\r\n d\r\nE: f\r\n\r\nBcc: g\xff\r\n"),
            b"X: 1\r\nA: b\r\nE: f\r\n\r\nBcc: g\xff\r\n"
        );
        assert_eq!(stamp(b"text\r\n"), b"X: 1\r\n\r\ntext\r\n");
        assert_eq!(stamp(b"\r\ntext\r\n"), b"X: 1\r\n\r\ntext\r\n");
        assert_eq!(stamp(b""), b"X: 1\r\n");
    }

    #[test]
    fn dates_have_one_length() {
        assert_eq!(date().len(), "Mon, 03 Nov 2026 03:06:05 +0000".len());
    }
}
