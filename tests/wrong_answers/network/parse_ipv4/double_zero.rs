//! # Wrong: `00` is taken
//!
//! Only a zero before a digit other than zero is refused.
//!
//! The check says: begins with a zero that stands before another digit

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        let number: u8 = part.parse().ok()?;
        if part.starts_with('+') || (part.starts_with('0') && number != 0) {
            return None;
        }
        *byte = number;
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
