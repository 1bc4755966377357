//! # Wrong: two bytes are taken for the checksum and left out
//!
//! It reckons with an IPv4 header, whose own checksum stands at the bytes 10 and 11.
//!
//! The check says: compare step by step

pub fn internet_checksum(data: &[u8]) -> u16 {
    let mut sum: u64 = 0;
    for pair in data
        .chunks(2)
        .enumerate()
        .filter_map(|(index, pair)| (index != 5).then_some(pair))
    {
        let number = match *pair {
            [high, low] => u16::from_be_bytes([high, low]),
            [high] => u16::from_be_bytes([high, 0]),
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
