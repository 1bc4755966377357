//! # Wrong: the network is taken as it stands
//!
//! A network's host bits "are zero".
//!
//! The check says: `in_network(10.200.0.1, 10.1.2.3, 8)` must be true

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX
        .checked_shl(32 - u32::from(prefix_length))
        .unwrap_or(0);
    address.to_bits() & mask == network.to_bits()
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
