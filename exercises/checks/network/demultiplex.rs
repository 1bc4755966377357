use super::*;
use std::{
    any::Any,
    fmt::Write,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

type Table = Vec<(SocketId, Socket)>;

#[test]
fn a_udp_packet_goes_to_the_socket_at_its_address_and_port() {
    let table = [
        udp(31, "192.0.2.10:53"),
        udp(12, "192.0.2.10:7001"),
        udp(25, "192.0.2.11:7001"),
    ];
    judge_all(
        &table,
        [
            udp_packet("198.51.100.1:50000", "192.0.2.10:7001"),
            udp_packet("198.51.100.2:50000", "192.0.2.10:53"),
            udp_packet("198.51.100.1:50000", "192.0.2.11:7001"),
            // Another sender, and one whose port is that of another socket here.
            udp_packet("203.0.113.9:1234", "192.0.2.10:7001"),
            udp_packet("203.0.113.9:53", "192.0.2.10:7001"),
        ],
    );
}

#[test]
fn the_senders_own_address_and_port_do_not_matter() {
    let table = [
        udp(80, "192.0.2.10:7001"),
        udp(35, "192.0.2.10:67"),
        udp(81, "127.0.0.1:7001"),
        listener(36, "192.0.2.10:7001"),
        listener(82, "127.0.0.1:7001"),
    ];
    judge_all(
        &table,
        [
            // The sender has the same port as the receiver, the same address, both.
            udp_packet("203.0.113.9:7001", "192.0.2.10:7001"),
            udp_packet("192.0.2.10:50000", "192.0.2.10:7001"),
            udp_packet("192.0.2.10:7001", "192.0.2.10:7001"),
            tcp_packet("203.0.113.9:7001", "192.0.2.10:7001"),
            tcp_packet("192.0.2.10:50000", "192.0.2.10:7001"),
            // One that doesn't know its address yet: DHCP begins so.
            udp_packet("0.0.0.0:68", "192.0.2.10:67"),
            // A program of this machine may use another of its addresses.
            udp_packet("192.0.2.10:50000", "127.0.0.1:7001"),
            tcp_packet("127.0.0.2:50000", "127.0.0.1:7001"),
        ],
    );
}

#[test]
fn udp_and_tcp_have_ports_of_their_own() {
    let table = [
        udp(40, "192.0.2.10:53"),
        listener(41, "192.0.2.10:53"),
        udp(42, "0.0.0.0:80"),
        listener(43, "0.0.0.0:443"),
        connection(44, "192.0.2.10:7001", "198.51.100.1:50000"),
    ];
    judge_all(
        &table,
        [
            udp_packet("198.51.100.1:50000", "192.0.2.10:53"),
            tcp_packet("198.51.100.1:50000", "192.0.2.10:53"),
            udp_packet("198.51.100.1:50000", "192.0.2.10:80"),
            tcp_packet("198.51.100.1:50000", "192.0.2.10:80"),
            udp_packet("198.51.100.1:50000", "192.0.2.10:443"),
            tcp_packet("198.51.100.1:50000", "192.0.2.10:443"),
            udp_packet("198.51.100.1:50000", "192.0.2.10:7001"),
        ],
    );
}

#[test]
fn a_socket_at_0_0_0_0_hears_every_address_of_the_machine() {
    let table = [udp(7, "0.0.0.0:7001"), listener(8, "0.0.0.0:80")];
    judge_all(
        &table,
        [
            udp_packet("198.51.100.1:50000", "192.0.2.10:7001"),
            udp_packet("127.0.0.1:50000", "127.0.0.1:7001"),
            udp_packet("198.51.100.1:7001", "192.0.2.10:7002"),
            tcp_packet("198.51.100.1:50000", "192.0.2.10:80"),
            tcp_packet("127.0.0.1:50000", "127.0.0.1:80"),
            tcp_packet("198.51.100.1:80", "192.0.2.10:81"),
        ],
    );
}

#[test]
fn the_socket_at_the_very_address_comes_before_0_0_0_0() {
    let table = [
        udp(90, "0.0.0.0:53"),
        udp(15, "127.0.0.1:53"),
        listener(91, "0.0.0.0:80"),
        listener(16, "127.0.0.1:80"),
    ];
    judge_all(
        &table,
        [
            udp_packet("127.0.0.1:50000", "127.0.0.1:53"),
            udp_packet("198.51.100.1:50000", "192.0.2.10:53"),
            tcp_packet("127.0.0.1:50000", "127.0.0.1:80"),
            tcp_packet("198.51.100.1:50000", "192.0.2.10:80"),
        ],
    );
}

#[test]
fn a_connection_gets_its_own_packets_and_no_others() {
    // Each connection differs from the first in one of the four values.
    let table = [
        connection(60, "192.0.2.10:443", "198.51.100.1:50000"),
        connection(55, "192.0.2.10:443", "198.51.100.1:50001"),
        connection(61, "192.0.2.10:443", "198.51.100.2:50000"),
        connection(54, "192.0.2.10:993", "198.51.100.1:50000"),
        connection(62, "192.0.2.11:443", "198.51.100.1:50000"),
    ];
    judge_all(
        &table,
        [
            tcp_packet("198.51.100.1:50000", "192.0.2.10:443"),
            tcp_packet("198.51.100.1:50001", "192.0.2.10:443"),
            tcp_packet("198.51.100.2:50000", "192.0.2.10:443"),
            tcp_packet("198.51.100.1:50000", "192.0.2.10:993"),
            tcp_packet("198.51.100.1:50000", "192.0.2.11:443"),
            // Nobody's: without a listener, too.
            tcp_packet("198.51.100.2:50001", "192.0.2.10:443"),
        ],
    );
}

#[test]
fn a_listener_gets_what_belongs_to_no_connection() {
    let table = [
        listener(70, "0.0.0.0:443"),
        listener(71, "192.0.2.10:443"),
        connection(20, "192.0.2.10:443", "198.51.100.1:50000"),
        connection(72, "192.0.2.11:443", "198.51.100.1:50000"),
    ];
    judge_all(
        &table,
        [
            tcp_packet("198.51.100.1:50000", "192.0.2.10:443"),
            tcp_packet("198.51.100.1:50000", "192.0.2.11:443"),
            tcp_packet("198.51.100.1:50001", "192.0.2.10:443"),
            tcp_packet("198.51.100.1:50001", "192.0.2.11:443"),
            tcp_packet("198.51.100.7:50000", "192.0.2.10:443"),
        ],
    );
}

#[test]
fn a_packet_for_nobody_is_given_to_nobody() {
    let packets = [
        udp_packet("198.51.100.1:50000", "192.0.2.10:7001"),
        tcp_packet("198.51.100.1:50000", "192.0.2.10:7001"),
        udp_packet("0.0.0.0:68", "192.0.2.10:67"),
    ];
    judge_all(&[], packets);
    let table = [
        udp(1, "192.0.2.10:7002"),
        udp(2, "192.0.2.11:7001"),
        listener(3, "192.0.2.11:7001"),
        listener(4, "0.0.0.0:7002"),
        connection(5, "192.0.2.10:50000", "198.51.100.1:7001"),
    ];
    judge_all(&table, packets);
}

#[test]
fn any_table_and_any_packet() {
    const LOCAL: [[u8; 4]; 3] = [[192, 0, 2, 10], [192, 0, 2, 11], [0, 0, 0, 0]];
    const REMOTE: [[u8; 4]; 2] = [[198, 51, 100, 1], [198, 51, 100, 2]];
    const LOCAL_PORTS: [u16; 3] = [53, 443, 7001];
    const REMOTE_PORTS: [u16; 2] = [50_000, 50_001];
    let mut random = Random(0x9293);
    judge((0..1_000).map(|_| {
        let mut table: Table = Vec::new();
        for _ in 0..random.below(12) {
            // Only what waits for packets can wait at 0.0.0.0.
            let kind = random.below(3);
            let local = random.end(&LOCAL[..if kind == 2 { 2 } else { 3 }], &LOCAL_PORTS);
            let remote = random.end(&REMOTE, &REMOTE_PORTS);
            let socket = match kind {
                0 => Socket::Udp { local },
                1 => Socket::TcpListener { local },
                _ => Socket::TcpConnection { local, remote },
            };
            let id = SocketId(100 + random.below(900) as u32);
            if table.iter().all(|&(i, s)| i != id && s != socket) {
                table.push((id, socket));
            }
        }
        let protocol = [Protocol::Udp, Protocol::Tcp, Protocol::Tcp][random.below(3)];
        let packet = Packet {
            protocol,
            source: random.end(&REMOTE, &REMOTE_PORTS),
            destination: random.end(&LOCAL[..2], &LOCAL_PORTS),
        };
        (table, packet)
    }));
}

/// Random enough (xorshift), and the same at each run: what failed before is tried again.
struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }

    fn end(&mut self, addresses: &[[u8; 4]], ports: &[u16]) -> SocketAddrV4 {
        let address = addresses[self.below(addresses.len())];
        SocketAddrV4::new(address.into(), ports[self.below(ports.len())])
    }
}

fn at(text: &str) -> SocketAddrV4 {
    text.parse().unwrap()
}

fn udp(id: u32, local: &str) -> (SocketId, Socket) {
    (SocketId(id), Socket::Udp { local: at(local) })
}

fn listener(id: u32, local: &str) -> (SocketId, Socket) {
    (SocketId(id), Socket::TcpListener { local: at(local) })
}

fn connection(id: u32, local: &str, remote: &str) -> (SocketId, Socket) {
    let (local, remote) = (at(local), at(remote));
    (SocketId(id), Socket::TcpConnection { local, remote })
}

fn udp_packet(source: &str, destination: &str) -> Packet {
    Packet {
        protocol: Protocol::Udp,
        source: at(source),
        destination: at(destination),
    }
}

fn tcp_packet(source: &str, destination: &str) -> Packet {
    Packet {
        protocol: Protocol::Tcp,
        ..udp_packet(source, destination)
    }
}

/// Judges each packet with the table as it is, and with the table the other way round.
fn judge_all<const N: usize>(table: &[(SocketId, Socket)], packets: [Packet; N]) {
    let forwards = table.to_vec();
    let backwards: Table = table.iter().rev().copied().collect();
    judge(
        packets
            .into_iter()
            .flat_map(|packet| [(forwards.clone(), packet), (backwards.clone(), packet)]),
    );
}

/// Gives each table and packet to the learner's `demultiplex`, on a thread of its own, and fails at
/// the first wrong answer, at a panic, and when the time is up.
fn judge(questions: impl IntoIterator<Item = (Table, Packet)>) {
    let questions: Vec<(Table, Packet)> = questions.into_iter().collect();
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for (table, packet) in asked {
            let answer = std::panic::catch_unwind(|| demultiplex(&table, &packet));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for (table, packet) in &questions {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(table, packet, answer),
            Ok(Err(panic)) => report_panic(table, packet, panic),
            Err(_) => panic!(
                "your `demultiplex` has not returned after {DEADLINE:?}: is there an endless \
                 loop?{}",
                shown(table, packet)
            ),
        }
    }
}

fn compare(table: &[(SocketId, Socket)], packet: &Packet, answer: Option<SocketId>) {
    let expected = table
        .iter()
        .filter(|(_, socket)| why_not(*socket, packet).is_none())
        .max_by_key(|(_, socket)| match socket {
            Socket::TcpConnection { .. } => 2,
            Socket::Udp { local } | Socket::TcpListener { local } => {
                u8::from(!local.ip().is_unspecified())
            }
        });
    if answer == expected.map(|&(id, _)| id) {
        return;
    }
    let socket_of = |id| table.iter().find(|(i, _)| *i == id).map(|(_, s)| *s);
    let verdict = match (expected, answer) {
        (Some(&(SocketId(right), socket)), None) => format!(
            "Socket {right} gets this packet, and you give it to nobody: {}",
            why(socket)
        ),
        (None, Some(SocketId(id))) => format!(
            "No socket gets this packet, and you give it to socket {id}: {}",
            match socket_of(SocketId(id)) {
                Some(socket) => why_not(socket, packet).unwrap_or_default(),
                None => "the table has none of this number".into(),
            }
        ),
        (Some(&(SocketId(right), better)), Some(SocketId(id))) => format!(
            "Socket {right} gets this packet, and you give it to socket {id}: {}",
            match socket_of(SocketId(id)) {
                None => "the table has none of this number (it need not be the place in the table)"
                    .into(),
                Some(socket) => why_not(socket, packet).unwrap_or_else(|| match better {
                    Socket::TcpConnection { .. } => {
                        "it is a listener, and gets only what belongs to no connection".into()
                    }
                    _ => format!(
                        "it would do, being bound to 0.0.0.0, but socket {right} is bound to the \
                         very address"
                    ),
                }),
            }
        ),
        (None, None) => return,
    };
    panic!("{verdict}{}", shown(table, packet));
}

/// What is against giving the packet to this socket, were it the only one; `None` if nothing is.
fn why_not(socket: Socket, packet: &Packet) -> Option<String> {
    let Packet {
        protocol,
        source,
        destination,
    } = *packet;
    let (own, local, remote) = match socket {
        Socket::Udp { local } => (Protocol::Udp, local, source),
        Socket::TcpListener { local } => (Protocol::Tcp, local, source),
        Socket::TcpConnection { local, remote } => (Protocol::Tcp, local, remote),
    };
    let connection = matches!(socket, Socket::TcpConnection { .. });
    if own != protocol {
        Some("its protocol is the other one, and each has ports of its own".into())
    } else if local.port() != destination.port() {
        Some(format!("its local port is {}", local.port()))
    } else if local.ip() != destination.ip() && (connection || !local.ip().is_unspecified()) {
        Some(format!("its local address is {}", local.ip()))
    } else if remote.ip() != source.ip() {
        Some(format!("its other end has the address {}", remote.ip()))
    } else if remote.port() != source.port() {
        Some(format!(
            "its other end has port {}. (Two connections from one machine to the same port differ \
             in nothing else.)",
            remote.port()
        ))
    } else {
        None
    }
}

/// Why a socket gets a packet that nobody was given.
fn why(socket: Socket) -> &'static str {
    match socket {
        Socket::TcpConnection { .. } => {
            "the packet goes to its local end and comes from its other end"
        }
        Socket::Udp { local } | Socket::TcpListener { local } if local.ip().is_unspecified() => {
            "0.0.0.0 stands for every address of the machine"
        }
        Socket::Udp { .. } => {
            "it is bound to the packet's destination, and it does not matter who sent it"
        }
        Socket::TcpListener { .. } => {
            "it is bound to the packet's destination, and no connection has all four values"
        }
    }
}

/// The packet and the table, as a system's own tools would show them.
fn shown(table: &[(SocketId, Socket)], packet: &Packet) -> String {
    let Packet {
        protocol,
        source,
        destination,
    } = packet;
    let protocol = format!("{protocol:?}").to_uppercase();
    let mut text = format!("\n  the packet: {protocol} from {source} to {destination}");
    text += "\n  the table:";
    if table.is_empty() {
        text += " empty";
    }
    for (SocketId(id), socket) in table {
        let _ = match socket {
            Socket::Udp { local } => write!(text, "\n    {id:>4}  UDP {local}"),
            Socket::TcpListener { local } => write!(text, "\n    {id:>4}  TCP {local} listens"),
            Socket::TcpConnection { local, remote } => {
                write!(text, "\n    {id:>4}  TCP {local} connected to {remote}")
            }
        };
    }
    text
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(table: &[(SocketId, Socket)], packet: &Packet, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!(
        "your `demultiplex` panicked: {why}. A packet that is for nobody is `None`{}",
        shown(table, packet)
    );
}
