use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
    panic,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// Ports at the edges of what is allowed, and some within.
const PORTS: [u16; 12] = [50_000, 5432, 1025, 1024, 65_535, 1023, 80, 25, 21, 20, 1, 0];

#[test]
fn after_epsv_the_client_connects_to_the_server() {
    judge(
        peers()
            .into_iter()
            .flat_map(|peer| PORTS.map(|port| (peer, Said::Epsv(port)))),
    );
}

#[test]
fn after_pasv_the_client_connects_to_the_server() {
    for peer in peers() {
        let IpAddr::V4(own) = peer.ip().to_canonical() else {
            continue;
        };
        judge(PORTS.map(|port| (peer, Said::Pasv(own, port))));
    }
}

#[test]
fn the_address_in_the_reply_to_pasv_is_ignored() {
    for peer in peers() {
        for foreign in foreign_addresses(peer) {
            if let IpAddr::V4(foreign) = foreign {
                judge(PORTS.map(|port| (peer, Said::Pasv(foreign, port))));
            }
        }
    }
}

#[test]
fn the_server_connects_to_its_client() {
    for peer in peers() {
        if let IpAddr::V4(own) = peer.ip() {
            judge(PORTS.map(|port| (peer, Said::Port(own, port))));
        }
        judge(PORTS.map(|port| (peer, Said::Eprt(peer.ip(), port))));
    }
}

#[test]
fn the_server_connects_to_nobody_else() {
    for peer in peers() {
        for foreign in foreign_addresses(peer) {
            if let IpAddr::V4(foreign) = foreign {
                judge(PORTS.map(|port| (peer, Said::Port(foreign, port))));
            }
            judge(PORTS.map(|port| (peer, Said::Eprt(foreign, port))));
        }
    }
}

#[test]
fn an_ipv4_address_in_ipv6_form_is_the_same_address() {
    let four = Ipv4Addr::new(192, 0, 2, 7);
    let mapped = four.to_ipv6_mapped();
    let as_six = SocketAddr::new(mapped.into(), 40_001);
    let as_four = SocketAddr::new(four.into(), 40_001);
    for port in PORTS {
        judge([
            (as_six, Said::Port(four, port)),
            (as_six, Said::Eprt(four.into(), port)),
            (as_six, Said::Eprt(mapped.into(), port)),
            (as_four, Said::Eprt(mapped.into(), port)),
        ]);
        // The same last 32 bits, and no IPv4 address: these are others.
        for bits in [0, 0x64_ff9b << 96, 0x2001_0db8 << 96] {
            let other = Ipv6Addr::from_bits(bits | u128::from(four.to_bits()));
            judge([
                (as_four, Said::Eprt(other.into(), port)),
                (
                    SocketAddr::new(other.into(), 40_001),
                    Said::Port(four, port),
                ),
            ]);
        }
    }
}

#[test]
fn the_scope_of_the_peer_is_kept() {
    let local: Ipv6Addr = "fe80::1".parse().unwrap();
    for scope in [1, 7, u32::MAX] {
        let peer = SocketAddr::V6(SocketAddrV6::new(local, 21, 0, scope));
        for port in PORTS {
            judge([
                (peer, Said::Epsv(port)),
                (peer, Said::Eprt(local.into(), port)),
            ]);
        }
    }
}

#[test]
fn the_flow_label_of_the_peer_is_kept() {
    let six: Ipv6Addr = "2001:db8::7".parse().unwrap();
    for flow in [1, 0x0f_ffff] {
        let peer = SocketAddr::V6(SocketAddrV6::new(six, 21, flow, 0));
        for port in PORTS {
            judge([
                (peer, Said::Epsv(port)),
                (peer, Said::Eprt(six.into(), port)),
            ]);
        }
    }
}

#[test]
fn ports_at_no_edge_are_judged_right() {
    let own = Ipv4Addr::new(10, 1, 2, 3);
    let peer = SocketAddr::new(own.into(), 21);
    let ports = || (0..2_000).chain((2_000..=u16::MAX).step_by(97));
    judge(ports().map(|port| (peer, Said::Epsv(port))));
    judge(ports().map(|port| (peer, Said::Port(own, port))));
}

/// Addresses of the other side: near and far, of both families, different at each run.
fn peers() -> Vec<SocketAddr> {
    let mut random = Random::new();
    let mut peers: Vec<SocketAddr> = [
        "127.0.0.1:21",
        "192.0.2.7:40001",
        "10.1.2.3:50000",
        "[::1]:21",
        "[2001:db8::7]:40001",
        "[::ffff:192.0.2.7]:40001",
    ]
    .map(|text| text.parse().unwrap())
    .into();
    for _ in 0..20 {
        let four = Ipv4Addr::from_bits(random.next() as u32);
        let six = Ipv6Addr::from_bits(0x2001_0db8 << 96 | u128::from(random.next()));
        peers.push(SocketAddr::new(four.into(), random.next() as u16));
        peers.push(SocketAddr::new(six.into(), random.next() as u16));
    }
    peers
}

/// Addresses that are not the peer's: of its neighbours, of this machine, of nobody.
fn foreign_addresses(peer: SocketAddr) -> Vec<IpAddr> {
    let mut random = Random::new();
    let neighbour = match peer.ip() {
        IpAddr::V4(own) => Ipv4Addr::from_bits(own.to_bits() ^ 1).into(),
        IpAddr::V6(own) => IpAddr::V6(Ipv6Addr::from_bits(own.to_bits() ^ 1)),
    };
    let mut all: Vec<IpAddr> = [
        "127.0.0.1",
        "127.0.0.2",
        "0.0.0.0",
        "255.255.255.255",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "224.0.0.1",
        "198.51.100.9",
        "::",
        "::1",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
    ]
    .map(|text| text.parse().unwrap())
    .into();
    all.push(neighbour);
    all.push(Ipv4Addr::from_bits(random.next() as u32).into());
    all.retain(|address| address.to_canonical() != peer.ip().to_canonical());
    all
}

/// Asks the learner's `data_target`, on a thread of its own, and fails at the first wrong answer, at a
/// panic, and when the time is up.
fn judge(questions: impl IntoIterator<Item = (SocketAddr, Said)>) {
    let questions: Vec<_> = questions.into_iter().collect();
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for (peer, said) in asked {
            let answer = panic::catch_unwind(|| data_target(peer, said));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for (peer, said) in questions {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(peer, said, answer),
            Ok(Err(panic)) => report_panic(peer, said, panic),
            Err(_) => panic!(
                "`data_target({peer}, {said:?})` has not returned after {DEADLINE:?}: is there an \
                 endless loop?"
            ),
        }
    }
}

fn compare(peer: SocketAddr, said: Said, answer: Option<SocketAddr>) {
    let call = format!("`data_target({peer}, {said:?})`");
    let (port, address) = match said {
        Said::Epsv(port) | Said::Pasv(_, port) => (port, None),
        Said::Port(address, port) => (port, Some(IpAddr::V4(address))),
        Said::Eprt(address, port) => (port, Some(address)),
    };
    let foreign = address.is_some_and(|address| address.to_canonical() != peer.ip().to_canonical());
    let refused = match address {
        _ if foreign => Some(
            "that is not the peer's address. A client that names another machine has the \
                              server attack it: a bounce"
                .to_owned(),
        ),
        Some(_) if port < 1024 => Some(format!(
            "port {port} is below 1024, where services are that the server could be made to attack"
        )),
        None if port == 0 => Some("nobody can listen on port 0".to_owned()),
        _ => None,
    };
    let target = match (refused, answer) {
        (None, Some(target)) => target,
        (Some(_), None) => return,
        (Some(why), Some(target)) => panic!("{call} must be None and is {target}: {why}"),
        (None, None) => panic!(
            "{call} must be port {port} of the peer and is None: {}",
            match (said, address) {
                (Said::Pasv(claimed, _), _) if IpAddr::V4(claimed) != peer.ip() => {
                    "the address in the reply is to be ignored, not to be believed and not to be \
                     refused: a server behind a router does not know its own"
                }
                (_, None) if port < 1024 => {
                    "a client connects to the server that it talks to already, so every port but \
                     0 will do"
                }
                (_, None) => "the peer is the server",
                (_, Some(address)) if address != peer.ip() => {
                    "these two are one address, in IPv4's form and in IPv6's: see `to_canonical`"
                }
                _ if port == 1024 => "1024 is not below 1024",
                _ if port == 65_535 => "65535 is a port like any other",
                _ => "that is the peer's own address, and no port of a service",
            }
        ),
    };
    // Both forms of an IPv4 address lead to the same place.
    assert!(
        target.ip().to_canonical() == peer.ip().to_canonical(),
        "{call} must be port {port} of the peer and is {target}: the address that somebody writes \
         into a message may be anybody's. Connect to the peer, whatever the message says"
    );
    assert!(
        target.port() == port,
        "{call} must be port {port} of the peer and is {target}: the port of the data connection \
         is the one that was said; the peer's own is the control connection's"
    );
    if let (SocketAddr::V6(target), SocketAddr::V6(peer)) = (target, peer) {
        assert!(
            target.scope_id() == peer.scope_id(),
            "{call} must have the peer's scope {} and has {}: it says through which interface \
             fe80::1 is to be found. `SocketAddr::new` sets it to 0; `set_port` leaves it",
            peer.scope_id(),
            target.scope_id()
        );
        assert!(
            target.flowinfo() == peer.flowinfo(),
            "{call} must have the peer's flow label {} (`flowinfo`) and has {}: all but the port is \
             as in `peer`, and `set_port` leaves all else",
            peer.flowinfo(),
            target.flowinfo()
        );
    }
    assert!(
        target.ip() == peer.ip(),
        "{call} must be port {port} of the peer and is {target}: the same machine, but not its \
         address as it is in `peer`. The other form is good for comparing; to connect, take the \
         peer's own, and `set_port`"
    );
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(peer: SocketAddr, said: Said, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `data_target({peer}, {said:?})` panicked: {why}. Whatever is not accepted is None, \
         and the families of the two addresses may differ"
    );
}

/// Random enough (xorshift), and another row of numbers at each run.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Random(RandomState::new().hash_one(0) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
