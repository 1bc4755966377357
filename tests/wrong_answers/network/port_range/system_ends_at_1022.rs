//! # Wrong: 1023 is a User port
//!
//! An end that is not part of the range, taken one too low.
//!
//! The check says: port 1023 is a System port, and you say User

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..1023 => PortRange::System,
        1023..=49_151 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
