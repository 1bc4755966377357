//! # Wrong: the packet goes to its local end and comes from its other end
//!
//! "Source" is read as "here".
//!
//! The check says: Socket 12 gets this packet, and you give it to nobody

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
                local.port() == packet.source.port()
                    && (local.ip() == packet.source.ip() || local.ip().is_unspecified())
            }
            (Socket::TcpConnection { local, remote }, Protocol::Tcp) => {
                local == packet.source && remote == packet.destination
            }
            _ => false,
        })?;
    Some(*id)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
