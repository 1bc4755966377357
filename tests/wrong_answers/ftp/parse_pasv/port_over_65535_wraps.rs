//! # Wrong: the port may be more than 65535
//!
//! The address's numbers are bytes, the port's are not looked at.
//!
//! The check says: is more than 255, and each number is a byte

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .find_map(six_numbers)
}

fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let mut parts = run.split(',');
    let mut numbers = [0; 6];
    for number in &mut numbers {
        *number = parts.next()?.parse::<u64>().ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    let port = high.wrapping_mul(256).wrapping_add(low) as u16;
    let [a, b, c, d] = [a, b, c, d].map(|number| u8::try_from(number).ok());
    let address = Ipv4Addr::new(a?, b?, c?, d?);
    parts.next().is_none().then_some((address, port))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
