//! # Wrong: IPv6's header is taken off, as IPv4's is
//!
//! By analogy it would be 65,487. But the payload length of IPv6 begins behind its header.
//!
//! The check says: a datagram carries up to 65527 bytes

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
        IpVersion::V6 => (40, LARGEST_LENGTH - 40 - UDP_HEADER),
    };
    if payload > most {
        Fate::Refused
    } else if ip_header + UDP_HEADER + payload <= mtu {
        Fate::Whole
    } else {
        Fate::InFragments
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/size_guard.rs"]
mod check;
