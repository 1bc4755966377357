//! # Wrong: System ports end at 999
//!
//! A rounder number still.
//!
//! The check says: port 1022 is a System port, and you say User

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..1000 => PortRange::System,
        1000..=49_151 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
