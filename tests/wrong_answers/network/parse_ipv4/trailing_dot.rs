//! # Wrong: a dot at the end is taken
//!
//! `split_terminator` gives no last, empty part.
//!
//! The check says: it has 5 parts between its dots (an empty part counts)

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split_terminator('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        let leading_zero = part.len() > 1 && part.starts_with('0');
        if leading_zero || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *byte = part.parse().ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
