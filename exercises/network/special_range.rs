//! # Exercise: the special ranges (15 minutes)
//!
//! Some IPv4 addresses have a special purpose, and IANA keeps the list of them (RFC 6890). Say of an
//! address which range it lies in.
//!
//! | range | networks |
//! |---|---|
//! | this network | 0.0.0.0/8 |
//! | private | 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 |
//! | shared (by a provider and its customers) | 100.64.0.0/10 |
//! | loopback | 127.0.0.0/8 |
//! | link-local | 169.254.0.0/16 |
//! | IETF protocol assignments | 192.0.0.0/24 |
//! | documentation | 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 |
//! | benchmarking | 198.18.0.0/15 |
//! | multicast | 224.0.0.0/4 |
//! | reserved | 240.0.0.0/4, without the next |
//! | limited broadcast | 255.255.255.255 alone |
//!
//! - Every other address is public here. (IANA's list has a few small networks more.)
//! - A prefix need not end at a dot: work out where /10, /12, /15 and /4 end.
//! - Every address has an answer, and nothing makes it panic.
//!
//! You will want: `Ipv4Addr::octets`, and a `match` with patterns such as `[192, 168, ..]` and
//! `[1, 8..=9, ..]`; or your `in_network`, copied here.
//! Change the body of `special_range`; leave its signature and `Range`.

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
    todo!("look for the network that the address is in")
}

#[cfg(test)]
#[path = "../checks/network/special_range.rs"]
mod check;
