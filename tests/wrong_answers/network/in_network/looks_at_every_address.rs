//! # Wrong: with length 0, every address is tried
//!
//! The shift overflows at 0, so this length gets a loop: right, but there are four thousand million.
//!
//! The check says: There can be 4,294,967,296

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    if prefix_length == 0 {
        let mut found = false;
        for candidate in 0..=u32::MAX {
            found |= candidate == address.to_bits();
        }
        return found;
    }
    let mask = u32::MAX << (32 - prefix_length);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
