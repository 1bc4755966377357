//! # Wrong: length 0 overflows the shift
//!
//! The mask by `<<`, which works for 1 to 32.
//!
//! The check says: panicked: attempt to shift left with overflow

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX << (32 - prefix_length);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
