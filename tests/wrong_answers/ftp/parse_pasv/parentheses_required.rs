//! # Wrong: the numbers are looked for between parentheses
//!
//! As RFC 959's example has them. It does not ask for them.
//!
//! The check says: No RFC asks for parentheses

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    let (_, behind) = text.split_once('(')?;
    let (run, _) = behind.split_once(')')?;
    six_numbers(run)
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
