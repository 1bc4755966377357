//! # Wrong: the protocol is not looked at
//!
//! A port is a port.
//!
//! The check says: its protocol is the other one

use std::net::SocketAddrV4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Socket {
    Udp {
        local: SocketAddrV4,
    },
    TcpListener {
        local: SocketAddrV4,
    },
    TcpConnection {
        local: SocketAddrV4,
        remote: SocketAddrV4,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Udp,
    Tcp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    pub protocol: Protocol,
    pub source: SocketAddrV4,
    pub destination: SocketAddrV4,
}

pub fn demultiplex(table: &[(SocketId, Socket)], packet: &Packet) -> Option<SocketId> {
    let fits = |socket: Socket| match socket {
        Socket::TcpConnection { local, remote } => {
            (local == packet.destination && remote == packet.source).then_some(2)
        }
        Socket::Udp { local } | Socket::TcpListener { local } => {
            if local == packet.destination {
                Some(1)
            } else {
                (local.ip().is_unspecified() && local.port() == packet.destination.port())
                    .then_some(0)
            }
        }
    };
    let best = table
        .iter()
        .filter_map(|&(id, socket)| Some((fits(socket)?, id)));
    best.max_by_key(|&(fit, _)| fit).map(|(_, id)| id)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
