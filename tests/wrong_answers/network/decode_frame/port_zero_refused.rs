//! # Wrong: port 0 is refused
//!
//! Nobody can be reached there. The task asks what the frame says.
//!
//! The check says: a port is what the header says

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
    if number(frame, 12) != 0x0800 {
        return Err(NotIpv4);
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
    let udp = ipv4.get(header_length..total_length).ok_or(CutShort)?;
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
    if number(udp, 2) == 0 {
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
