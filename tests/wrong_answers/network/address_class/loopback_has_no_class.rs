//! # Wrong: 127 is taken out of class A
//!
//! Many tables give class A as 1 to 126.
//!
//! The check says: That it is used for loopback changes nothing

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
        0..=126 => Class::A,
        128..=191 => Class::B,
        192..=223 => Class::C,
        224..=239 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
