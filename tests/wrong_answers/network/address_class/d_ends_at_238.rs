//! # Wrong: 239 belongs to class E
//!
//! One too few.
//!
//! The check says: is one of your ranges one too short or too long?

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
        128..=191 => Class::B,
        192..=223 => Class::C,
        224..=238 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
