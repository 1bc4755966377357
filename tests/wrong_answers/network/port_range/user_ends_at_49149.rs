//! # Wrong: 49150 and 49151 are Dynamic ports
//!
//! A slip of the finger.
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
        1024..=49_149 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
