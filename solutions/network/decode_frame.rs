//! # Decode a frame: one way to do it
//!
//! Each layer gets a slice that ends where the layer around it says, and cannot see beyond. `packet` is
//! cut by IPv4's total length, so the padding is gone before UDP's length is looked at. And every slice
//! is taken by `get`, `split_at_checked` or `first_chunk`: what is not there is an error, not a panic.
//!
//! It is tempting to write `frame[34..36]` and so on: right for the frames that you have seen, and a
//! panic or a wrong port for one that is cut, or whose IPv4 header has options. It is tempting, too, to
//! take the payload to the end of the frame. On a loopback or a long packet that works, and in a short
//! one it adds the padding.

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

const ETHERNET_HEADER: usize = 14;
const SHORTEST_IPV4_HEADER: usize = 20;
const UDP_HEADER: usize = 8;

const ETHER_TYPE_IPV4: u16 = 0x0800;
const MORE_FRAGMENTS: u16 = 0x2000;
const FRAGMENT_OFFSET: u16 = 0x1fff;
const PROTOCOL_UDP: u8 = 17;

/// Finds the UDP datagram in an Ethernet II frame.
///
/// # Errors
///
/// As [`DecodeError`] says; RFC 791 (section 3.1) and RFC 768 describe the headers.
pub fn decode(frame: &[u8]) -> Result<Datagram<'_>, DecodeError> {
    use DecodeError::*;

    let (ethernet, behind) = frame.split_at_checked(ETHERNET_HEADER).ok_or(CutShort)?;
    if number(ethernet, 12) != ETHER_TYPE_IPV4 {
        return Err(NotIpv4);
    }

    // From here to the end of the check, all that is read lies in these 20 bytes.
    let ipv4: &[u8; SHORTEST_IPV4_HEADER] = behind.first_chunk().ok_or(CutShort)?;
    if ipv4[0] >> 4 != 4 {
        return Err(NotIpv4);
    }
    let header_length = usize::from(ipv4[0] & 0x0f) * 4;
    let total_length = usize::from(number(ipv4, 2));
    if header_length < SHORTEST_IPV4_HEADER || total_length < header_length {
        return Err(BadLength);
    }
    if number(ipv4, 6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET) != 0 {
        return Err(Fragment);
    }
    if ipv4[9] != PROTOCOL_UDP {
        return Err(NotUdp);
    }
    // Cut off the padding first, then the header with its options: what is left is UDP's.
    let packet = behind.get(..total_length).ok_or(CutShort)?;
    let datagram = &packet[header_length..];

    let udp: &[u8; UDP_HEADER] = datagram.first_chunk().ok_or(BadLength)?;
    let length = usize::from(number(udp, 4));
    // Both ends are checked here: a length below 8 is a range that ends before it starts.
    let payload = datagram.get(UDP_HEADER..length).ok_or(BadLength)?;

    Ok(Datagram {
        source: SocketAddrV4::new(address(ipv4, 12), number(udp, 0)),
        destination: SocketAddrV4::new(address(ipv4, 16), number(udp, 2)),
        payload,
    })
}

/// The 16-bit number at `at` in a header that is known to be long enough.
fn number(header: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([header[at], header[at + 1]])
}

/// The address at `at` in a header that is known to be long enough.
fn address(header: &[u8], at: usize) -> Ipv4Addr {
    Ipv4Addr::new(header[at], header[at + 1], header[at + 2], header[at + 3])
}

#[cfg(test)]
#[path = "../../exercises/checks/network/decode_frame.rs"]
mod check;
