//! # Wrong: an error of `bind` is ignored
//!
//! The socket is bound to nothing, and hears nothing.
//!
//! The check says: hand on the error of `bind`

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
    socket
        .bind(&SockAddr::from(SocketAddrV4::new(here, port)))
        .ok();
    let socket: UdpSocket = socket.into();
    socket.join_multicast_v4(&group, &interface)?;
    Ok(socket)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/join_group.rs"]
mod check;
