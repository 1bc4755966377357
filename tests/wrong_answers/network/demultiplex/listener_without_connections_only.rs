//! # Wrong: a listener gets nothing as long as somebody is connected
//!
//! "The port is taken."
//!
//! The check says: and you give it to nobody: it is bound to the packet's destination, and no connection has all four values

use std::net::{Ipv4Addr, SocketAddrV4};

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
    let find = |wanted: Socket| {
        table
            .iter()
            .find(|(_, socket)| *socket == wanted)
            .map(|(id, _)| *id)
    };
    let find_connection = || {
        table
            .iter()
            .find(|(_, socket)| {
                *socket
                    == Socket::TcpConnection {
                        local: packet.destination,
                        remote: packet.source,
                    }
            })
            .map(|(id, _)| *id)
    };
    let listener = |local| Socket::TcpListener { local };
    let exact = packet.destination;
    let wildcard = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, packet.destination.port());
    match packet.protocol {
        Protocol::Tcp => if table.iter().any(|(_, socket)| matches!(socket, Socket::TcpConnection { local, .. } if local.port() == exact.port())) { find_connection() } else { find(listener(exact)).or_else(|| find(listener(wildcard))) },
        Protocol::Udp => find(Socket::Udp { local: exact }).or_else(|| find(Socket::Udp { local: wildcard })),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
