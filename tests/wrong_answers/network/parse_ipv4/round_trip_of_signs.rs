//! # Wrong: leading zeros are found by writing the number again, after the plus is cut off
//!
//! `strip_prefix` makes `+1` equal to what is written back.
//!
//! The check says: a number here has no sign

pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let bytes: Vec<u8> = text
        .split('.')
        .map(|part| {
            let number: u8 = part.parse().ok()?;
            (number.to_string() == part.trim_start_matches('+')).then_some(number)
        })
        .collect::<Option<_>>()?;
    bytes.try_into().ok()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/parse_ipv4.rs"]
mod check;
