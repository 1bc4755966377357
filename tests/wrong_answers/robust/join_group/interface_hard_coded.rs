//! # Wrong: the interface is always loopback
//!
//! It is the one of the check, and no other listener's.
//!
//! The check says: did you join on another interface

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    let here = if cfg!(windows) {
        Ipv4Addr::UNSPECIFIED
    } else {
        group
    };
    socket.bind(&SockAddr::from(SocketAddrV4::new(here, port)))?;
    let socket: UdpSocket = socket.into();
    socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    Ok(socket)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/join_group.rs"]
mod check;
