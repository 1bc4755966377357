//! # Wrong: the last bits are looked at
//!
//! `trailing_ones` for `leading_ones`: "the first bit" is the one of most weight.
//!
//! The check says: begins with 10;

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
    match address.octets()[0].trailing_ones() {
        0 => Class::A,
        1 => Class::B,
        2 => Class::C,
        3 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
