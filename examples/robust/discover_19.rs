//! # One to many: discover what is announced
//!
//! Listens for the announcements of `announce_18` for a while, and tells what it heard: which services, at which
//! addresses, by which ways. It knows nobody's address before.
//!
//! A service in one terminal, its announcer in another, and this program in a third:
//!
//! ```console
//! $ cargo run --example udp_server_01
//! $ cargo run --example announce_18
//! $ cargo run --example discover_19
//! ```
//!
//! Expect a line for each way by which it listens, and 3 seconds later each service that was heard. Its arguments are
//! the interface, the port where announcers and discoverers meet, and how many seconds to listen:
//! `cargo run --example discover_19 eth0 7018 10`.
//!
//! Try next: without an announcer. Then send it something else: `echo hello | nc -u -w1 -b 127.255.255.255 7018`.
//!
//! Not for production: it believes whoever announces. An announcement is a claim; ask the service itself, over TLS.

use if_addrs::{IfAddr, Ifv4Addr};
use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    collections::BTreeSet,
    env, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket},
    process::ExitCode,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

/// The same groups as in `announce_18`, or we never meet.
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(239, 255, 70, 18);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff12, 0, 0, 0, 0, 0, 0x8000, 0x7018);

/// The longest announcement. Without the byte more in a buffer, a longer one would look like one of this length.
const LONGEST: usize = 80;

/// How many different announcements we remember. Anybody can send more.
const MOST: usize = 100;

/// What was heard: by which way, from where, and which bytes.
type Heard = (&'static str, SocketAddr, Vec<u8>);

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments
        .iter()
        .map(|text| text.to_string_lossy())
        .collect();
    let argument = |at: usize, usual: &'static str| arguments.get(at).map_or(usual, |text| text);
    let discovered = discover(
        argument(0, "loopback"),
        argument(1, "7018"),
        argument(2, "3"),
    );
    match discovered {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("discover_19: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn discover(interface: &str, meeting: &str, seconds: &str) -> Result<(), String> {
    let port = meeting.parse().ok().filter(|port| *port > 0);
    let port: u16 = port.ok_or_else(|| format!("{meeting:?} is not a port from 1 to 65535"))?;
    let seconds = seconds.parse().ok().filter(|s| (1..=60).contains(s));
    let seconds = seconds.ok_or("how long to listen is a number of seconds from 1 to 60")?;
    let (v4, index) = find(interface)?;

    // ANCHOR: ways
    // Room for 16: if we are slower than those who announce, the system throws away, and not we out of memory.
    let (sender, heard) = sync_channel(16);
    let mut ways = 0;
    for (name, opened) in [
        ("IPv4 multicast", multicast_v4(v4.as_ref(), port)),
        ("broadcast", broadcast(v4.as_ref(), port)),
        ("IPv6 multicast", multicast_v6(index, port)),
    ] {
        match opened.and_then(|socket| Ok((socket.local_addr()?, socket))) {
            Ok((address, socket)) => {
                println!("listening on {address} by {name}");
                ways += 1;
                let sender = sender.clone();
                thread::spawn(move || forward(name, &socket, &sender));
            }
            Err(error) => eprintln!("no {name} on {interface}: {error}; the rest goes on"),
        }
    }
    // Ours is one sender too many: when the last thread has ended, nobody is left to hear.
    drop(sender);
    // ANCHOR_END: ways
    if ways == 0 {
        return Err(format!(
            "{interface} has no way to hear what is told to many"
        ));
    }

    let found = collect(&heard, Duration::from_secs(seconds));
    for line in &found {
        println!("{line}");
    }
    if found.is_empty() {
        return Err(format!(
            "nobody has announced anything on {interface}, port {port}: is announce_18 running there?"
        ));
    }
    Ok(())
}

// ANCHOR: collect
/// Takes what comes until the time is over: nobody can say that there is no other service.
fn collect(heard: &Receiver<Heard>, patience: Duration) -> BTreeSet<String> {
    let end = Instant::now() + patience;
    let mut found = BTreeSet::new();
    let mut strange = 0;
    // The end is fixed. A limit for each wait would begin anew with each datagram, and they need not stop.
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        let Ok((way, from, datagram)) = heard.recv_timeout(left) else {
            break;
        };
        let Some((instance, port, name)) = read(&datagram) else {
            strange += 1;
            continue;
        };
        // Where it came from, but for the port: the announcer's socket is not the service's.
        let mut address = from;
        address.set_port(port);
        // `{:?}`, because a stranger wrote it. The same comes every second; a set has it once.
        let line = format!("{name:?} ({instance}) is at {address}, by {way}");
        if found.len() < MOST {
            found.insert(line);
        }
    }
    if strange > 0 {
        println!("datagrams that were no announcements: {strange}");
    }
    if found.len() == MOST {
        println!("{MOST} announcements were heard, and perhaps more");
    }
    found
}
// ANCHOR_END: collect

// ANCHOR: read
/// An announcement's instance, port and name: `loopback/1 0123456789abcdef 7001 udp_server_01`.
fn read(datagram: &[u8]) -> Option<(&str, u16, &str)> {
    let text = str::from_utf8(datagram).ok()?;
    let text = text.strip_prefix("loopback/1 ")?;
    let (instance, rest) = text.split_once(' ')?;
    let (port, name) = rest.split_once(' ')?;
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let whole = datagram.len() <= LONGEST && !name.is_empty();
    let hexadecimal = instance.len() == 16 && instance.bytes().all(|b| b.is_ascii_hexdigit());
    (whole && hexadecimal).then_some((instance, port, name))
}
// ANCHOR_END: read

/// Sends on what one socket hears, until nobody wants it any more.
fn forward(name: &'static str, socket: &UdpSocket, sender: &SyncSender<Heard>) {
    let mut buffer = [0; LONGEST + 1];
    loop {
        let heard = match socket.recv_from(&mut buffer) {
            Ok((length, from)) => (name, from, buffer[..length].to_vec()),
            // Windows says so (WSAEMSGSIZE) where others cut: a datagram too long for the buffer is no announcement.
            Err(error) if cfg!(windows) && error.raw_os_error() == Some(10040) => continue,
            // Ctrl-Z, and on.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return eprintln!("no more {name}: {error}; the rest goes on"),
        };
        if sender.send(heard).is_err() {
            return;
        }
    }
}

// ANCHOR: share
/// A socket with an address that others on this machine have, too: each one gets a copy of what comes.
fn share(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    // Everybody who shares must say so, and before `bind`, which is what asks for it.
    socket.set_reuse_address(true)?;
    // On macOS and the BSDs, this is the word for it.
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd"))]
    socket.set_reuse_port(true)?;
    socket.bind(&SockAddr::from(address))?;
    Ok(socket)
}
// ANCHOR_END: share

// ANCHOR: multicast_v4
fn multicast_v4(interface: Option<&Ifv4Addr>, port: u16) -> io::Result<UdpSocket> {
    let interface = interface.ok_or_else(|| io::Error::other("it has no IPv4 address"))?;
    // Bound to the group, it hears what is sent to the group alone. 0.0.0.0 would hear all that comes to the port.
    let socket = share(SocketAddr::from((here(GROUP_V4), port)))?;
    // The system takes the group's datagrams from now on, and tells the routers and switches that it wants them.
    socket.join_multicast_v4(&GROUP_V4, &interface.ip)?;
    Ok(socket.into())
}
// ANCHOR_END: multicast_v4

// ANCHOR: broadcast
fn broadcast(interface: Option<&Ifv4Addr>, port: u16) -> io::Result<UdpSocket> {
    let interface = interface.ok_or_else(|| io::Error::other("it has no IPv4 address"))?;
    let everybody = everybody(interface)?;
    // Nothing to join: everybody gets it, wanted or not.
    Ok(share(SocketAddr::from((here(everybody), port)))?.into())
}
// ANCHOR_END: broadcast

/// The network's last address, as in `announce_18`.
fn everybody(interface: &Ifv4Addr) -> io::Result<Ipv4Addr> {
    let hosts = !interface.netmask.to_bits();
    if hosts <= 1 {
        return Err(io::Error::other("its network has no broadcast address"));
    }
    Ok(Ipv4Addr::from_bits(interface.ip.to_bits() | hosts))
}

// ANCHOR: multicast_v6
fn multicast_v6(interface: Option<u32>, port: u16) -> io::Result<UdpSocket> {
    let interface = interface.ok_or_else(|| io::Error::other("it has no IPv6 address"))?;
    let group = if cfg!(windows) {
        Ipv6Addr::UNSPECIFIED
    } else {
        GROUP_V6
    };
    let socket = share(SocketAddrV6::new(group, port, 0, interface).into())?;
    socket.join_multicast_v6(&GROUP_V6, interface)?;
    Ok(socket.into())
}
// ANCHOR_END: multicast_v6

/// Windows binds to addresses of its own alone, so there a socket hears all that comes to the port.
fn here(group: Ipv4Addr) -> Ipv4Addr {
    if cfg!(windows) {
        Ipv4Addr::UNSPECIFIED
    } else {
        group
    }
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
