//! # Wrong: a UDP packet that nobody wants goes to the listener
//!
//! Better somebody than nobody.
//!
//! The check says: its protocol is the other one

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
        Protocol::Tcp => find_connection()
            .or_else(|| find(listener(exact)))
            .or_else(|| find(listener(wildcard))),
        Protocol::Udp => find(Socket::Udp { local: exact })
            .or_else(|| find(Socket::Udp { local: wildcard }))
            .or_else(|| find(listener(exact)))
            .or_else(|| find(listener(wildcard))),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
