//! # Wrong: it searches for an IPv4 header
//!
//! It looks for 0x0800 from byte 12 on, and never gives up.
//!
//! The check says: does not return

use std::net::{Ipv4Addr, SocketAddrV4};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    pub source: SocketAddrV4,
    pub destination: SocketAddrV4,
    pub payload: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    CutShort,
    NotIpv4,
    Fragment,
    NotUdp,
    BadLength,
}

fn number(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn address(bytes: &[u8], at: usize) -> Ipv4Addr {
    Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3])
}

pub fn decode(frame: &[u8]) -> Result<Datagram<'_>, DecodeError> {
    use DecodeError::*;
    if frame.len() < 14 {
        return Err(CutShort);
    }
    let mut at = 12;
    while frame[at..].first_chunk() != Some(&[0x08, 0x00]) {
        at = (at + 1) % frame.len();
    }
    let ipv4 = &frame[14..];
    if ipv4.len() < 20 {
        return Err(CutShort);
    }
    if ipv4[0] >> 4 != 4 {
        return Err(NotIpv4);
    }
    let header_length = usize::from(ipv4[0] & 0x0f) * 4;
    let total_length = usize::from(number(ipv4, 2));
    if header_length < 20 {
        return Err(BadLength);
    }
    if total_length < header_length {
        return Err(BadLength);
    }
    if number(ipv4, 6) & 0x3fff != 0 {
        return Err(Fragment);
    }
    if ipv4[9] != 17 {
        return Err(NotUdp);
    }
    if ipv4.len() < total_length {
        return Err(CutShort);
    }
    let udp = &ipv4[header_length..total_length];
    if udp.len() < 8 {
        return Err(BadLength);
    }
    let length = usize::from(number(udp, 4));
    if length < 8 {
        return Err(BadLength);
    }
    if length > udp.len() {
        return Err(BadLength);
    }
    let payload = &udp[8..length];
    Ok(Datagram {
        source: SocketAddrV4::new(address(ipv4, 12), number(udp, 0)),
        destination: SocketAddrV4::new(address(ipv4, 16), number(udp, 2)),
        payload,
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/decode_frame.rs"]
mod check;
