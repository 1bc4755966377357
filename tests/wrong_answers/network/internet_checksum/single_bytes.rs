//! # Wrong: single bytes are added up
//!
//! A sum of bytes is a checksum, but another one.
//!
//! The check says: take them in pairs

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = data.iter().map(|&byte| u64::from(byte)).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
