//! # Wrong: the answer is always yes
//!
//! It passes the first question.
//!
//! The check says: `in_network(192.168.2.20, 192.168.1.0, 24)` must be false

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    true
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
