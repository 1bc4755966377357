//! # Wrong: the total length is not compared with the frame
//!
//! UDP's datagram is there, so the packet seems to be.
//!
//! The check says: IPv4's total length reaches beyond the end of the frame

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
    let n16 = |at: usize| -> Result<u16, DecodeError> {
        let b = frame.get(at..at + 2).ok_or(DecodeError::CutShort)?;
        Ok(u16::from_be_bytes([b[0], b[1]]))
    };
    let ip4 = |at: usize| -> Result<Ipv4Addr, DecodeError> {
        let b = frame.get(at..at + 4).ok_or(DecodeError::CutShort)?;
        Ok(Ipv4Addr::new(b[0], b[1], b[2], b[3]))
    };
    if n16(12)? != 0x0800 {
        return Err(DecodeError::NotIpv4);
    }
    let first = *frame.get(14).ok_or(DecodeError::CutShort)?;
    if first >> 4 != 4 {
        return Err(DecodeError::NotIpv4);
    }
    let ihl = (first & 0xf) as usize * 4;
    if ihl < 20 {
        return Err(DecodeError::BadLength);
    }
    let total = n16(16)? as usize;
    if n16(20)? & 0x3fff > 0 {
        return Err(DecodeError::Fragment);
    }
    if *frame.get(23).ok_or(DecodeError::CutShort)? != 17 {
        return Err(DecodeError::NotUdp);
    }
    let udp = 14 + ihl;
    let len = n16(udp + 4)? as usize;
    if len < 8 || ihl + len > total {
        return Err(DecodeError::BadLength);
    }
    Ok(Datagram {
        source: SocketAddrV4::new(ip4(26)?, n16(udp)?),
        destination: SocketAddrV4::new(ip4(30)?, n16(udp + 2)?),
        payload: frame.get(udp + 8..udp + len).ok_or(DecodeError::CutShort)?,
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/decode_frame.rs"]
mod check;
