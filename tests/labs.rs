//! Holds the book to the truth: every lab runs again and must do what its recorded run says. Beside
//! that: the relay reports what happens, and a broken `labs.toml` is told by file and line.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use loopback::{
    labs,
    recording::{Event, Recording, What},
    relay::{Direction, Log, Protocol, Relay, Seen},
    walk,
};
use std::{collections::BTreeSet, fs, future::Future, path::Path, time::Duration, time::Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::mpsc,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every test here ends in time.
async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), work)
        .await
        .expect("not done after 120 s")
}

#[tokio::test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "recorded on Linux; other systems answer in other ways at the edges"
)]
async fn every_lab_does_again_what_the_book_shows() {
    let labs = labs::list(root()).unwrap();
    let built = labs::build(root(), &labs).unwrap();
    // Each one has its own limit: the more there are, the longer all take.
    for lab in labs {
        in_time(async {
            let recorded = lab.recording(root()).unwrap();
            let mut difference = None;
            // A server is ended soon after its last client. On a slow machine, its last words may be cut off.
            for _ in 0..3 {
                let now = lab.record(&built).await.unwrap();
                difference = lab.difference(&recorded, &now).unwrap();
                if difference.is_none() {
                    break;
                }
            }
            assert_eq!(difference, None, "{}", difference.as_deref().unwrap_or(""));
        })
        .await;
    }
}

#[test]
fn the_letter_at_the_end_of_the_walk_is_the_one_that_the_post_office_stored() {
    let labs = labs::list(root()).unwrap();
    let lab = labs.iter().find(|lab| lab.name() == "mail_hops").unwrap();
    let hops = walk::hops(&lab.recording(root()).unwrap()).unwrap();
    let way: Vec<_> = hops.iter().map(|hop| (&*hop.from, &*hop.to)).collect();
    let expected = [
        ("MUA", "MSA"),
        ("MSA", "MTA"),
        ("MTA", "MDA"),
        ("MDA", "store"),
        ("store", "MUA"),
    ];
    assert_eq!(way, expected);
    // Each hop that has the whole letter says how many bytes that is, each line end two of them.
    for (hop, said) in hops.iter().filter_map(|hop| {
        let said = hop.told.strip_suffix(" bytes")?.rsplit_once(", ")?.1;
        Some((hop, said.parse::<usize>().unwrap()))
    }) {
        // The first one says what has come in, before anything was added.
        let come = &hop.letter[if hop.to == "MSA" { hop.added.len() } else { 0 }..];
        let bytes: usize = come.iter().map(|line| line.len() + 2).sum();
        assert_eq!(
            bytes,
            said,
            "{} -> {}:\n{}",
            hop.from,
            hop.to,
            come.join("\n")
        );
    }
    let told: Vec<_> = hops
        .iter()
        .filter(|hop| hop.told.ends_with(" bytes"))
        .collect();
    assert_eq!(
        told.len(),
        3,
        "the MSA, the store and the MUA tell of bytes"
    );
}

#[test]
fn every_recorded_run_belongs_to_a_lab() {
    let labs = labs::list(root()).unwrap();
    let expected: BTreeSet<_> = labs.iter().map(|lab| lab.recording_file(root())).collect();
    let found: BTreeSet<_> = fs::read_dir(root().join("book/labs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(found, expected);
}

/// A recording of one client that sends `text` to port `port` in reads of these bytes.
fn recording(at_us: u64, port: u16, text: &str, reads: &[&str]) -> Recording {
    let mut events = vec![Event {
        at_us,
        what: What::Printed {
            program: 1,
            error: false,
            line: format!("127.0.0.1:{port} replied: {text:?}"),
        },
    }];
    events.extend(reads.iter().map(|bytes| Event {
        at_us: at_us + 1,
        what: What::Wire {
            connection: 0,
            direction: Direction::ToServer,
            seen: Seen::Read((*bytes).into()),
        },
    }));
    Recording {
        lab: "made_up".into(),
        events,
    }
}

#[test]
fn times_ports_and_the_cut_of_reads_make_no_difference_but_words_and_bytes_do() {
    let recorded = recording(10, 4000, "hello", &["6865", "6c6c6f"]);
    assert_eq!(
        recorded
            .difference(&recording(99, 5000, "hello", &["68656c6c6f"]), None)
            .unwrap(),
        None
    );
    let other_word = recorded
        .difference(&recording(10, 4000, "hallo", &["68656c6c6f"]), None)
        .unwrap();
    assert!(
        other_word.as_deref().unwrap().contains("hallo"),
        "{other_word:?}"
    );
    let other_byte = recorded
        .difference(&recording(10, 4000, "hello", &["68656c6c70"]), None)
        .unwrap();
    assert!(
        other_byte.as_deref().unwrap().contains("hellp"),
        "{other_byte:?}"
    );
    let less = recorded
        .difference(&recording(10, 4000, "hello", &[]), None)
        .unwrap();
    assert!(less.as_deref().unwrap().contains("(nothing)"), "{less:?}");
}

#[test]
fn the_order_between_two_sessions_of_a_server_is_chance_and_within_one_it_is_not() {
    let run = |lines: &[&str]| {
        let printed = lines.iter().map(|line| printed(line).events.remove(0));
        Recording {
            events: printed.collect(),
            ..recording(0, 0, "", &[])
        }
    };
    let recorded = run(&["[1] > QUIT", "[1] = ended", "[2] = connected", "[x] more"]);
    let differs = |lines: &[&str]| recorded.difference(&run(lines), None).unwrap().is_some();
    assert!(!differs(&[
        "[1] > QUIT",
        "[2] = connected",
        "[1] = ended",
        "[x] more"
    ]));
    assert!(differs(&[
        "[1] = ended",
        "[1] > QUIT",
        "[2] = connected",
        "[x] more"
    ]));
    assert!(differs(&[
        "[1] > QUIT",
        "[1] = ended",
        "[1] = connected",
        "[x] more"
    ]));
    assert!(differs(&[
        "[1] > QUIT",
        "[1] = ended",
        "[2] = connected",
        "[y] more"
    ]));
}

/// A run of one program that printed this line.
fn printed(line: &str) -> Recording {
    let mut run = recording(0, 0, "", &[]);
    run.events[0].what = What::Printed {
        program: 0,
        error: false,
        line: line.into(),
    };
    run
}

#[test]
fn what_a_lab_calls_chance_makes_no_difference_and_all_else_does() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("book")).unwrap();
    let lab = "[[lab]]\nname = \"a\"\ntitle = \"A\"\nchance = '[0-9]{5} +(User|Dynamic) +'\n\
               [[lab.program]]\nexample = \"x\"\nargs = [\"{closed_port}\"]\n";
    fs::write(folder.path().join("book/labs.toml"), lab).unwrap();
    let lab = labs::list(folder.path()).unwrap().remove(0);
    let recorded = printed("40000  User     nothing listens");
    let differs = |now: &str| {
        let difference = lab.difference(&recorded, &printed(now)).unwrap();
        difference.is_some()
    };
    assert!(!differs("50000  Dynamic  nothing listens"));
    assert!(differs("50000  System   nothing listens"));
    assert!(differs("50000  Dynamic  something listens"));
}

#[test]
#[cfg(unix)]
fn a_program_may_be_told_a_port_alone() {
    let script = "echo \"$@\"";
    let folder = tempfile::tempdir().unwrap();
    let (_, built) = lab_of_a_script(folder.path(), script, false);
    let text = "[[lab]]\nname = \"a\"\ntitle = \"A\"\n[[lab.program]]\nexample = \"program\"\n\
                args = [\"{closed}\", \"{closed_port}\"]\n";
    fs::write(folder.path().join("book/labs.toml"), text).unwrap();
    let lab = labs::list(folder.path()).unwrap().remove(0);
    let run = tokio::runtime::Runtime::new().unwrap();
    let recorded = run.block_on(in_time(lab.record(&built))).unwrap();
    let line = recorded.events.iter().find_map(|event| match &event.what {
        What::Printed { line, .. } => Some(line),
        _ => None,
    });
    let (address, port) = line.unwrap().split_once(' ').unwrap();
    assert_eq!(address, format!("127.0.0.1:{port}"));
    port.parse::<u16>().unwrap();
}

#[test]
#[cfg(unix)]
fn the_command_of_a_program_with_flags_keeps_them_from_cargo() {
    let folder = tempfile::tempdir().unwrap();
    let (_, built) = lab_of_a_script(folder.path(), ":", false);
    for (arguments, expected) in [
        (r#"[]"#, "cargo run --example program"),
        (r#"["one"]"#, "cargo run --example program one"),
        (
            r#"["--user", "ada"]"#,
            "cargo run --example program -- --user ada",
        ),
        (
            r#"["one", "-v", "two words"]"#,
            r#"cargo run --example program -- one -v "two words""#,
        ),
        (r#"["a-b"]"#, "cargo run --example program a-b"),
    ] {
        let text = format!(
            "[[lab]]\nname = \"a\"\ntitle = \"A\"\n[[lab.program]]\nexample = \"program\"\nargs = {arguments}\n"
        );
        fs::write(folder.path().join("book/labs.toml"), text).unwrap();
        let lab = labs::list(folder.path()).unwrap().remove(0);
        let run = tokio::runtime::Runtime::new().unwrap();
        let recorded = run.block_on(in_time(lab.record(&built))).unwrap();
        let command = recorded.events.iter().find_map(|event| match &event.what {
            What::Started { command, .. } => Some(command.as_str()),
            _ => None,
        });
        assert_eq!(command, Some(expected), "{arguments}");
    }
}

#[test]
#[cfg(unix)]
fn a_program_may_be_told_the_address_of_the_one_before() {
    let script = "if [ \"$1\" = first ]; then echo ready at 127.0.0.1:11; exec sleep 60; fi\n\
                  if [ \"$1\" = second ]; then echo ready at 127.0.0.1:22 and more; exec sleep 60; fi\n\
                  echo \"$@\"";
    let folder = tempfile::tempdir().unwrap();
    let (_, built) = lab_of_a_script(folder.path(), script, false);
    let text = "[[lab]]\nname = \"a\"\ntitle = \"A\"\n\
                [[lab.program]]\nexample = \"program\"\nargs = [\"first\"]\nready = \"ready at \"\n\
                [[lab.program]]\nexample = \"program\"\nargs = [\"second\"]\nready = \"ready at \"\n\
                [[lab.program]]\nexample = \"program\"\nargs = [\"{direct}\", \"{latest}\"]\n";
    fs::write(folder.path().join("book/labs.toml"), text).unwrap();
    let lab = labs::list(folder.path()).unwrap().remove(0);
    let run = tokio::runtime::Runtime::new().unwrap();
    let recorded = run.block_on(in_time(lab.record(&built))).unwrap();
    let told = recorded.events.iter().any(|event| {
        matches!(&event.what, What::Printed { program: 2, line, .. } if line == "127.0.0.1:11 127.0.0.1:22")
    });
    assert!(told, "{recorded:?}");
}

/// The error that `labs.toml` with this text gives.
fn error_of(labs_toml: &str) -> String {
    let course = tempfile::tempdir().unwrap();
    fs::create_dir(course.path().join("book")).unwrap();
    fs::write(course.path().join("book/labs.toml"), labs_toml).unwrap();
    let error = labs::list(course.path()).expect_err(labs_toml).to_string();
    assert_eq!(error.lines().count(), 1, "one line, not:\n{error}");
    error
}

#[test]
fn a_broken_labs_file_is_told_by_file_and_line() {
    let lab = "[[lab]]\nname = \"a\"\ntitle = \"A\"\n";
    let program = "[[lab.program]]\nexample = \"x\"\n";
    for (text, line, words) in [
        ("[[lab]]\nname = ".to_owned(), 2, ""),
        ("\n\n[[lab]]\ntitle = \"A\"\n".into(), 3, "name"),
        (format!("{lab}wach = \"udp\"\n{program}"), 4, "wach"),
        (format!("{lab}watch = \"ip\"\n{program}"), 4, "ip"),
        (format!("{lab}{program}{lab}{program}"), 7, "second"),
        (
            format!("{}{program}", lab.replace("\"a\"", "\"../a\"")),
            2,
            "letters",
        ),
        (format!("{lab}program = []\n"), 2, "no program"),
        (
            format!("{lab}{program}args = [\"{{server}}\"]\n"),
            2,
            "watch",
        ),
        (
            format!("{lab}{program}args = [\"{{direct}}\"]\n"),
            2,
            "ready",
        ),
        (
            format!("{lab}{program}args = [\"{{direct_port}}\"]\n"),
            2,
            "ready",
        ),
        (
            format!("{lab}watch = \"tcp\"\nwatch_at = \"pop3 on \"\n{program}"),
            2,
            "where to watch",
        ),
        (
            format!("{lab}chance = \"(\"\n{program}"),
            4,
            "unclosed group",
        ),
        (
            format!("{lab}{program}args = [\"{{sevrer}}\"]\n"),
            2,
            "sevrer",
        ),
    ] {
        let error = error_of(&text);
        assert!(
            error.starts_with(&format!("book/labs.toml:{line}: ")) && error.contains(words),
            "wanted line {line} and {words:?}, got: {error}\nfor:\n{text}"
        );
    }
}

/// A relay of this protocol in front of `server`, and what it reports.
async fn relay_before(
    protocol: Protocol,
    server: std::net::SocketAddr,
) -> (Relay, mpsc::Receiver<Event>) {
    let (watcher, seen) = mpsc::channel(64);
    let start = Instant::now();
    let relay = Relay::start(protocol, server, Log { start, watcher })
        .await
        .unwrap();
    (relay, seen)
}

async fn next(seen: &mut mpsc::Receiver<Event>) -> (usize, Direction, Seen) {
    match seen.recv().await.expect("the relay has ended").what {
        What::Wire {
            connection,
            direction,
            seen,
        } => (connection, direction, seen),
        other => panic!("a relay reported {other:?}"),
    }
}

#[tokio::test]
async fn the_udp_relay_reports_datagrams_of_several_clients_and_the_empty_one() {
    in_time(async {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (relay, mut seen) = relay_before(Protocol::Udp, server.local_addr().unwrap()).await;
        let mut buffer = [0; 16];
        for (number, message) in ["first", ""].into_iter().enumerate() {
            let client = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            client
                .send_to(message.as_bytes(), relay.address)
                .await
                .unwrap();
            let (length, from) = server.recv_from(&mut buffer).await.unwrap();
            assert_eq!(&buffer[..length], message.as_bytes());
            server.send_to(b"ok", from).await.unwrap();
            let (length, from) = client.recv_from(&mut buffer).await.unwrap();
            assert_eq!((&buffer[..length], from), (&b"ok"[..], relay.address));
            let hex: String = message.bytes().map(|byte| format!("{byte:02x}")).collect();
            let there = (number, Direction::ToServer, Seen::Datagram(hex));
            assert_eq!(next(&mut seen).await, there);
            let back = (number, Direction::ToClient, Seen::Datagram("6f6b".into()));
            assert_eq!(next(&mut seen).await, back);
        }
    })
    .await;
}

#[tokio::test]
async fn the_tcp_relay_reports_reads_and_the_end_of_each_direction() {
    in_time(async {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (relay, mut seen) = relay_before(Protocol::Tcp, server.local_addr().unwrap()).await;
        let mut client = TcpStream::connect(relay.address).await.unwrap();
        let (mut connection, _) = server.accept().await.unwrap();
        assert_eq!(
            next(&mut seen).await,
            (0, Direction::ToServer, Seen::Connect)
        );

        client.write_all(b"hi").await.unwrap();
        client.shutdown().await.unwrap();
        let mut message = Vec::new();
        connection.read_to_end(&mut message).await.unwrap();
        assert_eq!(message, b"hi");
        assert_eq!(
            next(&mut seen).await,
            (0, Direction::ToServer, Seen::Read("6869".into()))
        );
        assert_eq!(next(&mut seen).await, (0, Direction::ToServer, Seen::End));

        // The other direction is open still.
        connection.write_all(b"ok").await.unwrap();
        drop(connection);
        let mut reply = Vec::new();
        client.read_to_end(&mut reply).await.unwrap();
        assert_eq!(reply, b"ok");
        assert_eq!(
            next(&mut seen).await,
            (0, Direction::ToClient, Seen::Read("6f6b".into()))
        );
        assert_eq!(next(&mut seen).await, (0, Direction::ToClient, Seen::End));
    })
    .await;
}

#[tokio::test]
async fn the_tcp_relay_sees_nothing_but_lengths_after_tls_has_begun() {
    in_time(async {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (relay, mut seen) = relay_before(Protocol::Tcp, server.local_addr().unwrap()).await;
        let mut client = TcpStream::connect(relay.address).await.unwrap();
        let (mut server, _) = server.accept().await.unwrap();
        assert_eq!(next(&mut seen).await.2, Seen::Connect);
        let mut buffer = [0; 16];
        // What was said before is seen; from the client's first message of TLS on, nothing is.
        for (bytes, to_server, expected) in [
            (&b"STARTTLS"[..], true, Seen::Read(hex("STARTTLS"))),
            (b"220 go", false, Seen::Read(hex("220 go"))),
            (b"\x16\x03\x01\x02", true, Seen::Encrypted(4)),
            (b"secret", false, Seen::Encrypted(6)),
            (b"EHLO", true, Seen::Encrypted(4)),
        ] {
            let (from, to, direction) = match to_server {
                true => (&mut client, &mut server, Direction::ToServer),
                false => (&mut server, &mut client, Direction::ToClient),
            };
            from.write_all(bytes).await.unwrap();
            to.read_exact(&mut buffer[..bytes.len()]).await.unwrap();
            assert_eq!(&buffer[..bytes.len()], bytes);
            assert_eq!(next(&mut seen).await, (0, direction, expected));
        }
    })
    .await;
}

#[tokio::test]
async fn the_tcp_relay_reports_a_reset_and_passes_it_on() {
    in_time(async {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (relay, mut seen) = relay_before(Protocol::Tcp, server.local_addr().unwrap()).await;
        let mut client = TcpStream::connect(relay.address).await.unwrap();
        let (connection, _) = server.accept().await.unwrap();
        assert_eq!(
            next(&mut seen).await,
            (0, Direction::ToServer, Seen::Connect)
        );
        connection.set_zero_linger().unwrap();
        drop(connection);
        assert_eq!(next(&mut seen).await, (0, Direction::ToClient, Seen::Reset));
        let read = client.read(&mut [0; 1]).await;
        let kind = read.expect_err("a reset, not an end").kind();
        assert_eq!(kind, std::io::ErrorKind::ConnectionReset);
    })
    .await;
}

#[tokio::test]
async fn a_relay_before_a_closed_port_reports_that_nobody_listens() {
    in_time(async {
        // Bound, but not listening, so that nobody else is given the port meanwhile.
        let held = tokio::net::TcpSocket::new_v4().unwrap();
        held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let closed = held.local_addr().unwrap();
        let (relay, mut seen) = relay_before(Protocol::Tcp, closed).await;
        let _client = TcpStream::connect(relay.address).await.unwrap();
        assert_eq!(
            next(&mut seen).await,
            (0, Direction::ToServer, Seen::Connect)
        );
        assert_eq!(
            next(&mut seen).await,
            (0, Direction::ToClient, Seen::Refused)
        );
    })
    .await;
}

/// A control connection through an FTP relay: the client's end, the server's end, and the reports.
async fn ftp_session() -> (TcpStream, TcpStream, Relay, mpsc::Receiver<Event>) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (relay, mut seen) = relay_before(Protocol::Ftp, server.local_addr().unwrap()).await;
    let client = TcpStream::connect(relay.address).await.unwrap();
    let (server, _) = server.accept().await.unwrap();
    let made = (0, Direction::ToServer, Seen::Connect);
    assert_eq!(next(&mut seen).await, made);
    (client, server, relay, seen)
}

async fn next_line(connection: &mut TcpStream) -> String {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        line.push(connection.read_u8().await.unwrap());
    }
    String::from_utf8(line).unwrap()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The last number in a line, or the last two as FTP writes a port.
fn port_in(line: &str) -> u16 {
    let numbers: Vec<u16> = line
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    match *numbers.as_slice() {
        [.., high, low] if line.contains(',') => high * 256 + low,
        [.., port] => port,
        [] => panic!("no port in {line:?}"),
    }
}

#[tokio::test]
async fn the_ftp_relay_follows_every_way_to_announce_a_data_connection() {
    in_time(async {
        for (pattern, to_server) in [
            ("227 Entering Passive Mode (127,0,0,1,HIGH,LOW)\r\n", false),
            ("227 =127,0,0,1,HIGH,LOW\r\n", false),
            ("229 Entering Extended Passive Mode (|||PORT|)\r\n", false),
            ("PORT 127,0,0,1,HIGH,LOW\r\n", true),
            ("port 127,0,0,1,HIGH,LOW\r\n", true),
            ("EPRT |1|127.0.0.1|PORT|\r\n", true),
        ] {
            let (mut client, mut server, _relay, mut seen) = ftp_session().await;
            let announced = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = announced.local_addr().unwrap().port();
            let line = pattern
                .replace("HIGH", &(port >> 8).to_string())
                .replace("LOW", &(port & 0xff).to_string())
                .replace("|PORT|", &format!("|{port}|"));
            let (sender, receiver, direction) = if to_server {
                (&mut client, &mut server, Direction::ToServer)
            } else {
                (&mut server, &mut client, Direction::ToClient)
            };
            // In two pieces: a line is not a read.
            let (one, two) = line.as_bytes().split_at(9);
            sender.write_all(one).await.unwrap();
            sender.flush().await.unwrap();
            sender.write_all(two).await.unwrap();
            let passed_on = next_line(receiver).await;
            let read = (0, direction, Seen::Read(hex(&line)));
            assert_eq!(next(&mut seen).await, read, "{line}");
            let relayed = port_in(&passed_on);
            assert_ne!(relayed, port, "{passed_on}");
            let same = passed_on.replace(char::is_numeric, "");
            assert_eq!(same, line.replace(char::is_numeric, ""), "{passed_on}");

            let mut opener = TcpStream::connect(("127.0.0.1", relayed)).await.unwrap();
            let (mut target, _) = announced.accept().await.unwrap();
            // The data connection is opened against the direction of the line that announced it.
            let back = if to_server {
                Direction::ToClient
            } else {
                Direction::ToServer
            };
            assert_eq!(next(&mut seen).await, (1, back, Seen::DataConnect));
            opener.write_all(b"data").await.unwrap();
            drop(opener);
            let mut data = Vec::new();
            target.read_to_end(&mut data).await.unwrap();
            assert_eq!(data, b"data");
            let read = (1, back, Seen::Read(hex("data")));
            assert_eq!(next(&mut seen).await, read, "{line}");
            assert_eq!(next(&mut seen).await, (1, back, Seen::End), "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_ftp_relay_leaves_other_lines_as_they_are() {
    in_time(async {
        let (mut client, mut server, _relay, mut seen) = ftp_session().await;
        let long = format!("{}\r\n", "x".repeat(20_000));
        for line in [
            "RETR 227 (127,0,0,1,4,5)\r\n",
            // Another machine's port: the relay goes nowhere else.
            "EPRT |1|192.0.2.1|5000|\r\n",
            "PORT 192,0,2,1,20,0\r\n",
            "PORT 1,2,3\r\n",
            "PORT 127,0,0,1,256,0\r\n",
            "EPRT |1|127.0.0.1|99999|\r\n",
            "\r\n",
            &long,
        ] {
            client.write_all(line.as_bytes()).await.unwrap();
            assert_eq!(next_line(&mut server).await, line);
        }
        drop(client);
        let mut rest = Vec::new();
        server.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"");
        drop(server);
        while let Some(event) = seen.recv().await {
            if let What::Wire { seen, .. } = event.what {
                assert_ne!(seen, Seen::DataConnect);
                if seen == Seen::End {
                    break;
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_ftp_relay_sees_nothing_but_lengths_after_tls_has_begun() {
    in_time(async {
        let (mut client, mut server, _relay, mut seen) = ftp_session().await;
        server.write_all(b"234 go on\r\n").await.unwrap();
        assert_eq!(next_line(&mut client).await, "234 go on\r\n");
        next(&mut seen).await;
        // No line end is in it, and yet it must pass at once.
        client.write_all(b"\x16\x03\x01").await.unwrap();
        let mut hello = [0; 3];
        server.read_exact(&mut hello).await.unwrap();
        assert_eq!(&hello, b"\x16\x03\x01");
        let encrypted = (0, Direction::ToServer, Seen::Encrypted(3));
        assert_eq!(next(&mut seen).await, encrypted);
        server.write_all(b"227 (127,0,0,1,4,5)\r\n").await.unwrap();
        assert_eq!(next_line(&mut client).await, "227 (127,0,0,1,4,5)\r\n");
    })
    .await;
}

/// A lab that runs `program` in the shell.
#[cfg(unix)]
fn lab_of_a_script(folder: &Path, script: &str, ready: bool) -> (labs::Lab, labs::Programs) {
    use std::os::unix::fs::PermissionsExt;
    let file = folder.join("program");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(folder.join("book")).unwrap();
    let ready = if ready {
        "ready = \"listening on \"\n"
    } else {
        ""
    };
    fs::write(
        folder.join("book/labs.toml"),
        format!(
            "[[lab]]\nname = \"a\"\ntitle = \"A\"\n[[lab.program]]\nexample = \"program\"\n{ready}"
        ),
    )
    .unwrap();
    let lab = labs::list(folder).unwrap().remove(0);
    (lab, [("program".into(), file)].into())
}

#[cfg(unix)]
#[tokio::test]
async fn the_relay_stands_before_the_address_that_a_lab_names() {
    in_time(async {
        let folder = tempfile::tempdir().unwrap();
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let behind = other.local_addr().unwrap();
        let script = format!(
            "if [ $# = 1 ]; then echo \"client of $1\"; else \
             echo listening on 127.0.0.1:1; echo other on {behind}; exec sleep 60; fi"
        );
        let (mut lab, built) = lab_of_a_script(folder.path(), &script, true);
        lab.watch = Some(Protocol::Tcp);
        lab.programs.push(labs::Program {
            example: "program".into(),
            args: vec!["{server}".into()],
            ..Default::default()
        });
        for (words, expected) in [
            ("other on ", true),
            ("listening on ", true),
            ("listening ", false),
        ] {
            lab.watch_at = Some(words.into());
            let mut watched = None;
            let (watcher, mut seen) = mpsc::channel(64);
            let ran = lab.run(&built, None, watcher);
            // While the run lasts, its client's line tells where the relay is.
            let look = async {
                while let Some(event) = seen.recv().await {
                    let What::Printed { line, .. } = event.what else {
                        continue;
                    };
                    if let Some(address) = line.strip_prefix("client of ") {
                        let connection = TcpStream::connect(address).await.unwrap();
                        if words == "other on " {
                            other.accept().await.unwrap();
                        }
                        watched = Some(connection);
                    }
                }
            };
            let (ran, ()) = tokio::join!(ran, look);
            assert_eq!(ran.is_ok(), expected, "{words}: {ran:?}");
            assert_eq!(watched.is_some(), expected, "{words}: {watched:?}");
        }
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_prints_without_end_is_ended() {
    in_time(async {
        let folder = tempfile::tempdir().unwrap();
        let (lab, built) = lab_of_a_script(folder.path(), "while :; do echo more; done", false);
        let error = lab.record(&built).await.expect_err("an endless run");
        assert!(format!("{error:#}").contains("more than"), "{error:#}");
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_ends_before_it_listens_is_told() {
    in_time(async {
        let folder = tempfile::tempdir().unwrap();
        let (lab, built) = lab_of_a_script(folder.path(), "echo no >&2; exit 1", true);
        let error = lab.record(&built).await.expect_err("no server");
        assert!(
            format!("{error:#}").contains("did not say that it is ready"),
            "{error:#}"
        );
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_is_pressed_at_the_first_server_and_its_last_words_are_reported() {
    in_time(async {
        let folder = tempfile::tempdir().unwrap();
        let script = "if [ $# = 1 ]; then echo now; exec sleep 1; fi\n\
                      trap 'echo bye; exit 0' INT\n\
                      echo listening on 127.0.0.1:1; while :; do sleep 0.05; done";
        let (mut lab, built) = lab_of_a_script(folder.path(), script, true);
        lab.programs.push(labs::Program {
            example: "program".into(),
            args: vec!["client".into()],
            after: Some("listening on ".into()),
            ctrl_c: Some("now".into()),
            ..Default::default()
        });
        let run = lab.record(&built).await.unwrap();
        let said = run.events.iter().filter_map(|event| match &event.what {
            What::Printed { program, line, .. } => Some((*program, line.as_str())),
            _ => None,
        });
        let said: Vec<_> = said.collect();
        let expected = [
            (0, "listening on 127.0.0.1:1"),
            (1, "now"),
            (0, "^C"),
            (0, "bye"),
        ];
        assert_eq!(said, expected);
        // What no server prints is waited for no longer than for a server.
        lab.programs[1].after = Some("goodbye".into());
        let error = lab.record(&built).await.expect_err("nobody says that");
        assert!(
            format!("{error:#}").contains("no server printed"),
            "{error:#}"
        );
    })
    .await;
}
