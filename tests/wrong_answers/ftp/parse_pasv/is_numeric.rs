//! # Wrong: whatever is numeric is a digit
//!
//! `²` and `½` are, and no number has them in it.
//!
//! The check says: is numeric, but no digit 0 to 9

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_numeric() && character != ',')
        .find_map(six_numbers)
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let numbers: Result<Vec<u8>, _> = run.split(',').map(str::parse).collect();
    let [a, b, c, d, high, low] = numbers.ok()?[..] else {
        return None;
    };
    let port = u16::from_be_bytes([high, low]);
    Some((Ipv4Addr::new(a, b, c, d), port))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
