//! # Wrong: 49152 is a User port
//!
//! One too many.
//!
//! The check says: port 49152 is a Dynamic port, and you say User

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..=1023 => PortRange::System,
        1024..=49_152 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
