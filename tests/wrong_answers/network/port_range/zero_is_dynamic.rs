//! # Wrong: port 0 falls to the Dynamic ports
//!
//! The first range begins with 1, because nothing is at port 0.
//!
//! The check says: port 0 is a System port, and you say Dynamic

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        1..=1023 => PortRange::System,
        1024..=49_151 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
