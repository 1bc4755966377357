//! # Wrong: 223 belongs to class D
//!
//! One too few.
//!
//! The check says: 223.255.255.254 is of class C, and you say D

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
        192..=222 => Class::C,
        223..=239 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
