//! # Which socket gets the packet? One way to do it
//!
//! Each socket says how well it fits: not at all, by the wildcard, by its address, by all four values.
//! The best fit wins, and the order of the table does not matter.
//!
//! It is tempting to look for the port alone, because most machines have one program a port. Then two
//! people who are connected to one web server read each other's pages: at the server, both connections
//! have port 443, and only the other end tells them apart. Tempting, too, to return the first socket
//! that fits: then a listener in front of its connections takes their packets, and a socket for all
//! addresses those of the one that is bound to a single one.

use std::net::SocketAddrV4;

/// The number by which the system knows a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketId(pub u32);

/// An open socket, with the addresses and ports by which packets find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Socket {
    /// A UDP socket, which hears everybody.
    Udp {
        /// Its own address and port.
        local: SocketAddrV4,
    },
    /// A TCP socket that waits for new connections.
    TcpListener {
        /// Its own address and port.
        local: SocketAddrV4,
    },
    /// One TCP connection, which has two ends.
    TcpConnection {
        /// The address and port of the end at this machine.
        local: SocketAddrV4,
        /// The address and port of the other end.
        remote: SocketAddrV4,
    },
}

/// The protocol that a packet's IP header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Datagrams.
    Udp,
    /// Segments of a connection.
    Tcp,
}

/// The part of an arriving packet that says where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// UDP or TCP.
    pub protocol: Protocol,
    /// The address and port that it comes from.
    pub source: SocketAddrV4,
    /// The address and port that it goes to: an address of this machine.
    pub destination: SocketAddrV4,
}

/// The socket of `table` that `packet` is for; `None` if there is none.
pub fn demultiplex(table: &[(SocketId, Socket)], packet: &Packet) -> Option<SocketId> {
    let fitting = table
        .iter()
        .filter_map(|&(id, socket)| Some((fit(socket, packet)?, id)));
    let (_, id) = fitting.max_by_key(|&(fit, _)| fit)?;
    Some(id)
}

/// How well a socket fits a packet, from the worst fit to the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is bound to the port, at every address.
    Wildcard,
    /// It is bound to the very address and port.
    Address,
    /// It is the connection that the packet is a part of.
    Connection,
}

/// How well `socket` fits `packet`, and `None` if it does not.
fn fit(socket: Socket, packet: &Packet) -> Option<Fit> {
    match (socket, packet.protocol) {
        (Socket::Udp { local }, Protocol::Udp) | (Socket::TcpListener { local }, Protocol::Tcp) => {
            if local == packet.destination {
                Some(Fit::Address)
            } else if local.ip().is_unspecified() && local.port() == packet.destination.port() {
                Some(Fit::Wildcard)
            } else {
                None
            }
        }
        // The packet's destination is this end, its source is the other.
        (Socket::TcpConnection { local, remote }, Protocol::Tcp) => {
            (local == packet.destination && remote == packet.source).then_some(Fit::Connection)
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/network/demultiplex.rs"]
mod check;
