//! # Exercise: read an IPv4 address (15 minutes)
//!
//! `192.168.0.1` is how people write an IPv4 address; on the wire it is four bytes. Write what turns
//! the one into the other, and refuses everything that only looks like an address.
//!
//! - Four numbers with a dot between each two, and nothing else: no sign, no space, no port.
//! - Each number is 0 to 255, in the decimal digits `0` to `9`.
//! - A zero stands before no other digit: `0` is a number, `00` and `01` are refused. To some programs
//!   `010` is ten and to others it is eight, in octal; RFC 6943 §3.1.1 tells of the trouble.
//! - The text comes from a stranger. It may be empty, very long or not ASCII: then the answer is
//!   `None`, never a panic.
//!
//! The standard library has this parser: `Ipv4Addr::from_str`, which refuses leading zeros as well.
//! Here you write your own. The check compares the answers of the two; it can't see whether yours
//! asked the library's.
//!
//! You will want: `str::split`, `u8::is_ascii_digit` for each of `str::bytes`, and `str::parse`.
//! Change the body of `parse_ipv4`; leave its signature.

/// The four bytes of the address that `text` stands for, in the order of the text; `None` if it is
/// not an IPv4 address.
pub fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    todo!("take the text apart at its dots, and each part must be a number from 0 to 255")
}

#[cfg(test)]
#[path = "../checks/network/parse_ipv4.rs"]
mod check;
