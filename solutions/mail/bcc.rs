//! # A blind copy stays blind. One way to do it
//!
//! The header is taken field by field, and a field is a piece of bytes with all its lines. So a
//! folded `Bcc` goes as a whole or not at all, and what stays is copied, never written anew: a
//! signature over the letter would see the difference.
//!
//! It is tempting to drop each line that begins with `Bcc:`. The lines folded behind it would stay,
//! and join the field before; `bcc:` would stay as well; and a line of the body would go. It is also
//! tempting to cut the addresses at each comma: `"Lovelace, Ada"` has one.
//!
//! Some programs leave it to the server to take `Bcc` out. A server that relays a letter leaves it as
//! it is. The author's program is the last one that knows.

/// What goes to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The envelope's recipients, for one `RCPT TO` each.
    pub recipients: Vec<String>,
    /// What is sent after `DATA`.
    pub message: Vec<u8>,
}

/// The envelope's recipients and the message, from a letter as its author wrote it.
pub fn outgoing(letter: &[u8]) -> Outgoing {
    let mut recipients = Vec::new();
    let mut message = Vec::new();
    let mut rest = letter;
    while !rest.is_empty() && !rest.starts_with(b"\r\n") {
        let (field, behind) = rest.split_at(field_length(rest));
        rest = behind;
        let text = String::from_utf8_lossy(field);
        let (name, value) = text.split_once(':').unwrap_or((&text, ""));
        let name = name.trim_end().to_ascii_lowercase();
        if matches!(&*name, "to" | "cc" | "bcc") {
            for address in addresses(value) {
                if !recipients.contains(&address) {
                    recipients.push(address);
                }
            }
        }
        if name != "bcc" {
            message.extend(field);
        }
    }
    message.extend(rest);
    Outgoing {
        recipients,
        message,
    }
}

/// The length of the first field, with all its lines.
fn field_length(header: &[u8]) -> usize {
    let mut at = 0;
    while let Some(end) = header[at..].windows(2).position(|two| two == b"\r\n") {
        at += end + 2;
        if !matches!(header.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
    header.len()
}

/// The addresses in the value of a field.
fn addresses(value: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    let mut address = String::new();
    let mut quoted = false;
    for character in value.chars().chain([',']) {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // What came before was a name.
            '<' => address.clear(),
            '>' => {}
            ',' => {
                let whole = std::mem::take(&mut address).trim().to_owned();
                if !whole.is_empty() {
                    addresses.push(whole);
                }
            }
            _ => address.push(character),
        }
    }
    addresses
}

#[cfg(test)]
#[path = "../../exercises/checks/mail/bcc.rs"]
mod check;
