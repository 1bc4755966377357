//! # Where does the server listen? One way to do it
//!
//! Splitting at everything that is neither digit nor comma leaves the runs, and the first that has six
//! numbers is the answer. So nothing has to be known of the words around it.
//!
//! It is tempting to look for parentheses: RFC 959 shows some in an example, and does not ask for
//! them. The next idea is to begin at the first digit, as RFC 1123 says; some servers write a number
//! before. And `p1 * 256 + p2` with two `u16`s looks harmless, until a server sends 300 for p1: the
//! product does not fit. With bytes there is nothing to overflow: p1 is the high one, p2 the low one.

use std::net::Ipv4Addr;

/// The address and the port that the text of a reply 227 tells; `None` if it tells none.
pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    text.split(|character: char| !character.is_ascii_digit() && character != ',')
        .find_map(six_numbers)
}

/// What a run of digits and commas tells, if it is six numbers.
fn six_numbers(run: &str) -> Option<(Ipv4Addr, u16)> {
    let mut parts = run.split(',');
    let mut numbers = [0; 6];
    for number in &mut numbers {
        // A `u8` refuses what is over 255, and an empty part.
        *number = parts.next()?.parse::<u8>().ok()?;
    }
    let [a, b, c, d, high, low] = numbers;
    let seventh = parts.next();
    seventh
        .is_none()
        .then_some((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low])))
}

#[cfg(test)]
#[path = "../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
