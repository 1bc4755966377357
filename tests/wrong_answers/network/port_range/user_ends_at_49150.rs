//! # Wrong: 49151 is a Dynamic port
//!
//! `..` for `..=`.
//!
//! The check says: Two ranges meet here

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..1024 => PortRange::System,
        1024..49_151 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
