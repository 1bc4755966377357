//! Runs the examples of Part III that speak to many. Whatever they send stays on the loopback interface, or in a network
//! namespace of its own.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use common::{DEADLINE, fails, program, run};
use running::Running;
use socket2::{Domain, SockAddr, SockRef, Socket, Type};
use std::{
    collections::BTreeSet,
    env,
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const ANNOUNCE: &str = "announce_18";
const DISCOVER: &str = "discover_19";

/// The same as in the examples.
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 70, 18);
const EVERYBODY: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 255);

/// A port where no other test meets: the socket has it of 127.0.0.1, which nobody here binds.
struct Meeting {
    _held: UdpSocket,
    port: u16,
    /// Sends to groups and to everybody, over loopback.
    sender: UdpSocket,
}

impl Meeting {
    /// None, and a word about it, where this machine has no multicast or no broadcast over loopback.
    fn begin() -> Option<Self> {
        let held = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        SockRef::from(&sender)
            .set_multicast_if_v4(&Ipv4Addr::LOCALHOST)
            .unwrap();
        sender.set_broadcast(true).unwrap();
        let works = [GROUP, EVERYBODY].into_iter().try_for_each(|address| {
            let listener = listener(address, port)?;
            sender.send_to(b"?", (address, port))?;
            listener.recv(&mut [0; 8]).map(|_| ())
        });
        if let Err(error) = works {
            skip(&format!(
                "no multicast and broadcast over loopback here: {error}"
            ));
            return None;
        }
        Some(Self {
            _held: held,
            port,
            sender,
        })
    }

    fn announcer(&self, name: &str, service: &str) -> Running {
        let port = self.port.to_string();
        let mut command = Command::new(program(ANNOUNCE));
        let mut announcer = Running::start(command.args([name, service, "loopback", &port]), "");
        announcer.expect("by broadcast");
        announcer
    }

    /// A discoverer that listens already, for so many seconds.
    fn discoverer(&self, seconds: &str) -> Running {
        let port = self.port.to_string();
        let mut command = Command::new(program(DISCOVER));
        let mut discoverer = Running::start(command.args(["loopback", &port, seconds]), "");
        discoverer.expect("by broadcast");
        discoverer
    }

    fn send(&self, datagram: &[u8], address: Ipv4Addr) {
        self.sender.send_to(datagram, (address, self.port)).unwrap();
    }
}

/// Says what is not tested. Where everything must be, that is a failure.
fn skip(why: &str) {
    assert!(env::var_os("CI").is_none(), "{why}");
    eprintln!("not tested: {why}");
}

/// A socket that shares this address, and is in the group if it is one.
fn listener(address: Ipv4Addr, port: u16) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SockAddr::from(SocketAddr::from((address, port))))?;
    if address.is_multicast() {
        socket.join_multicast_v4(&address, &Ipv4Addr::LOCALHOST)?;
    }
    socket.set_read_timeout(Some(DEADLINE))?;
    Ok(socket.into())
}

/// All lines of a program that ends by itself, and its exit code.
#[track_caller]
fn ended(mut program: Running) -> (Vec<String>, Option<i32>) {
    let end = Instant::now() + DEADLINE;
    let left = || end.saturating_duration_since(Instant::now());
    while let Ok(line) = program.lines.recv_timeout(left()) {
        program.seen.push(line);
    }
    assert!(!left().is_zero(), "still running: {:#?}", program.seen);
    let code = program.child.wait().unwrap().code();
    (program.seen.clone(), code)
}

/// The lines that tell of a service.
fn found(lines: &[String]) -> Vec<&str> {
    let lines = lines.iter().map(String::as_str);
    lines.filter(|line| line.contains(") is at ")).collect()
}

/// The same without IPv6: some systems have it over loopback, others have not.
fn found_by_ipv4(lines: &[String]) -> Vec<&str> {
    let mut found = found(lines);
    found.retain(|line| !line.ends_with(" by IPv6 multicast"));
    found
}

/// The instance in such a line.
fn instance(line: &str) -> &str {
    let (_, rest) = line.split_once("\" (").expect(line);
    rest.split_once(") is at ").expect(line).0
}

#[test]
fn a_service_is_discovered_by_multicast_and_by_broadcast() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let _announcer = meeting.announcer("a service", "4321");
    let (lines, code) = ended(meeting.discoverer("3"));
    assert_eq!(code, Some(0), "{lines:#?}");
    let found = found_by_ipv4(&lines);
    let [multicast, broadcast] = found[..] else {
        panic!("{lines:#?}");
    };
    let id = instance(multicast);
    let start = format!("\"a service\" ({id}) is at 127.0.0.1:4321, by ");
    assert_eq!(multicast, format!("{start}IPv4 multicast"));
    assert_eq!(broadcast, format!("{start}broadcast"));
    assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn two_discoverers_hear_two_announcers_of_the_same_name() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let _announcers = [(); 2].map(|()| meeting.announcer("printer", "9100"));
    let discoverers = [(); 2].map(|()| meeting.discoverer("3"));
    let all = discoverers.map(|discoverer| {
        let (lines, code) = ended(discoverer);
        assert_eq!(code, Some(0), "{lines:#?}");
        let found = found_by_ipv4(&lines);
        assert_eq!(found.len(), 4, "{lines:#?}");
        let instances: BTreeSet<_> = found.iter().map(|line| instance(line).to_owned()).collect();
        assert_eq!(instances.len(), 2, "{lines:#?}");
        instances
    });
    assert_eq!(all[0], all[1]);
}

#[test]
fn the_announcer_speaks_once_a_second_to_each_way() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let group = listener(GROUP, meeting.port).unwrap();
    let everybody = listener(EVERYBODY, meeting.port).unwrap();
    let _announcer = meeting.announcer("a service", "4321");
    let mut buffer = [0; 128];
    let mut hear = |socket: &UdpSocket| {
        let length = socket.recv(&mut buffer).expect("an announcement");
        (buffer[..length].to_vec(), Instant::now())
    };
    let (first, _) = hear(&group);
    let text = String::from_utf8(first.clone()).unwrap();
    assert!(text.starts_with("loopback/1 "), "{text}");
    assert!(text.ends_with(" 4321 a service"), "{text}");
    let (second, then) = hear(&group);
    let (third, now) = hear(&group);
    assert_eq!((&second, &third), (&first, &first));
    // A busy machine may wake it late, and so the next one seem early; but not by this much.
    assert!(now - then > Duration::from_millis(300), "{:?}", now - then);
    assert_eq!(hear(&everybody).0, first);
}

#[test]
fn a_search_ends_in_time_where_nobody_announces() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let port = meeting.port.to_string();
    program(DISCOVER);
    let start = Instant::now();
    let ended = run(DISCOVER, ["loopback", &port, "1"]);
    let took = start.elapsed();
    fails(ended, DISCOVER, "nobody has announced anything on loopback");
    assert!(took >= Duration::from_secs(1), "{took:?}");
}

#[test]
fn what_is_no_announcement_is_counted_and_what_strangers_write_is_escaped() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let discoverer = meeting.discoverer("2");
    let longest = format!("loopback/1 0123456789abcdef 7 {}", "x".repeat(50));
    assert_eq!(longest.len(), 80);
    let bad: &[&[u8]] = &[
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"loopback/1",
        b"loopback/1 ",
        b"loopback/1 0123456789abcdef",
        b"loopback/1 0123456789abcdef 7001",
        b"loopback/1 0123456789abcdef 7001 ",
        b"loopback/1 0123456789abcde 7001 short",
        b"loopback/1 0123456789abcdeg 7001 no number",
        b"loopback/1 0123456789abcdef 0 no port",
        b"loopback/1 0123456789abcdef 65536 no port",
        b"loopback/1 0123456789abcdef -1 no port",
        b"loopback/2 0123456789abcdef 7001 of tomorrow",
        b"loopback/1 0123456789abcdef 7001 \xc3",
        &[b'x'; 60_000],
    ];
    for datagram in bad {
        meeting.send(datagram, GROUP);
        // Its queue is not to be what loses them.
        thread::sleep(Duration::from_millis(5));
    }
    meeting.send(format!("{longest}x").as_bytes(), GROUP);
    meeting.send(longest.as_bytes(), GROUP);
    let strange = b"loopback/1 0123456789abcdef 7001 \x1b[2J\nlistening on \"nothing\"";
    meeting.send(strange, EVERYBODY);
    let (lines, code) = ended(discoverer);
    assert_eq!(code, Some(0), "{lines:#?}");
    let expected = [
        r#""\u{1b}[2J\nlistening on \"nothing\"" (0123456789abcdef) is at 127.0.0.1:7001, by broadcast"#.to_owned(),
        format!("{:?} (0123456789abcdef) is at 127.0.0.1:7, by IPv4 multicast", "x".repeat(50)),
    ];
    assert_eq!(found(&lines), expected);
    let count = format!("datagrams that were no announcements: {}", bad.len() + 1);
    assert!(lines.contains(&count), "{count}: {lines:#?}");
}

#[test]
fn what_is_sent_to_another_group_or_to_the_port_alone_is_not_heard() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let other = Ipv4Addr::new(239, 255, 70, 19);
    // Somebody on this machine is in that group.
    let other_listener = listener(other, meeting.port).unwrap();
    let discoverer = meeting.discoverer("1");
    let announcement = b"loopback/1 0123456789abcdef 7001 elsewhere";
    meeting.send(announcement, other);
    assert_eq!(other_listener.recv(&mut [0; 128]).unwrap(), 42);
    meeting.send(announcement, Ipv4Addr::LOCALHOST);
    meeting.send(announcement, Ipv4Addr::new(127, 0, 0, 2));
    let (lines, code) = ended(discoverer);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert!(
        lines.last().unwrap().contains("nobody has announced"),
        "{lines:#?}"
    );
    assert!(
        !lines.iter().any(|line| line.contains("no announcements")),
        "{lines:#?}"
    );
}

#[test]
fn a_storm_of_announcements_fills_a_list_with_an_end_and_ends_in_time() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    let discoverer = meeting.discoverer("2");
    let start = Instant::now();
    let over = Arc::new(AtomicBool::new(false));
    let storm = thread::spawn({
        let over = over.clone();
        move || {
            let mut sent = 0_u64;
            while !over.load(Ordering::Relaxed) && start.elapsed() < DEADLINE {
                let datagram = format!("loopback/1 {sent:016x} 7001 service {sent}");
                meeting.send(datagram.as_bytes(), GROUP);
                sent += 1;
            }
            sent
        }
    });
    let (lines, code) = ended(discoverer);
    let took = start.elapsed();
    over.store(true, Ordering::Relaxed);
    let sent = storm.join().unwrap();
    assert!(sent > 1_000, "no storm: {sent}");
    assert_eq!(code, Some(0), "{lines:#?}");
    assert_eq!(found(&lines).len(), 100, "of {sent}");
    let more = "100 announcements were heard, and perhaps more".to_owned();
    assert!(lines.contains(&more), "{lines:#?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_way_that_is_taken_is_told_and_the_others_go_on() {
    let Some(meeting) = Meeting::begin() else {
        return;
    };
    // It has said nothing of sharing, so nobody shares with it. The listener that `begin` had there may live on for a
    // moment, in a process that another test is just starting: that has copies of all sockets until its program begins.
    let end = Instant::now() + DEADLINE;
    let _taken = loop {
        match UdpSocket::bind((GROUP, meeting.port)) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < end => {
                thread::yield_now();
            }
            bound => break bound.unwrap(),
        }
    };
    let discoverer = meeting.discoverer("2");
    let _announcer = meeting.announcer("a service", "4321");
    let (lines, code) = ended(discoverer);
    assert_eq!(code, Some(0), "{lines:#?}");
    let told = |line: &&String| line.starts_with("no IPv4 multicast on loopback: ");
    let told = lines.iter().find(told).expect("a line about it");
    assert!(told.ends_with("; the rest goes on"), "{told}");
    let [broadcast] = found_by_ipv4(&lines)[..] else {
        panic!("{lines:#?}");
    };
    assert!(broadcast.ends_with(", by broadcast"), "{broadcast}");
}

#[test]
fn an_argument_that_makes_no_sense_is_told() {
    let long = "x".repeat(41);
    for (example, arguments, saying) in [
        (ANNOUNCE, &[""][..], "is not a name"),
        (ANNOUNCE, &[&long], "is not a name"),
        (ANNOUNCE, &["x", "0"], "is not a port"),
        (ANNOUNCE, &["x", "65536"], "is not a port"),
        (ANNOUNCE, &["x", "7001", "none"], "is no interface"),
        (
            ANNOUNCE,
            &["x", "7001", "loopback", "\x1b"],
            "is not a port",
        ),
        (DISCOVER, &["none"], "is no interface"),
        (DISCOVER, &["loopback", "0"], "is not a port"),
        (DISCOVER, &["loopback", "here"], "is not a port"),
        (DISCOVER, &["loopback", "7018", "0"], "a number of seconds"),
        (DISCOVER, &["loopback", "7018", "61"], "a number of seconds"),
    ] {
        fails(run(example, arguments), example, saying);
    }
}

/// What announcer and discoverer say in a network namespace of their own, which has a cable from itself to itself and
/// nothing else: the interface `d0`, which `prepare` may give an address. None where this system lets nobody make one.
#[cfg(target_os = "linux")]
fn apart(prepare: &str) -> Option<(Vec<String>, String)> {
    let network = "ip link set lo up && ip link add d0 type veth peer name d1 && \
                   echo 0 > /proc/sys/net/ipv6/conf/d0/accept_dad && \
                   ip link set d1 up && ip link set d0 up && \
                   wait_for() { for i in $(seq 100); do \"$@\" && return; sleep 0.05; done; false; } && \
                   has_ipv6() { ip -6 address show dev d0 | grep fe80 | grep -qv tentative; } && \
                   wait_for has_ipv6";
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net", "sh", "-c", script]);
        command
    };
    let possible = unshare(&format!("{network} 2>&1")).output();
    if !possible.is_ok_and(|tried| tried.status.success()) {
        // CI's machines need not allow it.
        eprintln!("not tested: this system makes no network namespace with an interface in it");
        return None;
    }
    let said = tempfile::NamedTempFile::new().unwrap();
    let script = format!(
        "{network} && {prepare} && {{ timeout 60 {} abc 4321 d0 > {said} 2>&1 & }} && \
         wait_for grep -q announcing {said} && {} d0 7018 3; code=$?; kill $!; exit $code",
        program(ANNOUNCE).display(),
        program(DISCOVER).display(),
        said = said.path().display(),
    );
    let (lines, code) = ended(Running::start(&mut unshare(&script), ""));
    let announcer = std::fs::read_to_string(said.path()).unwrap();
    assert_eq!(code, Some(0), "{lines:#?}\n{announcer}");
    Some((lines, announcer))
}

#[test]
#[cfg(target_os = "linux")]
fn by_a_real_interface_there_are_three_ways() {
    let Some((lines, announcer)) = apart("ip address add 192.0.2.5/24 dev d0") else {
        return;
    };
    let found = found(&lines);
    let [multicast, broadcast, multicast_v6] = found[..] else {
        panic!("{lines:#?}\n{announcer}");
    };
    let start = format!("\"abc\" ({}) is at ", instance(multicast));
    assert_eq!(
        multicast,
        format!("{start}192.0.2.5:4321, by IPv4 multicast")
    );
    assert_eq!(broadcast, format!("{start}192.0.2.5:4321, by broadcast"));
    // An address of one link alone, with the number of the interface that leads there.
    let address = multicast_v6
        .strip_prefix(&start)
        .expect(multicast_v6)
        .strip_suffix(":4321, by IPv6 multicast")
        .expect(multicast_v6);
    assert!(
        address.starts_with("[fe80::") && address.contains('%'),
        "{address}"
    );
    for way in [
        "239.255.70.18:7018 by IPv4 multicast",
        "192.0.2.255:7018 by broadcast",
    ] {
        let line = format!("announcing to {way}\n");
        assert!(announcer.contains(&line), "{line}{announcer}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn where_there_is_no_ipv4_or_no_ipv6_the_rest_goes_on() {
    for (prepare, missing, why, heard) in [
        (
            "true",
            &["IPv4 multicast", "broadcast"][..],
            "it has no IPv4 address",
            &["IPv6 multicast"][..],
        ),
        (
            "ip address add 192.0.2.5/24 dev d0 && echo 1 > /proc/sys/net/ipv6/conf/d0/disable_ipv6",
            &["IPv6 multicast"],
            "it has no IPv6 address",
            &["IPv4 multicast", "broadcast"],
        ),
        (
            "ip address add 192.0.2.5/32 dev d0",
            &["broadcast"],
            "its network has no broadcast address",
            &["IPv4 multicast", "IPv6 multicast"],
        ),
    ] {
        let Some((lines, announcer)) = apart(prepare) else {
            return;
        };
        let by = found(&lines)
            .into_iter()
            .map(|line| line.rsplit_once(" by ").expect(line).1);
        assert_eq!(by.collect::<Vec<_>>(), heard, "{lines:#?}");
        for way in missing {
            let told = format!("no {way} on d0: {why}; the rest goes on");
            assert!(lines.contains(&told), "{told}\n{lines:#?}");
            assert!(announcer.contains(&told), "{told}\n{announcer}");
        }
    }
}
