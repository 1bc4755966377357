//! # Wrong: a text that is no number ends in a panic
//!
//! `unwrap` because "there are only digits".
//!
//! The check says: panicked: called `Result::unwrap()` on an `Err` value

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 4
        || parts
            .iter()
            .any(|part| part.len() > 1 && part.starts_with('0'))
    {
        return None;
    }
    let bytes: Vec<u8> = parts.iter().map(|part| part.parse().unwrap()).collect();
    bytes.try_into().ok()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
