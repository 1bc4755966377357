//! # Wrong: the port's numbers are written one behind the other
//!
//! 195 and 80 make 19580.
//!
//! The check says: They are the two bytes of one number

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .find_map(six_numbers)
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let mut parts = run.split(',');
    let mut numbers = [0; 6];
    for number in &mut numbers {
        *number = parts.next()?.parse::<u8>().ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    let port = format!("{high}{low}").parse().ok()?;
    parts
        .next()
        .is_none()
        .then_some((Ipv4Addr::new(a, b, c, d), port))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
