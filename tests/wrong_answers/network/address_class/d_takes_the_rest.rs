//! # Wrong: E is forgotten
//!
//! Three bits are looked at; class D is `111`.
//!
//! The check says: 240.0.0.1 is of class E, and you say D

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
    match address.octets()[0].leading_ones() {
        0 => Class::A,
        1 => Class::B,
        2 => Class::C,
        _ => Class::D,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
