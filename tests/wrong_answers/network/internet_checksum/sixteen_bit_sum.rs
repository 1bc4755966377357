//! # Wrong: the sum has 16 bits
//!
//! The result has 16 bits, so the sum seems to need no more.
//!
//! The check says: your `internet_checksum` panicked: attempt to add with overflow

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u16 = 0;
    for pair in data.chunks(2) {
        let low = pair.get(1).copied().unwrap_or(0);
        sum += u16::from_be_bytes([pair[0], low]);
    }
    !sum
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
