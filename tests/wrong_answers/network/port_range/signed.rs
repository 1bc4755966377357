//! # Wrong: large ports become negative
//!
//! The number goes through an `i16`, as in languages without unsigned types.
//!
//! The check says: port 5432 is a User port, and you say Dynamic

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    let port = port as i16;
    if port < 1024 {
        PortRange::System
    } else if port < 49_152_u16 as i16 {
        PortRange::User
    } else {
        PortRange::Dynamic
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
