//! # Exercise: the Internet checksum (10 minutes)
//!
//! IPv4, ICMP, UDP and TCP all find damaged bytes by the same sum (RFC 1071). Compute it:
//!
//! 1. Take the bytes in pairs, each pair a 16-bit number, most significant byte first.
//!    If a byte is left over, put a zero byte behind it.
//! 2. Add the numbers up. If the sum needs more than 16 bits, cut off what is above them and add it to
//!    the rest, until 16 bits are enough.
//! 3. Return the sum with every bit turned over.
//!
//! The bytes `00 01 f2 03 f4 f5 f6 f7` give 0x2ddf0; that is 0xddf0 + 2 = 0xddf2; turned over: 0x220d.
//!
//! `data` may be empty, and it may be much longer than any packet: 200,000 bytes, all 0xff, are no
//! reason to panic.
//!
//! You will want: `slice::chunks`, `u16::from_be_bytes`, the operators `>>`, `&` and `!`.
//! Change the body of `internet_checksum`; leave its signature.

/// The Internet checksum of `data` (RFC 1071).
///
/// A sender computes it with zero in the checksum's place, and writes it there, most significant byte
/// first. A receiver that calls this on the same bytes, checksum included, gets 0: their sum is 0xffff,
/// turned over. Most damage gives something else.
pub fn internet_checksum(data: &[u8]) -> u16 {
    todo!("add up pairs of bytes, add what is above 16 bits to the rest, turn all bits over")
}

#[cfg(test)]
#[path = "../checks/network/internet_checksum.rs"]
mod check;
