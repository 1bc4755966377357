//! # Wrong: the last address is left out
//!
//! `..` for `..=`.
//!
//! The check says: `in_network(192.168.7.255, 192.168.4.0, 22)` must be true

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX
        .checked_shl(32 - u32::from(prefix_length))
        .unwrap_or(0);
    let first = network.to_bits() & mask;
    let last = first | !mask;
    (first..last).contains(&address.to_bits())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
