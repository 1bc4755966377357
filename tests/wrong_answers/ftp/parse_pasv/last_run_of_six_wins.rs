//! # Wrong: the last six numbers are taken
//!
//! All runs are judged, and the last judgement stays.
//!
//! The check says: the answer is the first run

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .filter_map(six_numbers)
        .last()
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
