//! # Wrong: Dynamic ports begin where Linux begins
//!
//! `ip_local_port_range` says 32768, and so does a lab on one's own machine.
//!
//! The check says: Linux lends its programs ports from 32768 on

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        0..=1023 => PortRange::System,
        1024..=32_767 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
