//! # Exercise: decode a frame (15 minutes)
//!
//! `frame` is an Ethernet frame as a capture holds it, without Ethernet's own checksum at its end. Find the
//! UDP datagram in it, layer by layer:
//!
//! | header | bytes, from its start | what they say |
//! |---|---|---|
//! | Ethernet II, 14 bytes | 12–13 | EtherType: 0x0800 is IPv4 |
//! | IPv4 | 0 | upper 4 bits: version, 4; lower 4 bits: the header's length in units of 4 bytes, 5 at least |
//! | | 2–3 | total length in bytes: this header and all behind it |
//! | | 6–7 | fragmentation: bit 0x2000 is "more fragments", the lowest 13 bits are the offset |
//! | | 9 | protocol: 17 is UDP |
//! | | 12–15, 16–19 | source address, destination address |
//! | UDP, 8 bytes | 0–1, 2–3 | source port, destination port |
//! | | 4–5 | length in bytes: this header and the payload |
//!
//! Numbers are sent most significant byte first. Return the datagram, with its payload cut from `frame`,
//! or the error that fits; where several fit, any of them.
//!
//! - A short frame is filled up to 60 bytes with padding before it is sent; captured at its sender, it
//!   often has none yet. IPv4's total length says where the packet ends, and UDP's length, where the payload
//!   ends. What is behind that is ignored.
//! - Each length was written by a stranger. It may be too small for its own header, or reach beyond what
//!   is there. No `frame`, of any length and with any bytes, makes `decode` panic.
//! - A datagram with "more fragments" or with an offset is not whole: an error, whatever else it holds.
//! - Checksums are not verified: captured at its sender, a frame often has none yet, too.
//!
//! You will want: `slice::get` with a range (it gives an `Option`), `u16::from_be_bytes`,
//! `Option::ok_or` and `?`. Change the body of `decode`; leave its signature and the types.

use std::net::{Ipv4Addr, SocketAddrV4};

/// A UDP datagram that was found in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Who sent it: address and port.
    pub source: SocketAddrV4,
    /// Whom it is for: address and port.
    pub destination: SocketAddrV4,
    /// What was sent; it may be empty.
    pub payload: &'a [u8],
}

/// Why a frame holds no datagram that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// The frame ends before a header does, or before IPv4's total length is reached.
    CutShort,
    /// The EtherType says something else than IPv4, or the version is not 4.
    NotIpv4,
    /// This is a fragment of an IPv4 packet, and not the whole.
    Fragment,
    /// The protocol is not UDP.
    NotUdp,
    /// A length is too small for its own header, or UDP's reaches beyond the end of the IPv4 packet.
    BadLength,
}

/// Finds the UDP datagram in an Ethernet II frame.
///
/// # Errors
///
/// As [`DecodeError`] says; RFC 791 (section 3.1) and RFC 768 describe the headers.
pub fn decode(frame: &[u8]) -> Result<Datagram<'_>, DecodeError> {
    todo!("read the three headers, one after the other, and believe no length")
}

#[cfg(test)]
#[path = "../checks/network/decode_frame.rs"]
mod check;
