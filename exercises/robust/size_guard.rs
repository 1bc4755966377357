//! # Exercise: how much may a datagram carry? (10 minutes)
//!
//! A program wants to send `payload` bytes as one UDP datagram, over a path whose links carry IP packets of up to
//! `mtu` bytes. Say what becomes of them, before the system does.
//!
//! - `Refused`: no UDP datagram can carry so many. Two length fields of 16 bits decide it. UDP's own counts UDP's
//!   header of 8 bytes (RFC 768). IPv4's counts that, and IPv4's header of 20 bytes, too (RFC 791 §3.1). IPv6's
//!   leaves out IPv6's header of 40 bytes (RFC 8200 §3).
//! - `Whole`: the IP packet, both headers and the payload, has `mtu` bytes at most.
//! - `InFragments`: a datagram can carry it, but no single IP packet on this path can.
//!
//! The headers have no options. `payload` is any number at all, 0 too: an empty datagram is one. `mtu` is what a
//! link may have: 68 or more for IPv4, 1280 or more for IPv6. Ethernet's is 1500; that of Linux's loopback is 65536.
//!
//! You will want: `match`, `u16::MAX`, and an order of the questions.
//! Change the body of `fate`; leave its signature, `IpVersion` and `Fate`.

/// The version of the Internet Protocol that carries a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpVersion {
    /// A header of 20 bytes.
    V4,
    /// A header of 40 bytes.
    V6,
}

/// What becomes of a payload that a program gives to `send_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It travels in one IP packet.
    Whole,
    /// It travels in several IP packets. One of them lost, and all of it is lost.
    InFragments,
    /// It fits into no UDP datagram, so nothing is sent: split it into messages of your own.
    Refused,
}

/// What becomes of `payload` bytes in one UDP datagram on a path with this `mtu` in bytes.
pub fn fate(payload: usize, version: IpVersion, mtu: usize) -> Fate {
    todo!("ask first what a datagram can carry, then what a packet on this path can")
}

#[cfg(test)]
#[path = "../checks/robust/size_guard.rs"]
mod check;
