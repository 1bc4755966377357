//! # Wrong: every port is a System port
//!
//! The first ports that one thinks of are.
//!
//! The check says: port 5432 is a User port, and you say System

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    PortRange::System
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
