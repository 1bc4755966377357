//! # Wrong: an address in IPv6's form is another one
//!
//! On a server that listens on `[::]`, no IPv4 client can use PORT.
//!
//! The check says: these two are one address

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
    peer.ip() == address && port >= 1024
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
