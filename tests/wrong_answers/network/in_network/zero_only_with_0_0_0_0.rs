//! # Wrong: length 0 wants the network 0.0.0.0
//!
//! "Its own case", and one condition too many.
//!
//! The check says: The network's own bits do not matter either

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    if prefix_length == 0 {
        return network.is_unspecified();
    }
    let mask = u32::MAX << (32 - prefix_length);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
