//! # Wrong: the texts are compared
//!
//! The network's text without its zeros is the prefix.
//!
//! The check says: must be false

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let network = network.to_string();
    address
        .to_string()
        .starts_with(network.trim_end_matches(".0"))
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
