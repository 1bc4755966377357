//! # Wrong: a longer prefix wraps around
//!
//! `wrapping_sub` silences the panic at 33: the shift is then too long and the mask empty.
//!
//! The check says: so a prefix of 33 bits names no network

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    let host_bits = 32_u32.wrapping_sub(prefix_length.into());
    let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
