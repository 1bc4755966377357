//! # Wrong: it returns the example's checksum
//!
//! Right once.
//!
//! The check says: compare step by step

pub fn internet_checksum(data: &[u8]) -> u16 {
    0x220d
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
