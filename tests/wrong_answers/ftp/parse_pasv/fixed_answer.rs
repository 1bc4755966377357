//! # Wrong: the answer is the task's example
//!
//! It makes the first line of the check pass.
//!
//! The check says: the answer is the first run of digits and

use std::net::Ipv4Addr;

pub fn parse_pasv(text: &str) -> Option<(Ipv4Addr, u16)> {
    Some((Ipv4Addr::new(127, 0, 0, 1), 50_000))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/parse_pasv.rs"]
mod check;
