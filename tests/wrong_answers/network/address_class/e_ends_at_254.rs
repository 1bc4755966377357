//! # Wrong: 255 belongs to no class
//!
//! 255 is "the broadcast", so it falls to the first class.
//!
//! The check says: 255.255.255.255 is of class E, and you say A

use std::net::Ipv4Addr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    A,
    B,
    C,
    D,
    E,
}

pub fn address_class(address: Ipv4Addr) -> Class {
    match address.octets()[0] {
        128..=191 => Class::B,
        192..=223 => Class::C,
        224..=239 => Class::D,
        240..=254 => Class::E,
        _ => Class::A,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
