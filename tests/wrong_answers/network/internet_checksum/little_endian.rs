//! # Wrong: the first byte is the lower half
//!
//! The order of most processors, not the network's.
//!
//! The check says: the two bytes stand the wrong way round

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for pair in data.chunks(2) {
        let number = match *pair {
            [high, low] => u16::from_le_bytes([high, low]),
            [high] => u16::from_le_bytes([high, 0]),
            _ => 0,
        };
        sum += u64::from(number);
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
