//! # Wrong: digits of other scripts are let through to `unwrap`
//!
//! `char::is_numeric` sounds right, and is true of `٣` and of `½`.
//!
//! The check says: panicked:

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 1 && part.starts_with('0') {
            return None;
        }
        let mut number: u32 = 0;
        for character in part.chars() {
            if !character.is_numeric() || number > 255 {
                return None;
            }
            number = number * 10 + character.to_digit(10).unwrap();
        }
        *byte = u8::try_from(number).ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
