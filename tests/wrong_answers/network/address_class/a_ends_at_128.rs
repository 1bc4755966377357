//! # Wrong: 128 belongs to class A
//!
//! `..=128` for `..128`.
//!
//! The check says: 128.0.0.0 is of class B, and you say A

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
        0..=128 => Class::A,
        129..=191 => Class::B,
        192..=223 => Class::C,
        224..=239 => Class::D,
        _ => Class::E,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/address_class.rs"]
mod check;
