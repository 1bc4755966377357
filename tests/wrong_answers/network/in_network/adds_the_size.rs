//! # Wrong: the end of the network overflows
//!
//! The first address plus the number of addresses: too large at 255.255.255.255.
//!
//! The check says: panicked: attempt to

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let size = 1_u64 << (32 - prefix_length);
    let first = network.to_bits() / size as u32 * size as u32;
    let address = address.to_bits();
    first <= address && address < first + size as u32
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
