//! # Wrong: the first digit begins the address
//!
//! So says RFC 1123. Some servers write a number before.
//!
//! The check says: Is anything around them in the way?

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    let behind = &text[text.find(|c: char| c.is_ascii_digit())?..];
    let end = behind
        .find(|c: char| !c.is_ascii_digit() && c != ',')
        .unwrap_or(behind.len());
    six_numbers(&behind[..end])
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let mut parts = run.split(',');
    let mut numbers = [0; 6];
    for number in &mut numbers {
        *number = parts.next()?.parse::<u8>().ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    parts
        .next()
        .is_none()
        .then_some((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low])))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
