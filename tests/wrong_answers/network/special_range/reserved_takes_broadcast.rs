//! # Wrong: the broadcast is reserved
//!
//! The wider range stands first, and the first arm that fits wins.
//!
//! The check says: It is this one address alone. Does the wider range win

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

#[allow(unreachable_patterns)]
pub fn special_range(address: Ipv4Addr) -> Range {
    match address.octets() {
        [240..=255, ..] => Range::Reserved,
        [0, ..] => Range::ThisNetwork,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Range::Private,
        [100, 64..=127, ..] => Range::Shared,
        [127, ..] => Range::Loopback,
        [169, 254, ..] => Range::LinkLocal,
        [192, 0, 0, _] => Range::IetfProtocolAssignments,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Range::Documentation,
        [198, 18..=19, ..] => Range::Benchmarking,
        [224..=239, ..] => Range::Multicast,
        [255, 255, 255, 255] => Range::LimitedBroadcast,
        _ => Range::Public,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/special_range.rs"]
mod check;
