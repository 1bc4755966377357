//! # Exercise: which socket gets the packet? (15 minutes)
//!
//! Packets arrive at one machine, for many programs. For each, the system looks into its table of open
//! sockets and finds the one that gets it: it *demultiplexes*. Write this look-up.
//!
//! - UDP and TCP have ports of their own: UDP port 53 and TCP port 53 have nothing to do with each other.
//! - A UDP packet goes to the UDP socket that is bound to its destination, whoever sent it.
//! - A TCP packet goes to the connection that has the same four values: its destination is `local`, its
//!   source is `remote`, each of them an address and a port. If there is no such connection, it goes to
//!   the listener that is bound to its destination, which decides what to make of it.
//! - A UDP socket or a listener that is bound to 0.0.0.0 is bound to every address of this machine, at
//!   its one port. If another one is bound to the very address that the packet goes to, that one gets it.
//! - If there is none, the answer is `None`. (The sender then hears of it, as a rule: by an ICMP message
//!   from UDP, by a reset from TCP.)
//!
//! The table is in no order, and it can be empty. At most one socket of each kind is bound to the same
//! address and port, and at most one connection has the same four values.
//!
//! You will want: `==` on two `SocketAddrV4`s, `SocketAddrV4::port`, and `Ipv4Addr::is_unspecified` on
//! what `SocketAddrV4::ip` gives.
//! Change the body of `demultiplex`; leave its signature and the types.

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
    todo!("look for the socket that fits the packet best")
}

#[cfg(test)]
#[path = "../checks/network/demultiplex.rs"]
mod check;
