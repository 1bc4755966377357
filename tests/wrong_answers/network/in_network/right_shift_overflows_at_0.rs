//! # Wrong: length 0 overflows the shift
//!
//! Both shifted to the right by the host bits.
//!
//! The check says: panicked: attempt to shift right with overflow

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let host_bits = 32 - prefix_length;
    address.to_bits() >> host_bits == network.to_bits() >> host_bits
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
