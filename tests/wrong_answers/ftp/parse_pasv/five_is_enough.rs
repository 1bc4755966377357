//! # Wrong: a missing number is 0
//!
//! `unwrap_or(0)`: there is always an answer.
//!
//! The check says: has 5 numbers, and six are wanted

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .find_map(six_numbers)
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let mut parts = run.split(',');
    if run.is_empty() {
        return None;
    }
    let mut numbers = [0; 6];
    for number in &mut numbers {
        *number = parts.next().unwrap_or("0").parse::<u8>().ok()?;
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
