//! # Exercise: where does the server listen? (10 minutes)
//!
//! After `PASV` the server opens a port for the data connection, and tells where in its reply 227: four
//! numbers for the address, two for the port (RFC 959 §4.1.2). Around them is text that no RFC fixes,
//! so you have to find them (RFC 1123 §4.1.2.6).
//!
//! ```text
//! Entering Passive Mode (127,0,0,1,195,80).     127.0.0.1, port 195 × 256 + 80 = 50000
//! =127,0,0,1,0,21                               127.0.0.1, port 0 × 256 + 21 = 21
//! ```
//!
//! - `text` is the reply's text, without its code. There may be parentheses, or other things, or
//!   nothing.
//! - Look at each run of digits `0` to `9` and commas, as long as it gets. The first run that is six
//!   numbers from 0 to 255, with one comma between each two, is the answer. Any other run is text, and
//!   is passed over: `2,000`, five numbers, seven numbers, a number over 255, a comma too many.
//! - So a space between the numbers makes them several runs, and no answer.
//! - Numbers are decimal, and zeros before them change nothing: `010` is ten.
//! - The text comes from a stranger. It may be empty, very long or not ASCII: `None`, never a panic.
//!
//! You will want: `str::split` with a closure, `str::parse`, `u16::from_be_bytes`.
//! Change the body of `parse_pasv`; leave its signature.

use std::net::Ipv4Addr;

/// The address and the port that the text of a reply 227 tells; `None` if it tells none.
pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    todo!("find the run of six numbers, then make an address of four and a port of two")
}

#[cfg(test)]
#[path = "../checks/ftp/parse_pasv.rs"]
mod check;
