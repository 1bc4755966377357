//! # Wrong: SO_REUSEPORT instead of SO_REUSEADDR
//!
//! It shares with those who say the same word, and the others say the other one.
//!
//! The check says: set_reuse_address(true)

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
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
