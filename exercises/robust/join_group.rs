//! # Exercise: hear a group (15 minutes)
//!
//! A service announces itself by multicast. Open a socket that hears it, on a machine where other programs may listen
//! for the same announcements.
//!
//! - The socket hears what is sent to `group`, at `port`, through the interface that has the address `interface`.
//!   Its `recv` waits for that.
//! - Other sockets may have this group and port before you, and others come after you. All of them hear each datagram.
//! - It hears nothing else: neither what is sent to another group at the same port, nor what is sent to this machine's
//!   own address. (Windows binds to no group: bind to 0.0.0.0 there, and more may be heard.)
//! - What the system refuses is handed on as an error. The interface may not exist.
//!
//! The standard library cannot set what must be set before `bind`, so here is the crate socket2. Its `Socket` becomes a
//! `UdpSocket` by `into()`.
//!
//! You will want: `Socket::set_reuse_address`, `Socket::bind`, `UdpSocket::join_multicast_v4`.
//! Change the body of `join`, leave the rest.

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

/// A socket that hears `group` at `port` through this interface, beside others that do the same.
pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    todo!("share the port, bind, join")
}

#[cfg(test)]
#[path = "../checks/robust/join_group.rs"]
mod check;
