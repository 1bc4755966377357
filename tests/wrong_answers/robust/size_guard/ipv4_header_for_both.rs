//! # Wrong: 28 bytes of headers, whatever the version
//!
//! 1472 is the number for Ethernet and IPv4; IPv6's header is twice as long.
//!
//! The check says: with 40 bytes of the IP header

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpVersion {
    V4,
    V6,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Whole,
    InFragments,
    Refused,
}

const UDP_HEADER: usize = 8;

const LARGEST_LENGTH: usize = u16::MAX as usize;

pub fn fate(payload: usize, version: IpVersion, mtu: usize) -> Fate {
    let (ip_header, most) = match version {
        IpVersion::V4 => (20, LARGEST_LENGTH - 20 - UDP_HEADER),
        IpVersion::V6 => (40, LARGEST_LENGTH - UDP_HEADER),
    };
    if payload > most {
        Fate::Refused
    } else if 20 + UDP_HEADER + payload <= mtu {
        Fate::Whole
    } else {
        Fate::InFragments
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/size_guard.rs"]
mod check;
