//! # Wrong: a UDP socket hears its own port's namesake only
//!
//! The port is compared with the sender's, too.
//!
//! The check says: it does not matter who sent it

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
                local == packet.destination && local.port() == packet.source.port()
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
