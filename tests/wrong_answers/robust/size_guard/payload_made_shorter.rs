//! # Wrong: the payload is made a `u16` first
//!
//! 65,536 bytes are none at all then.
//!
//! The check says: 65,535 less

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
    if usize::from(payload as u16) > most {
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
