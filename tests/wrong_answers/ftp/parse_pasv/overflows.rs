//! # Wrong: numbers over 255 are multiplied
//!
//! They are read as `u16`, and 300 × 256 is more than a `u16` holds.
//!
//! The check says: is each one looked at before it is multiplied?

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .find_map(six_numbers)
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let mut parts = run.split(',');
    let mut numbers = [0; 6];
    for number in &mut numbers {
        *number = parts.next()?.parse::<u16>().ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    let port = high * 256 + low;
    let [a, b, c, d] = [a, b, c, d].map(|number| u8::try_from(number).ok());
    let address = Ipv4Addr::new(a?, b?, c?, d?);
    parts.next().is_none().then_some((address, port))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
