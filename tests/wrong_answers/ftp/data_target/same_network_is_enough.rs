//! # Wrong: a neighbour of the peer is accepted
//!
//! It is the neighbours that an attacker wants to reach.
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
    let same = match (peer.ip().to_canonical(), address.to_canonical()) {
        (IpAddr::V4(peer), IpAddr::V4(address)) => peer.octets()[..3] == address.octets()[..3],
        (peer, address) => peer == address,
    };
    same && port >= 1024
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
