//! # Wrong: length 0 compares everything
//!
//! `wrapping_shl` by 32 is a shift by nothing.
//!
//! The check says: What does your shift make of 32 bits?

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX.wrapping_shl(32 - u32::from(prefix_length));
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
