//! # Exercise: the class of an address (5 minutes)
//!
//! From 1981 to 1993 the first bits of an IPv4 address said how much of it was the network's. Name the
//! class of an address, as RFC 791 (A, B, C) and RFC 1112 §4 (D, E) define them:
//!
//! | class | the address begins with the bits | first number |
//! |---|---|---|
//! | A | `0` | 0 to 127 |
//! | B | `10` | 128 to 191 |
//! | C | `110` | 192 to 223 |
//! | D | `1110` | 224 to 239 |
//! | E | `1111` | 240 to 255 |
//!
//! - Every address has a class. What an address is used for changes nothing about it: 127.0.0.1 is of
//!   class A, and so is 0.0.0.0; 255.255.255.255 is of class E.
//!
//! You will want: `Ipv4Addr::octets`, and `match` with ranges such as `0..=9`, or `u8::leading_ones`.
//! Change the body of `address_class`; leave its signature and `Class`.

use std::net::Ipv4Addr;

/// What the first bits of an IPv4 address said, before prefixes could have any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// 8 bits of network, 24 of host.
    A,
    /// 16 bits of network, 16 of host.
    B,
    /// 24 bits of network, 8 of host.
    C,
    /// Multicast: a group of receivers.
    D,
    /// Reserved for what was still to be invented.
    E,
}

/// The class of `address`.
pub fn address_class(address: Ipv4Addr) -> Class {
    todo!("look at how the address begins")
}

#[cfg(test)]
#[path = "../checks/network/address_class.rs"]
mod check;
