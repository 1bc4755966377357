//! # Wrong: what was said is done
//!
//! The address is in the message, so that is where to connect to.
//!
//! The check says: whatever the message says

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Pasv(Ipv4Addr, u16),
    Epsv(u16),
    Port(Ipv4Addr, u16),
    Eprt(IpAddr, u16),
}

pub fn data_target(peer: SocketAddr, said: Said) -> Option<SocketAddr> {
    Some(match said {
        Said::Pasv(address, port) | Said::Port(address, port) => (address, port).into(),
        Said::Epsv(port) => SocketAddr::new(peer.ip(), port),
        Said::Eprt(address, port) => SocketAddr::new(address, port),
    })
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
