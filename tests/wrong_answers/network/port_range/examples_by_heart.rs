//! # Wrong: the task's examples are known by heart
//!
//! A table of examples is no rule.
//!
//! The check says: port 80 is a System port, and you say Dynamic

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

pub fn port_range(port: u16) -> PortRange {
    match port {
        53 | 443 => PortRange::System,
        5432 => PortRange::User,
        _ => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
