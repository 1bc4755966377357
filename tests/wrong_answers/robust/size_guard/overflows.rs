//! # Wrong: the headers are added before anything is known of the payload
//!
//! The sum of a huge payload and 28 has no place in a `usize`.
//!
//! The check says: must not go over the edge

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
    let packet = payload + UDP_HEADER + ip_header;
    if packet - UDP_HEADER - ip_header > most {
        Fate::Refused
    } else if packet <= mtu {
        Fate::Whole
    } else {
        Fate::InFragments
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/size_guard.rs"]
mod check;
