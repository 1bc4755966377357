//! # Wrong: it reckons with a last byte
//!
//! `data.len() - 1` where there is no byte.
//!
//! The check says: there are no bytes at all: their sum is 0

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: i32 = 0;
    let mut i = 0;
    while i < data.len() - 1 {
        sum += i32::from(data[i]) * 256 + i32::from(data[i + 1]);
        if sum > 65535 {
            sum -= 65535;
        }
        i += 2;
    }
    !(sum as u16)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
