//! # Wrong: what fits onto the link is never refused
//!
//! On an Ethernet it makes no difference. The loopback interface has an MTU of 65,536.
//!
//! The check says: does not make the length field larger

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
    if payload.saturating_add(ip_header + UDP_HEADER) <= mtu {
        Fate::Whole
    } else if payload > most {
        Fate::Refused
    } else {
        Fate::InFragments
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/size_guard.rs"]
mod check;
