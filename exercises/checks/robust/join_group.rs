use super::*;
use socket2::SockRef;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    net::UdpSocket as Plain,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for anything.
const DEADLINE: Duration = Duration::from_secs(2);

/// How long a socket has to wait for what does not come.
const PAUSE: Duration = Duration::from_millis(60);

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

#[test]
fn the_group_is_heard() {
    let Some(meeting) = Meeting::that_delivers() else {
        return;
    };
    let learner = meeting.open();
    for payload in [
        b"an announcement".to_vec(),
        random_bytes(700),
        b"x".to_vec(),
    ] {
        meeting.send_to_group(&payload);
        meeting.heard_by(&learner, &payload, NOT_HEARD);
    }
}

#[test]
fn listeners_that_were_here_before_go_on_hearing() {
    let Some(meeting) = Meeting::that_delivers() else {
        return;
    };
    let before = meeting.neighbour("the check's own listener");
    let learner = meeting.open();
    let payload = random_bytes(40);
    meeting.send_to_group(&payload);
    meeting.heard_by(&learner, &payload, NOT_HEARD);
    meeting.heard_by(
        &before,
        &payload,
        "a listener that was here before you hears nothing any more",
    );
}

#[test]
fn listeners_that_come_later_find_room() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let first = meeting.open();
    // Nobody was here before this one, so nothing but its own word decides whether others may come.
    let shares = SockRef::from(&first).reuse_address();
    assert!(
        shares.is_ok_and(|shares| shares),
        "your socket does not say that it shares its port (`set_reuse_address(true)`): the next program that listens \
         for this group is refused"
    );
    meeting.open();
}

#[test]
fn nothing_else_is_heard() {
    let Some(mut meeting) = Meeting::that_delivers() else {
        return;
    };
    // There, a socket hears all that comes to its port.
    if cfg!(windows) {
        return;
    }
    let learner = meeting.open();
    // Somebody else on this machine listens for another group at the same port.
    let other = Ipv4Addr::from_bits(meeting.group.to_bits() ^ 0x0100);
    let other_listener = listener(other, meeting.port).expect("a second group can be joined");
    let stranger = sender().unwrap();
    stranger
        .send_to(b"for the other group", (other, meeting.port))
        .unwrap();
    // When it has come there, it has come to everybody who gets it.
    let came = receive(&other_listener);
    assert!(came.is_ok(), "the check's own listener heard nothing");
    // Nobody has the port of this address now, but for a socket that is bound to every address.
    drop(meeting.held.take());
    let _ = stranger.send_to(b"for this machine", (LOOPBACK, meeting.port));
    let payload = random_bytes(40);
    meeting.send_to_group(&payload);
    let heard = receive(&learner).unwrap_or_else(|_| panic!("{NOT_HEARD}"));
    let told = |why: &str| {
        panic!(
            "your socket heard \"{}\", {why}: a socket bound to 0.0.0.0 takes all that comes to its port, and on Linux \
             what comes for any group that somebody on this machine has joined. Bind to the group's own address",
            heard.escape_ascii()
        )
    };
    match &heard[..] {
        b"for the other group" => told("which was sent to another group"),
        b"for this machine" => told("which was sent to 127.0.0.1 and to no group"),
        _ => assert_eq!(heard, payload, "not what was sent"),
    }
}

#[test]
fn the_socket_is_bound_to_the_group_and_the_port() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let address = meeting.open().local_addr().unwrap();
    assert_eq!(
        address.port(),
        meeting.port,
        "asked for port {}, your socket is at {address}: announcements are sent to one port, and no other one hears them",
        meeting.port
    );
    let why = match address.ip() {
        ip if ip == shared_address(meeting.group) => return,
        _ if cfg!(windows) => "Windows binds to no group, so bind to 0.0.0.0 there",
        ip if ip.is_loopback() => {
            "what is sent to a group is not sent to that address: a socket bound to 127.0.0.1 hears no group"
        }
        ip if ip.is_unspecified() => {
            "a socket bound to 0.0.0.0 takes all that comes to its port. Bind to the group's own address"
        }
        _ => "bind to the group's own address",
    };
    panic!("your socket is bound to {address}: {why}");
}

#[test]
fn the_socket_waits_for_what_comes() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let learner = meeting.open();
    learner.set_read_timeout(Some(PAUSE)).unwrap();
    // Nothing is sent. Who waits gets an error when the time is over, and who does not wait gets the same one at once.
    // More than once, for a busy machine may make a pause of its own.
    for _ in 0..3 {
        let start = Instant::now();
        let heard = learner.recv(&mut [0; 100]);
        let waited = start.elapsed();
        let at_once = waited < PAUSE / 2;
        if heard.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock && at_once) {
            panic!(
                "your socket does not wait: `recv` returns after {waited:?}, before anything has come. Return it as it \
                 is when it is new, without `set_nonblocking(true)`"
            );
        }
    }
}

#[test]
fn a_port_that_another_one_has_for_itself_is_refused() {
    // There, who sets `set_reuse_address` gets such a port, too.
    if cfg!(windows) || Meeting::begin().is_none() {
        return;
    }
    let group = drawn_group();
    // It has not said that it shares its port, so the system gives it to nobody else.
    let Ok(alone) = Plain::bind((group, 0)) else {
        eprintln!("not judged: this machine binds to no group");
        return;
    };
    let port = alone.local_addr().unwrap().port();
    if let Ok(learner) = call(group, port, LOOPBACK) {
        let address = learner.local_addr().unwrap();
        panic!(
            "another socket has {group}:{port}, and shares it with nobody. Yet your `join` returns Ok, with a socket \
             at {address}: hand on the error of `bind`, or nobody knows why this socket stays silent"
        );
    }
}

#[test]
fn the_group_is_joined_on_the_interface_that_was_asked_for() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let learner = meeting.open();
    // Only who is in a group on an interface can leave it there.
    let left = learner.leave_multicast_v4(&meeting.group, &LOOPBACK);
    if let Err(error) = left {
        panic!(
            "your socket is not in the group {} on the interface 127.0.0.1 ({error}): which interface does \
             `join_multicast_v4` get as its second argument? 0.0.0.0 lets the system choose, and it does not choose \
             loopback",
            meeting.group
        );
    }
    // No interface has it: RFC 5737 keeps it for books.
    let nowhere = Ipv4Addr::new(192, 0, 2, 254);
    match call(meeting.group, meeting.port, nowhere) {
        Err(_) => {}
        Ok(_) => panic!(
            "no interface of this machine has the address {nowhere}, and yet your `join` returns Ok: hand on the error \
             of `join_multicast_v4`, or nobody knows why this socket stays silent. Or did you join on another interface \
             than `interface`?"
        ),
    }
}

const NOT_HEARD: &str = "your socket does not hear what is sent to the group. Is it bound to the group's address and \
                         port (a socket bound to 127.0.0.1 hears no group), and has this very socket joined, on this \
                         interface?";

/// One group and one port, at which nothing else of this machine meets.
struct Meeting {
    group: Ipv4Addr,
    port: u16,
    /// Has the port of 127.0.0.1, so that the system gives it to no other check.
    held: Option<Socket>,
    sender: Plain,
}

impl Meeting {
    /// None, and a word about it, where this machine joins no group on loopback: then nothing can be judged.
    fn begin() -> Option<Self> {
        let group = drawn_group();
        let held = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        let any_port = SockAddr::from(SocketAddrV4::new(LOOPBACK, 0));
        held.bind(&any_port).unwrap();
        let port = held.local_addr().unwrap().as_socket().unwrap().port();
        // Only now, so that the port was free. From here on, it lets sockets of any address in beside it.
        held.set_reuse_address(true).unwrap();
        match listener(group, port).and_then(|_| sender()) {
            Ok(sender) => Some(Self {
                group,
                port,
                held: Some(held),
                sender,
            }),
            Err(error) => {
                eprintln!("not judged: this machine joins no group on loopback ({error})");
                None
            }
        }
    }

    /// None, and a word about it, where no datagram comes through: then the socket is judged by what it says of itself.
    fn that_delivers() -> Option<Self> {
        let meeting = Self::begin()?;
        let delivered = listener(meeting.group, meeting.port).and_then(|own| {
            let address = (meeting.group, meeting.port);
            meeting.sender.send_to(b"is there multicast?", address)?;
            receive(&own)
        });
        if let Err(error) = delivered {
            eprintln!(
                "not judged by what it hears: no multicast comes through loopback here ({error})"
            );
            return None;
        }
        Some(meeting)
    }

    fn send_to_group(&self, payload: &[u8]) {
        let sent = self.sender.send_to(payload, (self.group, self.port));
        assert_eq!(sent.ok(), Some(payload.len()), "the check cannot send");
    }

    /// The check's own listener.
    fn neighbour(&self, name: &str) -> Plain {
        listener(self.group, self.port).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The learner's listener.
    #[track_caller]
    fn open(&self) -> Plain {
        match call(self.group, self.port, LOOPBACK) {
            Ok(socket) => socket,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => panic!(
                "your `join` returned {error}: others have this port, and all of them share it. So must you: \
                 `set_reuse_address(true)`, and before `bind`, for that is where it is looked at"
            ),
            Err(error) => panic!(
                "your `join({}, {}, 127.0.0.1)` returned an error: {error}. Which call was it? The group goes with the \
                 interface's address, and the socket must be of IPv4",
                self.group, self.port
            ),
        }
    }

    #[track_caller]
    fn heard_by(&self, socket: &Plain, payload: &[u8], otherwise: &str) {
        let heard = receive(socket).unwrap_or_else(|_| panic!("{otherwise}"));
        assert_eq!(
            heard.escape_ascii().to_string(),
            payload.escape_ascii().to_string(),
            "not what was sent to the group"
        );
    }
}

/// Drawn, so that no other listener has joined it: the system brings a group to all or to none.
fn drawn_group() -> Ipv4Addr {
    let drawn = random_bytes(2);
    Ipv4Addr::new(239, 255, drawn[0] / 2, drawn[1])
}

/// A socket that sends through loopback.
fn sender() -> io::Result<Plain> {
    let socket = Plain::bind((LOOPBACK, 0))?;
    SockRef::from(&socket).set_multicast_if_v4(&LOOPBACK)?;
    Ok(socket)
}

/// How the check itself listens.
fn listener(group: Ipv4Addr, port: u16) -> io::Result<Plain> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    let address = shared_address(group);
    socket.bind(&SockAddr::from(SocketAddrV4::new(address, port)))?;
    socket.join_multicast_v4(&group, &LOOPBACK)?;
    Ok(socket.into())
}

/// What a listener binds to.
fn shared_address(group: Ipv4Addr) -> Ipv4Addr {
    if cfg!(windows) {
        Ipv4Addr::UNSPECIFIED
    } else {
        group
    }
}

/// The next datagram, or the error of the deadline.
fn receive(socket: &Plain) -> io::Result<Vec<u8>> {
    let end = Instant::now() + DEADLINE;
    let mut buffer = [0; 2_048];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        socket.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match socket.recv(&mut buffer) {
            Ok(length) => return Ok(buffer[..length].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The learner's `join`, on a thread of its own: a panic or a wait that does not end is told.
#[track_caller]
fn call(group: Ipv4Addr, port: u16, interface: Ipv4Addr) -> io::Result<Plain> {
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        let answer = std::panic::catch_unwind(|| join(group, port, interface));
        let _ = sender.send(answer);
    });
    match answer.recv_timeout(DEADLINE) {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => report_panic(panic),
        Err(_) => panic!(
            "your `join` has not returned after {DEADLINE:?}: it opens the socket, and the caller receives from it"
        ),
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!(
        "your `join` panicked: {why}. What the system refuses is an error to hand on: `?` does it"
    );
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_bytes(count: usize) -> Vec<u8> {
    let random = RandomState::new();
    (0..count).map(|i| random.hash_one(i) as u8).collect()
}
