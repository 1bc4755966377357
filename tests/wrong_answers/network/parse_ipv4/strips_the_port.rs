//! # Wrong: a port or a prefix length behind the address is cut off
//!
//! Addresses often come with one.
//!
//! The check says: there are digits and dots in an address and nothing else

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split([':', '/']).next()?.split('.');
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
