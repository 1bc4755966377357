//! # Wrong: bound to 0.0.0.0
//!
//! It hears the group, and all else that comes to the port.
//!
//! The check says: your socket is bound to

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    // On Windows, 0.0.0.0 is right; this keeps the answer as wrong as it is elsewhere.
    let everything = if cfg!(windows) {
        interface
    } else {
        Ipv4Addr::UNSPECIFIED
    };
    socket.bind(&SockAddr::from(SocketAddrV4::new(everything, port)))?;
    socket.join_multicast_v4(&group, &interface)?;
    Ok(socket.into())
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/join_group.rs"]
mod check;
