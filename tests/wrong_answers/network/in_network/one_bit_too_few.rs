//! # Wrong: the last bit of the prefix is not compared
//!
//! Off by one.
//!
//! The check says: bit 22 differs, and it stands before the bar

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    if prefix_length == 0 {
        return true;
    }
    let mask = u32::MAX
        .checked_shl(33 - u32::from(prefix_length))
        .unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
