//! # Wrong: port 0 is named after what `bind` makes of it
//!
//! "Choose for me" gives a Dynamic port.
//!
//! The check says: port 0 is a System port, and you say Dynamic

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    if port == 0 {
        return PortRange::Dynamic;
    }
    match port {
        ..1024 => PortRange::System,
        ..49_152 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
