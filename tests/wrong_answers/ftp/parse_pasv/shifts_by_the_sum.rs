//! # Wrong: shifted by eight and the low byte
//!
//! In Rust, as in C, `+` binds more tightly than `<<`.
//!
//! The check says: binds more tightly than

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .find_map(six_numbers)
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let numbers: Result<Vec<u8>, _> = run.split(',').map(str::parse).collect();
    let [a, b, c, d, high, low] = numbers.ok()?[..] else {
        return None;
    };
    let port = u16::from(high) << 8 + u16::from(low);
    Some((Ipv4Addr::new(a, b, c, d), port))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
