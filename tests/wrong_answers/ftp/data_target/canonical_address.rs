//! # Wrong: the answer has the address in its shortest form
//!
//! What `to_canonical` is good for is comparing. The answer is the peer, and its form is the peer's.
//!
//! The check says: not its address as it is in `peer`

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
    if let IpAddr::V4(four) = peer.ip().to_canonical() {
        target.set_ip(four.into());
    }
    target.set_port(port);
    accepted.then_some(target)
}

fn is_safe(peer: SocketAddr, address: IpAddr, port: u16) -> bool {
    peer.ip().to_canonical() == address.to_canonical() && port >= 1024
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
