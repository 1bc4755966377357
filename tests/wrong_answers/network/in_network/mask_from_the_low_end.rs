//! # Wrong: the mask begins with the last bit
//!
//! The first bit is the one of most weight.
//!
//! The check says: must be true

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = 1_u32
        .checked_shl(prefix_length.into())
        .map_or(u32::MAX, |bit| bit - 1);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
