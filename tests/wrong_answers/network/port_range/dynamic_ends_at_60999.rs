//! # Wrong: Dynamic ports end where Linux ends
//!
//! `ip_local_port_range` says 32768 to 60999.
//!
//! The check says: Linux lends its programs ports up to 60999

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..=1023 => PortRange::System,
        49_152..=60_999 => PortRange::Dynamic,
        _ => PortRange::User,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
