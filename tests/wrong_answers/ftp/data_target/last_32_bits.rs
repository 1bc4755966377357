//! # Wrong: an IPv6 address is its last 32 bits
//!
//! So that `::ffff:192.0.2.7` is 192.0.2.7. And `2001:db8::c000:207` is, too.
//!
//! The check says: that is not the peer's address

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Pasv(Ipv4Addr, u16),
    Epsv(u16),
    Port(Ipv4Addr, u16),
    Eprt(IpAddr, u16),
}

pub fn data_target(peer: SocketAddr, said: Said) -> Option<SocketAddr> {
    let (port, accepted) = match said {
        Said::Pasv(_, port) | Said::Epsv(port) => (port, port != 0),
        Said::Port(address, port) => (port, is_safe(peer, address.into(), port)),
        Said::Eprt(address, port) => (port, is_safe(peer, address, port)),
    };
    let mut target = peer;
    target.set_port(port);
    accepted.then_some(target)
}

fn is_safe(peer: SocketAddr, address: IpAddr, port: u16) -> bool {
    last_bits(peer.ip()) == last_bits(address) && port >= 1024
}

fn last_bits(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.to_bits(),
        IpAddr::V6(address) => address.to_bits() as u32,
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
