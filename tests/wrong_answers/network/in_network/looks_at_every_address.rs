//! # Wrong: every address of the network is tried
//!
//! Right, and with length 0 there are four thousand million.
//!
//! The check says: There can be 4,294,967,296

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX
        .checked_shl(32 - u32::from(prefix_length))
        .unwrap_or(0);
    let first = network.to_bits() & mask;
    let mut found = false;
    for candidate in first..=first | !mask {
        found |= candidate == address.to_bits();
    }
    found
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
