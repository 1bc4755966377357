//! # Wrong: the zero stands before the last byte
//!
//! The last byte is taken for a number as it is.
//!
//! The check says: the zero goes behind the last byte

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for pair in data.chunks(2) {
        let number = match *pair {
            [high, low] => u16::from_be_bytes([high, low]),
            [last] => u16::from(last),
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
