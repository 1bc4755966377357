//! # Hear a group: one way to do it
//!
//! Three calls, three questions. `set_reuse_address` lets others have the same address; for multicast, the system then
//! gives each of them a copy. `bind` says which datagrams are for this socket. `join_multicast_v4` says that this machine
//! wants the group at all: without it, the interface or the network does not even bring them here.
//!
//! It is tempting to bind to 0.0.0.0, as a server does. It works as long as nothing else comes to this port. But joining is
//! not a filter: on Linux, a socket bound to 0.0.0.0 gets the datagrams of every group that anybody on this machine has
//! joined, and all that is sent to the port directly. Bound to the group, it gets the group's alone.
//!
//! It is as tempting to give 0.0.0.0 for the interface. Then the system chooses one, by its routes. On a laptop with a
//! cable and Wi-Fi that is one of the two, and the announcements come through the other.

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

/// A socket that hears `group` at `port` through this interface, beside others that do the same.
///
/// # Errors
///
/// What the system refuses: the address, or the interface, which may not exist.
pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // Before `bind`, which is what asks for it.
    socket.set_reuse_address(true)?;
    // Windows binds to addresses of its own alone.
    let address = if cfg!(windows) {
        Ipv4Addr::UNSPECIFIED
    } else {
        group
    };
    socket.bind(&SockAddr::from(SocketAddrV4::new(address, port)))?;
    let socket = UdpSocket::from(socket);
    socket.join_multicast_v4(&group, &interface)?;
    Ok(socket)
}

#[cfg(test)]
#[path = "../../exercises/checks/robust/join_group.rs"]
mod check;
