//! # Wrong: the parts are not counted
//!
//! The sixth of five is a panic.
//!
//! The check says: numbers may be missing

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    let run = text
        .split(|character: char| !character.is_ascii_digit() && character != ',')
        .find(|run| run.contains(','))?;
    let numbers: Vec<u8> = run
        .split(',')
        .filter_map(|part| part.parse().ok())
        .collect();
    let address = Ipv4Addr::new(numbers[0], numbers[1], numbers[2], numbers[3]);
    Some((address, u16::from_be_bytes([numbers[4], numbers[5]])))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
