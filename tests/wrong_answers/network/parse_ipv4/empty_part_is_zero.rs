//! # Wrong: an empty part is zero
//!
//! Written by hand, the sum over no digits is 0.
//!
//! The check says: is empty, and each needs a digit

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0_u8; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        if part.len() > 1 && part.starts_with('0') {
            return None;
        }
        for digit in part.bytes() {
            if !digit.is_ascii_digit() {
                return None;
            }
            *byte = u8::checked_add(byte.checked_mul(10)?, digit - b'0')?;
        }
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
