//! # Wrong: a new address is made, with the peer's scope alone
//!
//! An IPv6 address of a socket has four parts.
//!
//! The check says: must have the peer's flow label

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};

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
    let target = match peer {
        SocketAddr::V4(peer) => (*peer.ip(), port).into(),
        SocketAddr::V6(peer) => SocketAddrV6::new(*peer.ip(), port, 0, peer.scope_id()).into(),
    };
    accepted.then_some(target)
}

fn is_safe(peer: SocketAddr, address: IpAddr, port: u16) -> bool {
    peer.ip().to_canonical() == address.to_canonical() && port >= 1024
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
