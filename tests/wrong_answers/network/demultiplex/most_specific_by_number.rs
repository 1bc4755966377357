//! # Wrong: the lowest number wins
//!
//! Sockets are numbered as they are opened, and the oldest seems to come first.
//!
//! The check says: being bound to 0.0.0.0, but socket

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
    let fits = |socket: Socket| match (socket, packet.protocol) {
        (Socket::Udp { local }, Protocol::Udp) | (Socket::TcpListener { local }, Protocol::Tcp) => {
            local == packet.destination
                || local.ip().is_unspecified() && local.port() == packet.destination.port()
        }
        (Socket::TcpConnection { local, remote }, Protocol::Tcp) => {
            local == packet.destination && remote == packet.source
        }
        _ => false,
    };
    let fitting = table
        .iter()
        .filter(|&&(_, socket)| fits(socket))
        .map(|(id, _)| *id);
    fitting.min_by_key(|id| id.0)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
