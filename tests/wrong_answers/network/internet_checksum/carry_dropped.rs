//! # Wrong: what is above 16 bits is lost
//!
//! The sum is cut to 16 bits by `as`.
//!
//! The check says: is to be added to the rest

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
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
