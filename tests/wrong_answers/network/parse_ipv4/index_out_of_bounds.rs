//! # Wrong: a missing part ends in a panic
//!
//! The parts are taken by their place, and only too many of them are refused.
//!
//! The check says: panicked: index out of bounds

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    let mut bytes = [0; 4];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let part = parts[place];
        let leading_zero = part.len() > 1 && part.starts_with('0');
        if leading_zero || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *byte = part.parse().ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
