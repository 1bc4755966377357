//! # One to many: announce a service to whoever listens
//!
//! Tells once a second that a service is here, to nobody in particular: by multicast over IPv4, to a group that anybody
//! may join, by broadcast, to everybody on the network, and by multicast over IPv6.
//!
//! A service in one terminal, its announcer in another, and somebody who looks for it in a third:
//!
//! ```console
//! $ cargo run --example udp_server_01
//! $ cargo run --example announce_18
//! $ cargo run --example discover_19
//! ```
//!
//! Expect a line for each way that works here, and one for each that does not. Ctrl-C ends it. Its arguments are the
//! service's name and port, the interface (`cargo run --example tour_00 addresses` lists them), and the port where announcers
//! and discoverers meet: `cargo run --example announce_18 "my server" 7001 eth0`. Without an interface it takes
//! loopback, and nothing leaves this machine.
//!
//! Try next: a second announcer, with another name. Then two discoverers at once.
//!
//! Not for production: a newcomer waits up to a second, nobody is told when the service ends, a way that failed once is
//! not tried again, and anybody can announce anything.

use if_addrs::{IfAddr, Ifv4Addr};
use socket2::SockRef;
use std::{
    env,
    hash::{BuildHasher, RandomState},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket},
    process::ExitCode,
    thread,
    time::Duration,
};

// ANCHOR: groups
/// In the range that every site may use as it likes, and that does not leave it (RFC 2365 §6.1).
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(239, 255, 70, 18);

/// ff: a group. 1: given by nobody. 2: for one link (RFC 4291 §2.7). 8000:7018: from the half for such (RFC 3307 §4.3.2).
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff12, 0, 0, 0, 0, 0, 0x8000, 0x7018);
// ANCHOR_END: groups

/// Between two announcements. A whole group hears each of them, so they are few.
const PAUSE: Duration = Duration::from_secs(1);

/// How many bytes a service's name may have.
const LONGEST_NAME: usize = 40;

/// A socket, and the address that many hear.
type Way = (UdpSocket, SocketAddr);

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let argument = |at: usize, usual: &'static str| arguments.get(at).map_or(usual, |text| text);
    let announced = announce(
        argument(0, "udp_server_01"),
        argument(1, "7001"),
        argument(2, "loopback"),
        argument(3, "7018"),
    );
    match announced {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("announce_18: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn announce(name: &str, service: &str, interface: &str, meeting: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(format!(
            "{name:?} is not a name of 1 to {LONGEST_NAME} bytes"
        ));
    }
    let (service, meeting) = (port(service)?, port(meeting)?);
    let (v4, index) = find(interface)?;

    // ANCHOR: announcement
    // Drawn anew at each start. Names, addresses and ports can be the same for two; this is not.
    let instance = RandomState::new().hash_one(0);
    // Our address is not in it: whoever receives a datagram is told where it comes from.
    let announcement = format!("loopback/1 {instance:016x} {service} {name}");
    // ANCHOR_END: announcement

    // ANCHOR: ways
    let tell = |(socket, everybody): &Way| socket.send_to(announcement.as_bytes(), everybody);
    let mut ways = Vec::new();
    for (name, opened) in [
        ("IPv4 multicast", multicast_v4(v4.as_ref(), meeting)),
        ("broadcast", broadcast(v4.as_ref(), meeting)),
        ("IPv6 multicast", multicast_v6(index, meeting)),
    ] {
        // Whether a machine has a way is seen when it is tried, and not before.
        match opened.and_then(|way| tell(&way).map(|_| way)) {
            Ok(way) => {
                println!("announcing to {} by {name}", way.1);
                ways.push((name, way));
            }
            Err(error) => eprintln!("no {name} on {interface}: {error}; the rest goes on"),
        }
    }
    // ANCHOR_END: ways

    // ANCHOR: repeat
    // UDP loses datagrams, and listeners come later: so the same again, until Ctrl-C.
    while !ways.is_empty() {
        thread::sleep(PAUSE);
        ways.retain(|(name, way)| match tell(way) {
            Ok(_) => true,
            Err(error) => {
                eprintln!("no more {name} on {interface}: {error}; the rest goes on");
                false
            }
        });
    }
    Err(format!("{interface} has no way to tell many: is it up?"))
    // ANCHOR_END: repeat
}

// ANCHOR: multicast_v4
fn multicast_v4(interface: Option<&Ifv4Addr>, port: u16) -> io::Result<Way> {
    let interface = interface.ok_or_else(|| io::Error::other("it has no IPv4 address"))?;
    let socket = UdpSocket::bind((interface.ip, 0))?;
    // A group has no place in the network, so the address does not say through which interface to go. This does.
    SockRef::from(&socket).set_multicast_if_v4(&interface.ip)?;
    // No router passes it on. That is the default, too (RFC 1112 §6.1).
    socket.set_multicast_ttl_v4(1)?;
    // Listeners on this machine get a copy. So does our own program, if it listens.
    socket.set_multicast_loop_v4(true)?;
    Ok((socket, SocketAddr::from((GROUP_V4, port))))
}
// ANCHOR_END: multicast_v4

// ANCHOR: broadcast
fn broadcast(interface: Option<&Ifv4Addr>, port: u16) -> io::Result<Way> {
    let interface = interface.ok_or_else(|| io::Error::other("it has no IPv4 address"))?;
    let socket = UdpSocket::bind((interface.ip, 0))?;
    // Without this word, the system refuses: a broadcast bothers everybody, so it must be meant.
    socket.set_broadcast(true)?;
    Ok((socket, SocketAddr::from((everybody(interface)?, port))))
}

/// The network's last address, all bits of the host 1 (RFC 919 §7). One of two addresses has none (RFC 3021), nor has IPv6.
fn everybody(interface: &Ifv4Addr) -> io::Result<Ipv4Addr> {
    let hosts = !interface.netmask.to_bits();
    if hosts <= 1 {
        return Err(io::Error::other("its network has no broadcast address"));
    }
    Ok(Ipv4Addr::from_bits(interface.ip.to_bits() | hosts))
}
// ANCHOR_END: broadcast

// ANCHOR: multicast_v6
fn multicast_v6(interface: Option<u32>, port: u16) -> io::Result<Way> {
    let interface = interface.ok_or_else(|| io::Error::other("it has no IPv6 address"))?;
    let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?;
    // IPv6 calls an interface by its number.
    SockRef::from(&socket).set_multicast_if_v6(interface)?;
    SockRef::from(&socket).set_multicast_hops_v6(1)?;
    socket.set_multicast_loop_v6(true)?;
    let group = SocketAddrV6::new(GROUP_V6, port, 0, interface);
    Ok((socket, group.into()))
}
// ANCHOR_END: multicast_v6

fn port(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("{text:?} is not a port from 1 to 65535"))
}

/// What an interface has: an IPv4 address with its network, and the number that IPv6 calls it by.
fn find(interface: &str) -> Result<(Option<Ifv4Addr>, Option<u32>), String> {
    let all = if_addrs::get_if_addrs()
        .map_err(|error| format!("cannot list this machine's interfaces: {error}"))?;
    let (mut v4, mut index) = (None, None);
    for found in all {
        // Its name differs: lo on Linux, lo0 on macOS.
        let loopback = interface == "loopback" && found.is_loopback();
        match found.addr {
            _ if found.name != interface && !loopback => {}
            IfAddr::V4(address) => v4 = v4.or(Some(address)),
            IfAddr::V6(_) => index = index.or(found.index),
        }
    }
    if v4.is_none() && index.is_none() {
        return Err(format!(
            "{interface:?} is no interface with an address: `tour_00 addresses` lists yours"
        ));
    }
    Ok((v4, index))
}
