//! # Wrong: the answer is always no
//!
//! Most addresses are not in most networks.
//!
//! The check says: `in_network(192.168.1.20, 192.168.1.0, 24)` must be true

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    false
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
