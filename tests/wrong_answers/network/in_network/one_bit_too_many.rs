//! # Wrong: one bit more than the prefix is compared
//!
//! Off by one, by bits counted from 1.
//!
//! The check says: `in_network(192.168.7.255, 192.168.4.0, 22)` must be true: the bits before the bar are the same

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    if prefix_length == 0 {
        return true;
    }
    let mask = u32::MAX << (32 - prefix_length).saturating_sub(1);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
