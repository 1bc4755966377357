//! # Wrong: the first and the last address are left out
//!
//! They are no machine's: the first names the network, the last is the broadcast.
//!
//! The check says: It is the network's first address, and that is in it, too

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX
        .checked_shl(32 - u32::from(prefix_length))
        .unwrap_or(0);
    let first = network.to_bits() & mask;
    let last = first | !mask;
    let address = address.to_bits();
    if mask == u32::MAX || mask == 0 {
        return first <= address && address <= last;
    }
    first < address && address < last
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
