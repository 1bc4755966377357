//! # Wrong: a socket of IPv6
//!
//! Some systems let it hear IPv4 as well; it cannot be bound to an address of IPv4.
//!
//! The check says: the socket must be of IPv4

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    // Windows binds to no group.
    let address = if cfg!(windows) {
        Ipv4Addr::UNSPECIFIED
    } else {
        group
    };
    socket.bind(&SockAddr::from(SocketAddrV4::new(address, port)))?;
    socket.join_multicast_v4(&group, &interface)?;
    Ok(socket.into())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/join_group.rs"]
mod check;
