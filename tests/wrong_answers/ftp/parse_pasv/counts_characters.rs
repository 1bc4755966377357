//! # Wrong: characters are counted and bytes are cut
//!
//! The first `é` moves every index by one.
//!
//! The check says: characters longer than a byte

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    let start = text.chars().position(|c| c.is_ascii_digit())?;
    let behind = &text[start..];
    let length = behind
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .count();
    six_numbers(&behind[..length]).or_else(|| parse_pasv(&behind[length.max(1)..]))
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
