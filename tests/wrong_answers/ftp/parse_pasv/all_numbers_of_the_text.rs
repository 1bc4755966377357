//! # Wrong: the first six numbers of the text are taken, wherever they are
//!
//! `eth0` has one.
//!
//! The check says: what is before it and behind it is text

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    let numbers: Vec<u8> = text
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    let [a, b, c, d, high, low] = *numbers.first_chunk()?;
    Some((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low])))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
