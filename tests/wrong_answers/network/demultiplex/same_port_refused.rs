//! # Wrong: a sender with the port of the receiver is refused
//!
//! "A client's port is another one." Two name servers may both use 53.
//!
//! The check says: it is bound to the packet's destination, and it does not matter who sent it

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
    if packet.protocol == Protocol::Udp && packet.source.port() == packet.destination.port() {
        return None;
    }
    let find = |wanted: Socket| {
        let found = table.iter().find(|(_, socket)| *socket == wanted);
        found.map(|(id, _)| *id)
    };
    let exact = packet.destination;
    let wildcard = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, exact.port());
    match packet.protocol {
        Protocol::Udp => [exact, wildcard]
            .into_iter()
            .find_map(|local| find(Socket::Udp { local })),
        Protocol::Tcp => find(Socket::TcpConnection {
            local: exact,
            remote: packet.source,
        })
        .or_else(|| {
            let mut listeners = [exact, wildcard].into_iter();
            listeners.find_map(|local| find(Socket::TcpListener { local }))
        }),
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
