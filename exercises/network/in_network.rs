//! # Exercise: is it in the network? (10 minutes)
//!
//! `192.168.4.0/22` names a network: all addresses whose first 22 bits are those of 192.168.4.0. Say
//! whether an address is one of them. A machine asks this of every packet that it sends: is the
//! receiver a neighbour, or does the packet go to a router?
//!
//! - The address is in the network if its first `prefix_length` bits are the network's first
//!   `prefix_length` bits. No other bit matters, in either of the two: 10.1.2.3/8 is 10.0.0.0/8.
//! - All lengths from 0 to 32 are networks. Every address is in a network of length 0; one of length
//!   32 has a single address.
//! - An IPv4 address has 32 bits, so a longer prefix names no network: the answer is `false`.
//! - Nothing makes it panic.
//!
//! You will want: `Ipv4Addr::to_bits`, and `u32::checked_shl` or `u32::checked_shr`, because `<<` and
//! `>>` by 32 bits overflow. Change the body of `in_network`; leave its signature.

use std::net::Ipv4Addr;

/// Whether `address` is in the network `network/prefix_length`, in CIDR notation (RFC 4632 §3.1).
pub fn in_network(address: Ipv4Addr, network: Ipv4Addr, prefix_length: u8) -> bool {
    todo!("compare the first `prefix_length` bits of the two")
}

#[cfg(test)]
#[path = "../checks/network/in_network.rs"]
mod check;
