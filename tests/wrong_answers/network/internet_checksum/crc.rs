//! # Wrong: another check: a CRC
//!
//! Ethernet ends its frames with one. It is made in another way.
//!
//! The check says: compare step by step

pub fn internet_checksum(data: &[u8]) -> u16 {
    data.iter().fold(0xffff, |crc: u16, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/internet_checksum.rs"]
mod check;
