//! # Wrong: 191 belongs to class C
//!
//! One too few.
//!
//! The check says: 191.255.255.254 is of class B, and you say C

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
        0..=127 => Class::A,
        128..=190 => Class::B,
        191..=223 => Class::C,
        224..=239 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
