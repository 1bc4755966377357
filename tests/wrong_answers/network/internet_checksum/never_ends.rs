//! # Wrong: it goes on while there is a carry, and never takes it away
//!
//! The loop adds what is above 16 bits, and leaves it above.
//!
//! The check says: does not return

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
    while sum > 0xffff {
        sum = sum.wrapping_add(sum >> 16) | 0x1_0000;
    }
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
