//! # Wrong: only whole numbers are compared
//!
//! A prefix of 8, 16 or 24 bits is what one sees most.
//!
//! The check says: `in_network(192.168.8.0, 192.168.4.0, 22)` must be false

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let whole = usize::from(prefix_length / 8);
    address.octets()[..whole] == network.octets()[..whole]
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
