//! # Wrong: the first socket gets everything
//!
//! With one socket in the table it works.
//!
//! The check says: its local port is 53

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
    table.first().map(|(id, _)| *id)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/network/demultiplex.rs"]
mod check;
