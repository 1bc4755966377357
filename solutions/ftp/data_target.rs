//! # Connect to whom? One way to do it
//!
//! The address is never taken from what the other side said, only compared with it. So there is no
//! way to be sent somewhere else, whatever it says; what is left to decide is yes or no.
//!
//! It is tempting to connect to the address of the reply 227, since it is there. A bad server then has
//! your client scan the network that you are in, and a good one behind a router names an address that
//! leads nowhere. Tempting, too: `SocketAddr::new(peer.ip(), port)`. It loses the scope of an IPv6
//! address, and with it all link-local ones.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The ports from here on are no system's services.
const FIRST_USER_PORT: u16 = 1024;

/// What the other side said about the data connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The server's reply to `PASV`: its address and port.
    Pasv(Ipv4Addr, u16),
    /// The server's reply to `EPSV`: its port.
    Epsv(u16),
    /// The client's command `PORT`: its address and port.
    Port(Ipv4Addr, u16),
    /// The client's command `EPRT`: its address, of either family, and port.
    Eprt(IpAddr, u16),
}

/// Where to connect to for the data; `None` if that is refused.
pub fn data_target(peer: SocketAddr, said: Said) -> Option<SocketAddr> {
    let (port, accepted) = match said {
        Said::Pasv(_, port) | Said::Epsv(port) => (port, port != 0),
        Said::Port(address, port) => (port, is_safe(peer, address.into(), port)),
        Said::Eprt(address, port) => (port, is_safe(peer, address, port)),
    };
    let mut target = peer;
    target.set_port(port);
    accepted.then_some(target)
}

/// Whether a server may connect to `address` and `port` for a client that is `peer`.
fn is_safe(peer: SocketAddr, address: IpAddr, port: u16) -> bool {
    // On a socket that serves both families, `::ffff:192.0.2.7` and `192.0.2.7` are one machine.
    peer.ip().to_canonical() == address.to_canonical() && port >= FIRST_USER_PORT
}

#[cfg(test)]
#[path = "../../exercises/checks/ftp/data_target.rs"]
mod check;
