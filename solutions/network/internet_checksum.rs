//! # The Internet checksum: one way to do it
//!
//! The sum is kept in 64 bits and brought down to 16 at the end, once. RFC 1071 (section 2, "deferred
//! carries") allows this: whenever you add what is above 16 bits to the rest, the result is the same.
//!
//! It is tempting to do that a single time, or twice. But 0xffff + 0x0001 needs 17 bits again, and long
//! data even a third time, so it is a loop. It is tempting, too, to take a `u32`, since a packet's sum fits; the function takes any slice, and from
//! 131,076 bytes on the sum may not fit any more. And `chunks_exact(2)` looks right on every packet of
//! even length, and drops the last byte of the others without a word.

/// The Internet checksum of `data` (RFC 1071).
///
/// A sender computes it with zero in the checksum's place, and writes it there, most significant byte
/// first. A receiver that calls this on the same bytes, checksum included, gets 0: their sum is 0xffff,
/// turned over. Most damage gives something else.
pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for pair in data.chunks(2) {
        let number = match *pair {
            [high, low] => u16::from_be_bytes([high, low]),
            // A byte left over is the upper half of its number, as if a zero byte came next.
            [high] => u16::from_be_bytes([high, 0]),
            _ => 0,
        };
        sum += u64::from(number);
    }
    // A few rounds: each takes what is above 16 bits and adds it to the rest.
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../exercises/checks/network/internet_checksum.rs"]
mod check;
