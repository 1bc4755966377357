//! # Wrong: the port alone decides
//!
//! Most machines have one program a port.
//!
//! The check says: its local address is 192.0.2.11

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
    let (id, _) = table.iter().find(|&&(_, socket)| {
        let (protocol, local) = match socket {
            Socket::Udp { local } => (Protocol::Udp, local),
            Socket::TcpListener { local } => (Protocol::Tcp, local),
            Socket::TcpConnection { local, .. } => (Protocol::Tcp, local),
        };
        protocol == packet.protocol && local.port() == packet.destination.port()
    })?;
    Some(*id)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
