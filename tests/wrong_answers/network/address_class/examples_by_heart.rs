//! # Wrong: the addresses of the page are known by heart
//!
//! A table of examples is no rule.
//!
//! The check says: is of class A, and you say C

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
    match address.octets() {
        [10, ..] | [127, ..] | [8, ..] | [0, ..] => Class::A,
        [172, ..] => Class::B,
        [224, ..] => Class::D,
        [240, ..] | [255, ..] => Class::E,
        _ => Class::C,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
