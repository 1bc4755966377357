//! # Wrong: every address is public
//!
//! Most are.
//!
//! The check says: 192.168.1.20 is Private, and you say Public

use std::net::Ipv4Addr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    ThisNetwork,
    Private,
    Shared,
    Loopback,
    LinkLocal,
    IetfProtocolAssignments,
    Documentation,
    Benchmarking,
    Multicast,
    Reserved,
    LimitedBroadcast,
    Public,
}

pub fn special_range(address: Ipv4Addr) -> Range {
    Range::Public
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/special_range.rs"]
mod check;
