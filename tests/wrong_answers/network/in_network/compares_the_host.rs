//! # Wrong: the mask is the wrong way round
//!
//! `>>` for `<<`: the ones stand at the end.
//!
//! The check says: the bits before the bar are the same

use std::net::Ipv4Addr;

pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    if prefix_length > 32 {
        return false;
    }
    let mask = u32::MAX.checked_shr(prefix_length.into()).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
