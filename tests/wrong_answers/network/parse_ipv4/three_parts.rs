//! # Wrong: a part that is missing counts as zero
//!
//! `zip` ends with the shorter of the two, in silence.
//!
//! The check says: and an address has four

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut bytes = [0; 4];
    if text.split('.').count() > 4 {
        return None;
    }
    for (byte, part) in bytes.iter_mut().zip(text.split('.')) {
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
