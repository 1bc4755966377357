//! # Wrong: bound to the address of the interface
//!
//! As a server would be. A datagram to a group is not sent to that address.
//!
//! The check says: your socket is bound to 127.0.0.1

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SockAddr::from(SocketAddrV4::new(interface, port)))?;
    socket.join_multicast_v4(&group, &interface)?;
    Ok(socket.into())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/join_group.rs"]
mod check;
