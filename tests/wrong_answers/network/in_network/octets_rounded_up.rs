//! # Wrong: a begun number is compared as a whole
//!
//! `div_ceil` keeps all that the prefix touches.
//!
//! The check says: `in_network(192.168.7.255, 192.168.4.0, 22)` must be true

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let touched = usize::from(prefix_length.div_ceil(8));
    address.octets()[..touched] == network.octets()[..touched]
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
