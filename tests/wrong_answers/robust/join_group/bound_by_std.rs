//! # Wrong: bound by the standard library
//!
//! `UdpSocket::bind` does all in one, and shares nothing.
//!
//! The check says: and before `bind`, for that is where it is looked at

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

pub fn join(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    // Windows binds to no group.
    let address = if cfg!(windows) {
        Ipv4Addr::UNSPECIFIED
    } else {
        group
    };
    let socket = UdpSocket::bind((address, port))?;
    socket.join_multicast_v4(&group, &interface)?;
    Ok(socket)
}

#[cfg(test)]
#[path = "../../../../exercises/checks/robust/join_group.rs"]
mod check;
