//! # Wrong: the sum wraps around
//!
//! `wrapping_add` keeps the program from panicking, and the carry from being counted.
//!
//! The check says: is to be added to the rest

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u16 = 0;
    for pair in data.chunks(2) {
        let low = pair.get(1).copied().unwrap_or(0);
        sum = sum.wrapping_add(u16::from_be_bytes([pair[0], low]));
    }
    !sum
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
