//! # The class of an address: one way to do it
//!
//! The ranges are the bits in decimal: half of all addresses begin with `0`, half of the rest with
//! `10`, and so on. So the match on numbers and the count of leading ones say the same.
//!
//! It is tempting to give 0 and 127 no class, because no network could be numbered so, or to end with
//! `_ => Class::C`, because nobody ever was given the rest. The class is how an address begins and no
//! more. Written without `_`, the match does not compile until every number from 0 to 255 has its arm.

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
    let [first, ..] = address.octets();
    match first {
        0..=127 => Class::A,
        128..=191 => Class::B,
        192..=223 => Class::C,
        224..=239 => Class::D,
        240..=255 => Class::E,
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/network/address_class.rs"]
mod check;
