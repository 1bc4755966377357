//! # Wrong: a large number overflows
//!
//! Ten times the number plus a digit, in a `u32`: no larger number was thought of.
//!
//! The check says: panicked: attempt to multiply with overflow

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.split('.');
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        let part = parts.next()?;
        if part.is_empty() || (part.len() > 1 && part.starts_with('0')) {
            return None;
        }
        let mut number: u32 = 0;
        for digit in part.chars() {
            number = number * 10 + digit.to_digit(10)?;
        }
        *byte = u8::try_from(number).ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
