//! # Wrong: a byte left over is no pair
//!
//! It reads two bytes wherever there is one.
//!
//! The check says: your `internet_checksum` panicked: index out of bounds

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for index in (0..data.len()).step_by(2) {
        sum += u64::from(u16::from_be_bytes([data[index], data[index + 1]]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
