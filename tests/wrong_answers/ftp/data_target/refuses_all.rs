//! # Wrong: nothing is accepted
//!
//! Whoever connects nowhere attacks nobody.
//!
//! The check says: must be port

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Pasv(Ipv4Addr, u16),
    Epsv(u16),
    Port(Ipv4Addr, u16),
    Eprt(IpAddr, u16),
}

pub fn data_target(peer: SocketAddr, said: Said) -> Option<SocketAddr> {
    None
}

#[cfg(test)]
#[path = "../../../../exercises/checks/ftp/data_target.rs"]
mod check;
