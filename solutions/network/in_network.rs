//! # Is it in the network? One way to do it
//!
//! A mask keeps the first bits of a number and clears the others. Taken of both addresses, it leaves
//! what has to be the same. It must be both: a network is often written with the address of one of
//! its machines, as in 192.168.1.77/24.
//!
//! It is tempting to write `u32::MAX << (32 - prefix_length)`, which works for every network that one
//! thinks of, until somebody asks for 0.0.0.0/0, the default route: a shift by all 32 bits panics in
//! a debug build and does nothing in a release build, where the mask then is all ones. Tempting, too,
//! to leave out the first and the last address: they have special uses, but they are in the network.

use std::net::Ipv4Addr;

/// Whether `address` is in the network `network/prefix_length`, in CIDR notation (RFC 4632 §3.1).
pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    // None if the prefix is longer than an address.
    let Some(host_bits) = 32_u32.checked_sub(prefix_length.into()) else {
        return false;
    };
    // None if all 32 bits are to be shifted out; then none is left to compare.
    let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
#[path = "../../exercises/checks/network/in_network.rs"]
mod check;
