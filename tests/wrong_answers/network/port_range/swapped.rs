//! # Wrong: User and Dynamic are mixed up
//!
//! The names say little, so they are easily swapped.
//!
//! The check says: port 5432 is a User port, and you say Dynamic

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..=1023 => PortRange::System,
        1024..=49_151 => PortRange::Dynamic,
        _ => PortRange::User,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
