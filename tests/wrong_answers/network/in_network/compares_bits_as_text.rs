//! # Wrong: 32 characters are compared, but too many may be asked for
//!
//! Right up to 32; a slice of 33 characters panics.
//!
//! The check says: A prefix has at most 32 bits

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    let end = usize::from(prefix_length);
    let address = format!("{:032b}", address.to_bits());
    let network = format!("{:032b}", network.to_bits());
    address[..end] == network[..end]
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
