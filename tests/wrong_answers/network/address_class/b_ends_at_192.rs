//! # Wrong: 192 belongs to class B
//!
//! One too many.
//!
//! The check says: 192.0.0.0 is of class C, and you say B

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
        128..=192 => Class::B,
        193..=223 => Class::C,
        224..=239 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
