//! # Wrong: a slice ends inside a character
//!
//! A number has at most three digits, so three bytes are cut off; `é` has two of them.
//!
//! The check says: panicked:

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut bytes = [0; 4];
    let mut rest = text.to_owned() + ".";
    for byte in &mut bytes {
        let end = rest.find('.')?;
        let part = &rest[..end.min(3)];
        let leading_zero = part.len() > 1 && part.starts_with('0');
        if end > 3 || leading_zero || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *byte = part.parse().ok()?;
        rest = rest[end + 1..].to_owned();
    }
    rest.is_empty().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
