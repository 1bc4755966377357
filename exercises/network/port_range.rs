//! # Exercise: the range of a port (5 minutes)
//!
//! RFC 6335 §6 divides the port numbers into three ranges. Name the range of a port.
//!
//! | range | ports | for |
//! |---|---|---|
//! | System | 0 to 1023 | services that a standard describes: 53 is DNS, 443 is HTTPS |
//! | User | 1024 to 49151 | services that somebody registered: 5432 is PostgreSQL |
//! | Dynamic | 49152 to 65535 | nobody's: for a while, for whoever needs one |
//!
//! - Every port has a range, 0 and 65535 too. Port 0 is a System port: reserved, so that no service
//!   ever is there. That is why `bind` can give it a meaning of its own, "choose a free port for me".
//! - The ranges are IANA's. Which ports your system chooses, and below which number it wants a
//!   privilege, is its own affair, and not asked here.
//!
//! You will want: `match`, ranges such as `0..=9`, `u16::MAX`.
//! Change the body of `port_range`; leave its signature and `PortRange`.

/// One of the three ranges that RFC 6335 §6 divides the port numbers into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortRange {
    /// Also called well-known: assigned by a standard.
    System,
    /// Also called registered: assigned by IANA to whoever asked for it.
    User,
    /// Also called private or ephemeral: never assigned.
    Dynamic,
}

/// The range that `port` lies in.
pub fn port_range(port: u16) -> PortRange {
    todo!("compare the port with the ends of the ranges")
}

#[cfg(test)]
#[path = "../checks/network/port_range.rs"]
mod check;
