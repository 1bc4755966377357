//! # Exercise: connect to whom? (15 minutes)
//!
//! For each transfer one side names an address and a port, and the other side connects there. Whoever
//! believes every address can be sent to a third machine: the *bounce attack* has an FTP server knock
//! at doors that its sender cannot reach (RFC 2577 §2). Decide where to connect to, or that you
//! refuse.
//!
//! | said | by | meaning |
//! |---|---|---|
//! | `Pasv` | the server, in its reply 227 | connect to this address, this port |
//! | `Epsv` | the server, in its reply 229 | connect to this port of mine |
//! | `Port`, `Eprt` | the client, as a command | connect to this address, this port |
//!
//! (`EPSV` and `EPRT`, from RFC 2428, do for IPv6 and IPv4 what `PASV` and `PORT` do for IPv4 alone.)
//!
//! - `peer` is the other end of your control connection: the machine that said it. You connect to that
//!   machine or to none.
//! - As the client (`Pasv`, `Epsv`): connect to the peer. Ignore the address in `Pasv`: it may be
//!   a lie, or one that holds only behind the server's router. Any port will do but 0, which is none.
//! - As the server (`Port`, `Eprt`): an address that is not the peer's is refused. So is a port below
//!   1024: there are the services that somebody might want to attack through you.
//! - An IPv4 client may look like `::ffff:192.0.2.7` to a server that listens on IPv6: the same
//!   machine as 192.0.2.7, with the same address in another form.
//! - All but the port of your answer is as in `peer`. An IPv6 address may have a *scope* there, which
//!   says through which interface: without it, `fe80::1` cannot be found.
//!
//! You will want: `SocketAddr::set_port`, `IpAddr::to_canonical`.
//! Change the body of `data_target`; leave its signature and `Said`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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
    todo!("connect to the peer, at the port that it said, or not at all")
}

#[cfg(test)]
#[path = "../checks/ftp/data_target.rs"]
mod check;
