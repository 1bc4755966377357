//! # Wrong: a longer prefix runs past the fourth number
//!
//! Number by number, and nobody counts to five.
//!
//! The check says: A prefix has at most 32 bits

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    for bit in 0..usize::from(prefix_length) {
        let mask = 0x80 >> (bit % 8);
        if address.octets()[bit / 8] & mask != network.octets()[bit / 8] & mask {
            return false;
        }
    }
    true
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
