//! # Wrong: a part must be under 255
//!
//! "255 is for broadcasts", or `<` for `<=`.
//!
//! The check says: Do you refuse `255`?

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        let leading_zero = part.len() > 1 && part.starts_with('0');
        if leading_zero || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *byte = part.parse().ok().filter(|&number| number < 255)?;
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
