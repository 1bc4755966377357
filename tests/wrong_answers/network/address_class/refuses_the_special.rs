//! # Wrong: loopback ends in a panic
//!
//! "Not a class that anybody was given": `unreachable!`.
//!
//! The check says: panicked: internal error: entered unreachable code

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
        1..=126 => Class::A,
        128..=191 => Class::B,
        192..=223 => Class::C,
        224..=239 => Class::D,
        240..=254 => Class::E,
        _ => unreachable!(),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
