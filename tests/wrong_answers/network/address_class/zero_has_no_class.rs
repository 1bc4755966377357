//! # Wrong: 0 is taken out of class A
//!
//! Many tables begin class A with 1.
//!
//! The check says: It is the first of all.

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
        1..=127 => Class::A,
        128..=191 => Class::B,
        192..=223 => Class::C,
        224..=239 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
