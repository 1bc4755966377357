//! # Wrong: the ends are left out, of length 0 as well
//!
//! "Between the first and the last", taken by its word.
//!
//! The check says: no bit is compared, so every address is in the network. It is the network's last address

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
    first < address && address < last
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/in_network.rs"]
mod check;
