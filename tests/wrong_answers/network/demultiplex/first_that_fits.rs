//! # Wrong: the first that fits gets it
//!
//! Each condition is right; which socket comes first is left to the table.
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
    let (id, _) = table
        .iter()
        .find(|&&(_, socket)| match (socket, packet.protocol) {
            (Socket::Udp { local }, Protocol::Udp)
            | (Socket::TcpListener { local }, Protocol::Tcp) => {
                local.port() == packet.destination.port()
                    && (local.ip() == packet.destination.ip() || local.ip().is_unspecified())
            }
            (Socket::TcpConnection { local, remote }, Protocol::Tcp) => {
                local == packet.destination && remote == packet.source
            }
            _ => false,
        })?;
    Some(*id)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
