//! # Wrong: only the header is sent
//!
//! The letter is empty.
//!
//! The check says: the body is what is behind

// What goes to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    // The envelope's recipients, for one `RCPT TO` each.
    pub recipients: Vec<String>,
    // What is sent after `DATA`.
    pub message: Vec<u8>,
}

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

    Outgoing {
        recipients,
        message,
    }
}

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

fn addresses(value: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    let mut address = String::new();
    let mut quoted = false;
    for character in value.chars().chain([',']) {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
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
#[path = "../../../../exercises/checks/mail/bcc.rs"]
mod check;
