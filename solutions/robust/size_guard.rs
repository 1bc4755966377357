//! # How much may a datagram carry? One way to do it
//!
//! 65,535 is all that 16 bits can count. Over IPv4 both headers are counted: 65,535 - 20 - 8 is 65,507. IPv6 counts
//! what is behind its own header, so only UDP's 8 bytes go off: 65,527.
//!
//! Two questions that sound alike have different answers. "Can it be sent?" is about the length fields, and the
//! same everywhere. "Does it stay whole?" is about the path. The first one comes first: 65,508 bytes would make a
//! packet of 65,536, which the loopback interface of Linux could carry, were there a number for its length.
//!
//! That order spares us an overflow, too: when the headers are added, the payload is known to be small.
//!
//! It is tempting to stop at "up to 64 KB". On the Internet, 60,000 bytes are some forty fragments, and each of
//! them has to arrive. Programs that want their datagrams to arrive stay within the MTU (RFC 8085 §3.2); those that
//! don't know it stay within 1280 bytes over IPv6, since every link of IPv6 carries that.

/// The version of the Internet Protocol that carries a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpVersion {
    /// A header of 20 bytes.
    V4,
    /// A header of 40 bytes.
    V6,
}

/// What becomes of a payload that a program gives to `send_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It travels in one IP packet.
    Whole,
    /// It travels in several IP packets. One of them lost, and all of it is lost.
    InFragments,
    /// It fits into no UDP datagram, so nothing is sent: split it into messages of your own.
    Refused,
}

/// UDP's header, in bytes: two ports, a length, a checksum.
const UDP_HEADER: usize = 8;

/// The largest number that a length field of 16 bits can say.
const LARGEST_LENGTH: usize = u16::MAX as usize;

/// What becomes of `payload` bytes in one UDP datagram on a path with this `mtu` in bytes.
pub fn fate(payload: usize, version: IpVersion, mtu: usize) -> Fate {
    let (ip_header, most) = match version {
        IpVersion::V4 => (20, LARGEST_LENGTH - 20 - UDP_HEADER),
        IpVersion::V6 => (40, LARGEST_LENGTH - UDP_HEADER),
    };
    if payload > most {
        Fate::Refused
    } else if ip_header + UDP_HEADER + payload <= mtu {
        Fate::Whole
    } else {
        Fate::InFragments
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/size_guard.rs"]
mod check;
