//! # Wrong: 1024 is a System port
//!
//! 1024 is the round number.
//!
//! The check says: port 1024 is a User port, and you say System

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..=1024 => PortRange::System,
        1025..=49_151 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
