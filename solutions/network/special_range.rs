//! # The special ranges: one way to do it
//!
//! One arm a network, written as it is in the table. Only five of them do not end at a dot, and there
//! the last number is the first one plus the size, less 1: /12 leaves four of the second number's
//! eight bits free, so 172.16.0.0/12 has 16 of them, 16 to 31; /10 has 64, 64 to 127; /15 has 2.
//!
//! It is tempting to write only what one has met: 127.0.0.1 for loopback, 172.16 for the second
//! private range, and 192.168 with all that begins with 192 beside it. A program that is told to
//! refuse private addresses then lets 172.20.0.1 through. Tempting, too, to count each address that
//! ends in .255 as a broadcast: it is one only if its network ends there. And the more special arm
//! comes first, 255.255.255.255 before 240.0.0.0/4, because `match` takes the first that fits.

use std::net::Ipv4Addr;

/// What an address is for, as the IANA registry of special-purpose addresses has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// 0.0.0.0/8: only "this host, on this network", before it knows its address.
    ThisNetwork,
    /// Three networks that everybody may use within their own walls (RFC 1918).
    Private,
    /// 100.64.0.0/10: between a provider and its customers (RFC 6598).
    Shared,
    /// 127.0.0.0/8: this machine itself.
    Loopback,
    /// 169.254.0.0/16: chosen by the machine itself, good on one link.
    LinkLocal,
    /// 192.0.0.0/24: for protocols of the IETF.
    IetfProtocolAssignments,
    /// Three networks for examples in documents.
    Documentation,
    /// 198.18.0.0/15: for measuring network devices against each other.
    Benchmarking,
    /// 224.0.0.0/4: a group of receivers.
    Multicast,
    /// 240.0.0.0/4: for what was still to be invented.
    Reserved,
    /// 255.255.255.255: everybody on this link.
    LimitedBroadcast,
    /// Everything else.
    Public,
}

/// The range that `address` lies in.
pub fn special_range(address: Ipv4Addr) -> Range {
    match address.octets() {
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
        [240..=255, ..] => Range::Reserved,
        _ => Range::Public,
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/network/special_range.rs"]
mod check;
