//! # Wrong: the carry is added once
//!
//! After that, the sum may need 17 bits again.
//!
//! The check says: and that needed 17 bits again

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for pair in data.chunks(2) {
        let number = match *pair {
            [high, low] => u16::from_be_bytes([high, low]),
            [high] => u16::from_be_bytes([high, 0]),
            _ => 0,
        };
        sum += u64::from(number);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
