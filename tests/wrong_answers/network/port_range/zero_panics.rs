//! # Wrong: port 0 is refused
//!
//! "Not a port."
//!
//! The check says: panicked: 0 is not a port

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    assert!(port > 0, "0 is not a port");
    match port {
        ..1024 => PortRange::System,
        ..49_152 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
