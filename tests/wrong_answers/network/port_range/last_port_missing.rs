//! # Wrong: 65535 falls out of the last range
//!
//! `..` for `..=`, and a rest that nobody expects.
//!
//! The check says: It is the last port of all

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    System,
    User,
    Dynamic,
}

#[allow(non_contiguous_range_endpoints)]
pub fn port_range(port: u16) -> PortRange {
    match port {
        1024..49_152 => PortRange::User,
        49_152..65_535 => PortRange::Dynamic,
        _ => PortRange::System,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/port_range.rs"]
mod check;
