//! Runs the examples of Part III that stand on UDP, with and without a link that loses datagrams.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use common::{DEADLINE, fails, program, run, succeeds};
use running::Running;
use std::{net::UdpSocket, process::Command, thread, time::Instant};

const BURST_SERVER: &str = "udp_burst_server_05";
const BURST_CLIENT: &str = "udp_burst_client_06";
const RELIABLE_SERVER: &str = "reliable_server_07";
const RELIABLE_CLIENT: &str = "reliable_client_08";

/// Port 0: the system chooses a free port for each socket, so no two tests share one.
const FREE: &str = "127.0.0.1:0";

/// A lossy link before a server, with these arguments behind its addresses.
fn link(server: &Running, arguments: &str) -> Running {
    let mut command = Command::new(program("lossy_link"));
    let addresses = [FREE.to_owned(), server.address.to_string()];
    let arguments = arguments.split_whitespace();
    Running::start(command.args(addresses).args(arguments), "").listening()
}

/// How many lines of a link begin with this word.
fn told(link: &mut Running, word: &str) -> usize {
    link.seen.extend(link.lines.try_iter());
    let lines = link.seen.iter();
    lines.filter(|line| line.starts_with(word)).count()
}

/// The numbers in a line.
fn numbers(line: &str) -> Vec<usize> {
    let parts = line.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

// ---- Bursts ----

#[test]
fn a_small_burst_arrives_whole() {
    let mut server = Running::server(BURST_SERVER, FREE);
    let sent = run(BURST_CLIENT, [server.address.to_string()]);
    succeeds(
        sent,
        "sent 10 datagrams of 100 bytes; each `send` was fine\n",
    );
    server.expect("10 of 10 arrived, 0 lost, 0 twice, 0 overtaken");
}

#[test]
fn a_large_burst_does_not_fit_into_the_queue() {
    let mut server = Running::server(BURST_SERVER, FREE);
    let address = server.address.to_string();
    succeeds(run(BURST_CLIENT, [&address, "20000", "1000"]), "was fine\n");
    let line = server.wait_for("of 20000", |line| line.contains("of 20000 arrived"));
    let [arrived, sent, lost, twice, overtaken] = numbers(&line)[..] else {
        panic!("{line}");
    };
    assert_eq!((arrived + lost, sent), (20_000, 20_000), "{line}");
    assert!(arrived > 0 && lost > 10_000, "{line}");
    assert_eq!((twice, overtaken), (0, 0), "{line}");
}

#[test]
fn the_audit_agrees_with_what_the_link_did() {
    let mut seen = [0; 3];
    for seed in 1..=6 {
        let mut server = Running::server(BURST_SERVER, FREE);
        let mut link = link(&server, &format!("{seed} 20 15 15"));
        let address = link.address.to_string();
        succeeds(run(BURST_CLIENT, [&address, "15"]), "was fine\n");
        let line = server.wait_for("of 15", |line| line.contains("of 15 arrived"));
        let lost = told(&mut link, "lost:");
        let twice = told(&mut link, "twice:");
        assert_eq!(
            numbers(&line)[..4],
            [15 - lost, 15, lost, twice],
            "seed {seed}: {line}\n{:#?}",
            link.seen
        );
        // One that was to be overtaken is not, if the next one was lost.
        let late = told(&mut link, "late:");
        assert!(
            numbers(&line)[4] <= late,
            "seed {seed}: {line}, {late} late"
        );
        seen = [seen[0] + lost, seen[1] + twice, seen[2] + numbers(&line)[4]];
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn what_belongs_to_no_burst_is_counted_apart() {
    let mut server = Running::server(BURST_SERVER, FREE);
    let client = UdpSocket::bind(FREE).unwrap();
    let stranger = UdpSocket::bind(FREE).unwrap();
    let datagram = |number: u32, count: u32| [number.to_be_bytes(), count.to_be_bytes()].concat();
    for bytes in [
        datagram(1, 3),
        // Overtaken, twice.
        datagram(0, 3),
        datagram(0, 3),
        // Empty, cut short, behind the end, a claim beyond all measure, too long.
        vec![],
        vec![0; 7],
        datagram(3, 3),
        datagram(0, u32::MAX),
        vec![0; 2_049],
    ] {
        client.send_to(&bytes, server.address).unwrap();
    }
    stranger.send_to(&datagram(2, 3), server.address).unwrap();
    server.expect(
        "2 of 3 arrived, 1 lost, 1 twice, 1 overtaken; 1 too long, their ends are gone; \
         5 that belong to no burst",
    );
}

#[test]
fn no_datagram_is_longer_than_its_length_can_say() {
    let mut server = Running::server(BURST_SERVER, FREE);
    let address = server.address.to_string();
    let sent = run(BURST_CLIENT, [&address, "1", "65508"]);
    fails(sent, BURST_CLIENT, "no datagram carries more than 65507");
    succeeds(run(BURST_CLIENT, [&address, "1", "2048"]), "was fine\n");
    // Nothing of the first one has arrived.
    server.expect("1 of 1 arrived, 0 lost, 0 twice, 0 overtaken");
}

#[test]
fn a_burst_to_nobody_is_told() {
    // Connected to itself, it hears nobody else, and nobody else can be given its port.
    let held = UdpSocket::bind(FREE).unwrap();
    let closed = held.local_addr().unwrap();
    held.connect(closed).unwrap();
    let sent = run(BURST_CLIENT, [closed.to_string().as_str(), "1000"]);
    fails(sent, BURST_CLIENT, "nobody listens on");
}

// ---- One message at a time ----

#[test]
fn without_a_link_each_message_is_sent_once() {
    let mut server = Running::server(RELIABLE_SERVER, FREE);
    let ended = run(RELIABLE_CLIENT, [&server.address.to_string(), "3"]);
    succeeds(
        ended,
        "message 2: sent once\n3 messages, each acknowledged\n",
    );
    server.expect("message 2: \"line 3 of 3\"");
    assert_eq!(server.seen.len(), 4, "{:?}", server.seen);
}

#[test]
fn whatever_the_link_does_each_message_comes_once_and_in_order() {
    program(RELIABLE_CLIENT);
    let runs = (0..24).map(|seed| {
        thread::spawn(move || {
            let mut server = Running::server(RELIABLE_SERVER, FREE);
            let mut link = link(&server, &format!("{seed} 30 20 20"));
            let ended = run(RELIABLE_CLIENT, [&link.address.to_string(), "12"]);
            succeeds(ended, "12 messages, each acknowledged\n");
            server.expect("message 11: \"line 12 of 12\"");
            let fresh = |line: &&String| line.contains(": \"");
            let printed: Vec<_> = server.seen.iter().filter(fresh).cloned().collect();
            let expected = |n| format!("message {n}: \"line {} of 12\"", n + 1);
            let expected: Vec<_> = (0..12).map(expected).collect();
            assert_eq!(printed, expected, "seed {seed}");
            ["lost:", "twice:", "late:"].map(|word| told(&mut link, word))
        })
    });
    let runs: Vec<_> = runs.collect();
    let mut did = [0; 3];
    for run in runs {
        for (sum, count) in did.iter_mut().zip(run.join().expect("see above")) {
            *sum += count;
        }
    }
    assert!(did.iter().all(|count| *count > 24), "the links did {did:?}");
}

#[test]
fn the_server_replies_to_messages_alone_and_prints_what_is_new_alone() {
    let mut server = Running::server(RELIABLE_SERVER, FREE);
    let client = UdpSocket::bind(FREE).unwrap();
    client.connect(server.address).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    let datagram = |kind: u8, id: u8, number: u32, text: &[u8]| {
        [&[kind, id, 0, 0, 0][..], &number.to_be_bytes(), text].concat()
    };
    for ignored in [
        vec![],
        vec![b'M'],
        datagram(b'M', 1, 0, b"")[..8].to_vec(),
        datagram(b'A', 1, 0, b"an acknowledgement"),
        datagram(b'?', 1, 0, b"what is this"),
        datagram(b'M', 1, 0, &[b'x'; 1_001]),
        datagram(b'M', 1, 7, b"too early"),
    ] {
        client.send(&ignored).unwrap();
    }
    let longest = [b'x'; 1_000];
    for (datagram, acknowledged) in [
        (
            datagram(b'M', 1, 0, b"\x1b[2J\xff"),
            datagram(b'A', 1, 0, b""),
        ),
        (
            datagram(b'M', 1, 0, b"\x1b[2J\xff"),
            datagram(b'A', 1, 0, b""),
        ),
        // Another transfer, at the same time.
        (datagram(b'M', 2, 0, &longest), datagram(b'A', 2, 0, b"")),
        (datagram(b'M', 1, 1, b""), datagram(b'A', 1, 1, b"")),
    ] {
        client.send(&datagram).unwrap();
        let mut buffer = [0; 64];
        let length = loop {
            match client.recv(&mut buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                received => break received.expect("an acknowledgement"),
            }
        };
        assert_eq!(buffer[..length], acknowledged);
    }
    server.expect("message 1: \"\"");
    let longest = String::from_utf8_lossy(&longest);
    assert_eq!(
        server.seen[1..],
        [
            "message 7 is late: ignored".to_owned(),
            "message 0: \"\\u{1b}[2J\u{fffd}\"".into(),
            "message 0 again: acknowledged, and not printed twice".into(),
            format!("message 0: \"{longest}\""),
            "message 1: \"\"".into(),
        ]
    );
}

#[test]
fn the_client_believes_no_acknowledgement_but_its_own() {
    program(RELIABLE_CLIENT);
    let server = UdpSocket::bind(FREE).unwrap();
    server.set_read_timeout(Some(DEADLINE)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let client = thread::spawn(move || run(RELIABLE_CLIENT, [&address, "1"]));
    let mut buffer = [0; 64];
    let mut receive = || loop {
        match server.recv_from(&mut buffer) {
            Ok((length, client)) => return (buffer[..length].to_vec(), client),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => panic!("no message: {error}"),
        }
    };
    let (message, from) = receive();
    assert_eq!(&message[9..], b"line 1 of 1");
    let mut right = message[..9].to_vec();
    right[0] = b'A';
    let mut other_transfer = right.clone();
    other_transfer[2] ^= 1;
    let mut other_number = right.clone();
    other_number[8] ^= 1;
    let longer = [&right[..], b"x"].concat();
    for wrong in [
        &b""[..],
        &right[..8],
        &message[..9],
        &other_transfer,
        &other_number,
        &longer,
    ] {
        server.send_to(wrong, from).unwrap();
    }
    // So it must send again.
    let (again, _) = receive();
    assert_eq!(again, message);
    server.send_to(&right, from).unwrap();
    let ended = client.join().expect("the client ends").success();
    let said = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    assert!(said.ends_with("1 messages, each acknowledged\n"), "{said}");
    assert!(!said.contains("sent once"), "{said}");
}

#[test]
fn the_client_gives_up_in_time_on_a_silent_server_and_on_none() {
    program(RELIABLE_CLIENT);
    let silent = UdpSocket::bind(FREE).unwrap();
    let start = Instant::now();
    let ended = run(RELIABLE_CLIENT, [silent.local_addr().unwrap().to_string()]);
    fails(
        ended,
        RELIABLE_CLIENT,
        "did not acknowledge it: is reliable_server_07",
    );
    let took = start.elapsed().as_secs_f32();
    // 50 + 100 + 200 + 27 times 400 ms.
    assert!(took > 11.0, "gave up after {took} s");
}

#[test]
fn an_argument_that_makes_no_sense_is_told() {
    for (example, arguments, saying) in [
        (BURST_SERVER, &["here"][..], "is not an address"),
        (BURST_SERVER, &["192.0.2.1:7"], "cannot bind"),
        (BURST_CLIENT, &["here"], "is not an address"),
        (BURST_CLIENT, &[FREE, "0"], "is not a number of datagrams"),
        (
            BURST_CLIENT,
            &[FREE, "100001"],
            "is not a number of datagrams",
        ),
        (BURST_CLIENT, &[FREE, "1", "7"], "is not a number of bytes"),
        (RELIABLE_SERVER, &["here"], "is not an address"),
        (RELIABLE_CLIENT, &["here"], "is not an address"),
        (
            RELIABLE_CLIENT,
            &[FREE, "none"],
            "is not a number of messages",
        ),
        ("lossy_link", &[FREE], "two addresses"),
        ("lossy_link", &[FREE, "here"], "is not an address"),
        ("lossy_link", &[FREE, FREE, "x"], "is not a number"),
        (
            "lossy_link",
            &[FREE, FREE, "1", "90", "20", "0"],
            "more than 100",
        ),
        (
            "lossy_link",
            &[FREE, FREE, "1", "300", "0", "0"],
            "more than 100",
        ),
        (
            "lossy_link",
            &[FREE, FREE, "1", "0", "0", "0", "10001"],
            "10000 milliseconds at most",
        ),
    ] {
        fails(run(example, arguments), example, saying);
    }
}

#[test]
#[cfg(unix)]
fn an_argument_that_is_no_text_is_told() {
    let bytes: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let arguments = [bytes, bytes, "1".as_ref()];
    fails(
        run("lossy_link", arguments),
        "lossy_link",
        "is not an address",
    );
}
