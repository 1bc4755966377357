//! # The range of a port: one way to do it
//!
//! Three arms with both ends written out, and no `_`: the compiler then proves that no port is left
//! out and the reader sees where each range ends. The edges look odd in decimal; in hexadecimal 1024
//! is 0x0400 and 49152 is 0xC000, three quarters of all.
//!
//! It is tempting to begin with 1, because no service is at port 0. But reserved is not absent: 0 is a
//! number in the header, and it must be in some range. Tempting, too, to ask the machine at hand, whose
//! first ephemeral port is 32768 on Linux: RFC 6335 says what is assigned, not what is in use.

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
    match port {
        0..=1023 => PortRange::System,
        1024..=49_151 => PortRange::User,
        49_152..=u16::MAX => PortRange::Dynamic,
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/network/port_range.rs"]
mod check;
