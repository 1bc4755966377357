//! Runs the four examples of Part II as processes, and judges what they print, send and survive.
//!
//! Most tests play the other side with sockets of their own. The last ones, which `cargo test`
//! ignores, bring peers that nobody here wrote: Python and `nc`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use assert_cmd::assert::Assert;
use common::{DEADLINE, closed_port, fails, program, run, succeeds};
use predicates::str::starts_with;
use running::Running;
use std::{
    ffi::OsStr,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket},
    process::Command,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

const UDP_SERVER: &str = "udp_server_01";
const UDP_CLIENT: &str = "udp_client_02";
const TCP_SERVER: &str = "tcp_server_03";
const TCP_CLIENT: &str = "tcp_client_04";
const PAIRS: [(&str, &str); 2] = [(UDP_SERVER, UDP_CLIENT), (TCP_SERVER, TCP_CLIENT)];

/// Port 0: the system chooses a free port for each socket, so no two tests share one.
const FREE: &str = "127.0.0.1:0";

/// What the clients are told to send, and what they must send then.
const MESSAGES: [(&[&str], &str); 3] = [(&[], "你好, network 👋"), (&["早!"], "早!"), (&[""], "")];
/// Not UTF-8; and printed as it is, it would clear the terminal's screen.
const HOSTILE: &[u8] = b"\xff\xc3a\x1b[2J\r\n\0\"";
const HOSTILE_SHOWN: &str = r#""��a\u{1b}[2J\r\n\0\"""#;

// ---- All four ----

#[test]
fn the_first_lessons_need_no_crate_but_their_own() {
    let tree = assert_cmd::Command::new(env!("CARGO"))
        .args(["tree", "--package", "sockets", "--edges", "all"])
        .args(["--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .timeout(DEADLINE)
        .output()
        .unwrap();
    let tree = String::from_utf8_lossy(&tree.stdout);
    let crates: Vec<&str> = tree.lines().collect();
    assert!(
        crates.len() == 1 && crates[0].starts_with("sockets "),
        "the first lesson is to be compiled in a second or two, and now needs {crates:?}"
    );
}

#[test]
fn each_client_understands_its_server() {
    for (server, client) in PAIRS {
        let mut server = Running::server(server, FREE);
        let address = server.address.to_string();
        for (message, characters, bytes, shown) in [
            (&[][..], 13, 20, "\"你好, network 👋\""),
            (&["good\nday"], 8, 8, "\"good\\nday\""),
            (&[""], 0, 0, "\"\""),
        ] {
            let printed = format!(
                "sent {characters} characters as {bytes} bytes: {shown}\n\
                 {address} replied: \"received {bytes} bytes\"\n"
            );
            succeeds(run(client, [&[&address[..]], message].concat()), &printed);
            server.expect(&format!(" sent {bytes} bytes: {shown}"));
        }
    }
}

#[test]
fn both_pairs_work_over_ipv6() {
    if UdpSocket::bind("[::1]:0").is_err() {
        return skip("this machine has no ::1");
    }
    for (server, client) in PAIRS {
        let mut server = Running::server(server, "[::1]:0");
        let address = server.address.to_string();
        let printed = format!("\n{address} replied: \"received 5 bytes\"\n");
        succeeds(run(client, [&address, "hello"]), &printed);
        server.expect(" sent 5 bytes: \"hello\"");
    }
}

#[test]
fn a_bad_address_gives_one_line_and_exit_code_1() {
    for example in [UDP_SERVER, UDP_CLIENT, TCP_SERVER, TCP_CLIENT] {
        for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", "", "\x1b[2J\n"] {
            let says = format!("{address:?} is not an address: write IP:PORT");
            fails(run(example, [address]).stdout(""), example, &says);
        }
    }
}

#[test]
fn a_server_names_the_address_that_another_program_has() {
    let socket = UdpSocket::bind(FREE).unwrap();
    let listener = TcpListener::bind(FREE).unwrap();
    for (server, address) in [
        (UDP_SERVER, socket.local_addr().unwrap()),
        (TCP_SERVER, listener.local_addr().unwrap()),
    ] {
        let says = format!("another program has {address}");
        fails(run(server, [address.to_string()]), server, &says);
    }
}

#[test]
fn a_message_without_its_quotes_is_not_sent_in_part() {
    for (_, client) in PAIRS {
        let ended = run(client, ["127.0.0.1:1", "hello", "world"]);
        fails(ended, client, "put the message into quotes");
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_no_panic() {
    let broken: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff\xfe");
    for (server, client) in PAIRS {
        fails(run(server, [broken]), server, "is not an address");
        fails(run(client, [broken]), client, "is not an address");
        let server = Running::server(server, FREE);
        let address = server.address.to_string();
        let ended = run(client, [OsStr::new(&address), broken]);
        succeeds(ended, " replied: \"received 6 bytes\"\n");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_server() {
    for example in [UDP_SERVER, TCP_SERVER] {
        let server = Running::server(example, FREE);
        // A script's `cargo test &` makes every process under it ignore Ctrl-C. Linux can tell.
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id()));
        let ignored = status.ok().and_then(|status| {
            let signals = status.split_once("SigIgn:")?.1.split_whitespace().next()?;
            u64::from_str_radix(signals, 16).ok()
        });
        if ignored.is_some_and(|signals| signals & 0b10 != 0) {
            return skip("SIGINT is ignored in the process that started the tests");
        }
        server.signal("INT");
        // Its output closes when it ends.
        let end = server.lines.recv_timeout(DEADLINE);
        assert_eq!(end, Err(mpsc::RecvTimeoutError::Disconnected));
    }
}

#[cfg(unix)]
#[test]
fn a_pause_by_ctrl_z_ends_no_conversation() {
    let mut server = Running::server(TCP_SERVER, FREE);
    let mut connection = connect(server.address);
    server.expect(&format!("{} connected", local(&connection)));
    server.pause();
    // Were it lost, writing or reading could fail: what the server prints says more.
    let _ = connection.write_all(b"still there?");
    let _ = connection.shutdown(Shutdown::Write);
    server.expect(" sent 12 bytes: \"still there?\"");

    let socket = udp_socket();
    let address = socket.local_addr().unwrap().to_string();
    let mut client = Running::start(Command::new(program(UDP_CLIENT)).arg(address), "");
    let (_, from) = receive_from(&socket);
    client.pause();
    socket.send_to(b"welcome back", from).unwrap();
    client.expect(" replied: \"welcome back\"");

    let listener = TcpListener::bind(FREE).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut client = Running::start(Command::new(program(TCP_CLIENT)).arg(address), "");
    let mut connection = accept(&listener);
    read_to_end(&mut connection);
    client.pause();
    let _ = connection.write_all(b"welcome back");
    drop(connection);
    client.expect(" replied: \"welcome back\"");
}

// ---- udp_server_01 ----

#[test]
fn udp_server_counts_prints_and_answers_whatever_comes() {
    let mut server = Running::server(UDP_SERVER, FREE);
    ask_udp(&mut server, b"hello", "\"hello\"");
    ask_udp(&mut server, "你好 👋".as_bytes(), "\"你好 👋\"");
    ask_udp(&mut server, b"", "\"\"");
    ask_udp(&mut server, HOSTILE, HOSTILE_SHOWN);
    ask_udp(&mut server, b"hi", "\"hi\"");
}

// macOS sends no datagram above 9,216 bytes unless its settings are changed.
#[cfg(target_os = "linux")]
#[test]
fn udp_server_takes_the_longest_datagram_whole() {
    let mut server = Running::server(UDP_SERVER, FREE);
    let shown = format!("\"{}\"", "x".repeat(65_507));
    ask_udp(&mut server, &[b'x'; 65_507], &shown);
    ask_udp(&mut server, b"short", "\"short\"");
}

#[test]
fn udp_server_survives_clients_that_are_gone_before_the_reply() {
    let mut server = Running::server(UDP_SERVER, FREE);
    for _ in 0..10 {
        let client = udp_socket();
        let from = client.local_addr().unwrap();
        client.send_to(b"bye", server.address).unwrap();
        drop(client);
        server.expect(&format!("{from} sent 3 bytes: \"bye\""));
    }
    ask_udp(&mut server, b"still there?", "\"still there?\"");
}

#[test]
fn udp_server_gives_each_of_two_clients_its_own_reply() {
    let server = Running::server(UDP_SERVER, FREE);
    let [one, two] = [udp_socket(), udp_socket()];
    for (client, message) in [(&one, "a"), (&two, "bb"), (&one, "ccc"), (&two, "dddd")] {
        client.send_to(message.as_bytes(), server.address).unwrap();
    }
    for (client, count) in [(&two, 2), (&one, 1), (&one, 3), (&two, 4)] {
        let expected = format!("received {count} bytes").into_bytes();
        assert_eq!(receive_from(client), (expected, server.address));
    }
}

// ---- udp_client_02 ----

#[test]
fn udp_client_sends_exactly_the_bytes_of_its_message() {
    for (arguments, message) in MESSAGES {
        let ended = against_udp(arguments, |socket| {
            let (datagram, client) = receive_from(socket);
            assert_eq!(datagram, message.as_bytes());
            socket.send_to("收到了".as_bytes(), client).unwrap();
        });
        succeeds(ended, " replied: \"收到了\"\n");
    }
}

#[test]
fn udp_client_survives_a_hostile_and_an_empty_reply() {
    for (reply, shown) in [(HOSTILE, HOSTILE_SHOWN), (b"", "\"\"")] {
        let ended = against_udp(&["hello"], |socket| {
            let (_, client) = receive_from(socket);
            socket.send_to(reply, client).unwrap();
        });
        succeeds(ended, &format!(" replied: {shown}\n"));
    }
}

#[test]
fn udp_client_takes_no_reply_from_a_stranger() {
    let ended = against_udp(&["hello"], |socket| {
        let (_, client) = receive_from(socket);
        udp_socket().send_to(b"from a stranger", client).unwrap();
        socket.send_to(b"from the server", client).unwrap();
    });
    succeeds(ended, " replied: \"from the server\"\n");
}

#[test]
fn udp_client_gives_up_after_2_s_when_nobody_answers() {
    gives_up_after_2_s(UDP_CLIENT, || against_udp(&["hello"], |_silent| {}));
}

#[test]
fn udp_client_says_what_to_do_when_the_port_is_closed() {
    let held = udp_socket();
    let closed = held.local_addr().unwrap();
    if cfg!(windows) {
        // There, only a port that nobody has is reported as closed. Somebody could be given it meanwhile.
        drop(held);
    } else {
        // Connected to itself, it hears nobody else; and while it is held, nobody else is given its port.
        held.connect(closed).unwrap();
    }
    let ended = run(UDP_CLIENT, [closed.to_string()]);
    fails(ended, UDP_CLIENT, "start udp_server_01");
}

// ---- tcp_server_03 ----

// Tests start in the order of their names. This one takes 11 s, and the others run beside it.
#[test]
fn a_silent_tcp_client_and_a_slow_one_are_given_up_after_10_s() {
    let judge = |slow: bool| {
        let mut server = Running::server(TCP_SERVER, FREE);
        let start = Instant::now();
        let mut idler = connect(server.address);
        let from = local(&idler);
        server.expect(&format!("{from} connected"));
        let mut next = connect(server.address);
        next.write_all(b"next").unwrap();
        next.shutdown(Shutdown::Write).unwrap();
        // The next client asks every second whether its reply is there; meanwhile a slow one sends a byte.
        next.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let mut reply = [0; 64];
        let served = (0..DEADLINE.as_secs()).find_map(|_| {
            if slow {
                let _ = idler.write_all(b".");
            }
            uninterrupted(|| next.read(&mut reply)).ok()
        });
        let reply = served.map(|length| &reply[..length]);
        let expected = Some(&b"received 4 bytes"[..]);
        assert_eq!(reply, expected, "to the client behind; slow: {slow}");
        let took = start.elapsed().as_secs_f32();
        assert!((9.5..15.0).contains(&took), "given up after {took} s");
        let lost = format!("{TCP_SERVER}: lost {from}: its message takes too long");
        server.expect(&lost);
    };
    thread::scope(|scope| {
        scope.spawn(|| judge(false));
        scope.spawn(|| judge(true));
    });
}

#[test]
fn tcp_server_counts_prints_and_answers_whatever_comes_in_many_pieces() {
    let mut server = Running::server(TCP_SERVER, FREE);
    ask_tcp(&mut server, b"hello", "\"hello\"");
    ask_tcp(&mut server, "你好 👋".as_bytes(), "\"你好 👋\"");
    ask_tcp(&mut server, b"", "\"\"");
    ask_tcp(&mut server, HOSTILE, HOSTILE_SHOWN);
    ask_tcp(&mut server, b"hi", "\"hi\"");
}

#[test]
fn tcp_server_survives_clients_that_vanish() {
    let mut server = Running::server(TCP_SERVER, FREE);
    for message in [&b""[..], b"closed at once", b"its reply is not read"] {
        let mut client = connect(server.address);
        let from = local(&client);
        client.write_all(message).unwrap();
        if message.starts_with(b"its reply") {
            client.shutdown(Shutdown::Write).unwrap();
            uninterrupted(|| client.peek(&mut [0])).unwrap();
        }
        // Where the reply is there, unread, closing resets the connection.
        drop(client);
        server.expect(&format!("{from} connected"));
    }
    ask_tcp(&mut server, b"still there?", "\"still there?\"");
}

#[test]
fn tcp_server_takes_65_536_bytes_and_cuts_off_who_sends_more() {
    let mut server = Running::server(TCP_SERVER, FREE);
    let shown = format!("\"{}\"", "x".repeat(65_536));
    ask_tcp(&mut server, &[b'x'; 65_536], &shown);
    for too_long in [65_537, 10_000_000] {
        let mut client = connect(server.address);
        let from = local(&client);
        // Writing may fail, and reading too: the server closes with bytes unread, and that resets.
        let _ = client.write_all(&vec![b'x'; too_long]);
        let mut reply = Vec::new();
        let _ = client.read_to_end(&mut reply);
        assert_eq!(reply, b"", "who is cut off gets no reply");
        let lost = format!("{TCP_SERVER}: lost {from}: its message is too long");
        server.expect(&lost);
    }
    ask_tcp(&mut server, b"next", "\"next\"");
}

#[test]
fn tcp_server_serves_a_second_client_after_the_first() {
    let mut server = Running::server(TCP_SERVER, FREE);
    let mut first = connect(server.address);
    server.expect(&format!("{} connected", local(&first)));
    let mut second = connect(server.address);
    second.write_all(b"second").unwrap();
    second.shutdown(Shutdown::Write).unwrap();
    first.write_all(b"first").unwrap();
    first.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_to_end(&mut first), b"received 5 bytes");
    assert_eq!(read_to_end(&mut second), b"received 6 bytes");
}

// ---- tcp_client_04 ----

#[test]
fn tcp_client_sends_exactly_its_message_and_closes_only_its_sending_side() {
    for (arguments, message) in MESSAGES {
        let ended = against_tcp(arguments, |mut connection| {
            assert_eq!(read_to_end(&mut connection), message.as_bytes());
            connection.write_all("收到了".as_bytes()).unwrap();
        });
        let ended = ended.stdout(starts_with("connected to 127.0.0.1:"));
        succeeds(ended, " replied: \"收到了\"\n");
    }
}

#[test]
fn tcp_client_takes_a_reply_in_many_pieces_and_survives_a_hostile_one() {
    for (reply, shown) in [
        ("好的 👋".as_bytes(), "\"好的 👋\""),
        (HOSTILE, HOSTILE_SHOWN),
    ] {
        let ended = against_tcp(&["hello"], |mut connection| {
            read_to_end(&mut connection);
            write_in_pieces(&mut connection, reply);
        });
        succeeds(ended, &format!(" replied: {shown}\n"));
    }
}

#[test]
fn tcp_client_gives_up_after_2_s_when_the_server_never_replies() {
    gives_up_after_2_s(TCP_CLIENT, || {
        against_tcp(&["hello"], |connection| connection)
    });
}

#[test]
fn tcp_client_gives_up_after_2_s_when_the_reply_never_ends() {
    let drip = |mut connection: TcpStream| {
        (0..100).all(|_| {
            thread::sleep(Duration::from_millis(100));
            connection.write_all(b".").is_ok()
        })
    };
    gives_up_after_2_s(TCP_CLIENT, || against_tcp(&["hello"], drip));
}

#[test]
fn tcp_client_takes_a_reply_of_65_536_bytes_and_none_longer() {
    for (length, taken) in [(65_536, true), (65_537, false), (10_000_000, false)] {
        let ended = against_tcp(&["hello"], |mut connection| {
            read_to_end(&mut connection);
            // This fails when the client has had enough.
            let _ = connection.write_all(&vec![b'x'; length]);
        });
        if taken {
            succeeds(ended, &format!(" replied: \"{}\"\n", "x".repeat(length)));
        } else {
            fails(ended, TCP_CLIENT, "too long");
        }
    }
}

#[test]
fn tcp_client_says_so_when_the_server_closes_or_resets() {
    let closed = against_tcp(&["hello"], |mut connection| {
        read_to_end(&mut connection);
    });
    fails(closed, TCP_CLIENT, "closed the connection without a reply");
    let reset = against_tcp(&["hello"], |connection| {
        // Closing with the message unread resets the connection.
        uninterrupted(|| connection.peek(&mut [0])).unwrap();
    });
    fails(reset, TCP_CLIENT, "cut the connection");
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Windows asks a closed port again for 2 s, which is all of the client's patience"
)]
fn tcp_client_says_what_to_do_when_nobody_listens() {
    let (_held, closed) = closed_port();
    let ended = run(TCP_CLIENT, [closed.to_string()]);
    fails(ended, TCP_CLIENT, "start tcp_server_03");
}

// ---- Peers that nobody here wrote ----

const PYTHON_CLIENT: &str = "
import socket, sys
tcp = sys.argv[1] == 'tcp'
s = socket.socket(type=socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
s.settimeout(10)
s.connect(('127.0.0.1', int(sys.argv[2])))
s.sendall('from Python 🐍'.encode())
if tcp: s.shutdown(socket.SHUT_WR)
print(s.recv(65535).decode(), end='')
";

const PYTHON_SERVER: &str = "
import socket, sys
tcp = sys.argv[1] == 'tcp'
s = socket.socket(type=socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
s.settimeout(10)
s.bind(('127.0.0.1', 0))
if tcp: s.listen()
print('listening on %s:%d' % s.getsockname(), flush=True)
if tcp:
    connection, client = s.accept()
    connection.settimeout(10)
    message = b''.join(iter(lambda: connection.recv(4), b''))
    connection.sendall(b'Python got ' + message)
else:
    message, client = s.recvfrom(65535)
    s.sendto(b'Python got ' + message, client)
";

/// Resets connections in the middle of a message: `SO_LINGER` with zero seconds does that.
const PYTHON_RESET: &str = "
import socket, struct, sys
for _ in range(5):
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10)
    s.sendall(b'half a mess')
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()
";

#[test]
#[ignore = "needs Python 3"]
fn pythons_sockets_understand_the_servers() {
    for (kind, server) in [("udp", UDP_SERVER), ("tcp", TCP_SERVER)] {
        let mut server = Running::server(server, FREE);
        let port = server.address.port().to_string();
        let ended = run_peer("python3", &["-c", PYTHON_CLIENT, kind, &port], "");
        succeeds(ended, "received 16 bytes");
        server.expect(" sent 16 bytes: \"from Python 🐍\"");
    }
}

#[test]
#[ignore = "needs Python 3"]
fn pythons_sockets_understand_the_clients() {
    for (kind, client) in [("udp", UDP_CLIENT), ("tcp", TCP_CLIENT)] {
        let mut python = Command::new("python3");
        let server = Running::start(python.args(["-c", PYTHON_SERVER, kind]), "").listening();
        let ended = run(client, [server.address.to_string()]);
        succeeds(ended, " replied: \"Python got 你好, network 👋\"\n");
    }
}

#[test]
#[ignore = "needs Python 3"]
fn tcp_server_survives_a_reset_in_the_middle_of_a_message() {
    let mut server = Running::server(TCP_SERVER, FREE);
    let port = server.address.port().to_string();
    succeeds(run_peer("python3", &["-c", PYTHON_RESET, &port], ""), "");
    ask_tcp(&mut server, b"still there?", "\"still there?\"");
}

#[test]
#[ignore = "needs nc, Debian's netcat-openbsd"]
fn nc_understands_the_servers() {
    // -w1: UDP has no end, so nc stops after a second of silence. -N: when its input ends, close our side.
    for (options, server) in [("-uw1", UDP_SERVER), ("-N", TCP_SERVER)] {
        let mut server = Running::server(server, FREE);
        let port = server.address.port().to_string();
        let ended = run_peer("nc", &[options, "127.0.0.1", &port], "from nc\n");
        succeeds(ended, "received 8 bytes");
        server.expect(" sent 8 bytes: \"from nc\\n\"");
    }
}

#[test]
#[ignore = "needs nc, Debian's netcat-openbsd"]
fn nc_understands_the_clients() {
    for (options, client) in [("-lnvu", UDP_CLIENT), ("-lnvN", TCP_CLIENT)] {
        let mut nc = Command::new("nc");
        let nc = nc.args([options, "127.0.0.1", "0"]);
        let mut server = Running::start(nc, "nc replies").listening();
        let ended = run(client, [&server.address.to_string(), "hello\n"]);
        succeeds(ended, " replied: \"nc replies\"\n");
        server.expect("hello");
    }
}

fn run_peer(program: &str, arguments: &[&str], input: &str) -> Assert {
    let mut command = assert_cmd::Command::new(program);
    let command = command.args(arguments).write_stdin(input);
    command.timeout(DEADLINE).assert()
}

// ---- Programs ----

fn gives_up_after_2_s(client: &str, conversation: impl FnOnce() -> Assert) {
    program(client); // builds it, which may take longer
    let start = Instant::now();
    let ended = conversation();
    let took = start.elapsed().as_secs_f32();
    fails(ended, client, "within 2 s: is ");
    assert!((1.9..4.0).contains(&took), "gave up after {took} s");
}

/// Says on the terminal, past the test harness, that a test judged nothing here.
fn skip(why: &str) {
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

// ---- The test's own sockets, all with deadlines ----

fn udp_socket() -> UdpSocket {
    let socket = UdpSocket::bind(FREE).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

/// Asks again where a read with a time limit was interrupted. On Linux, a pause of the whole machine is enough for that.
fn uninterrupted<T>(mut ask: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match ask() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

fn receive_from(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 65_535];
    let received = uninterrupted(|| socket.recv_from(&mut buffer));
    let (length, sender) = received.expect("no datagram came");
    buffer.truncate(length);
    (buffer, sender)
}

/// Sends one datagram, and holds the server to its reply and to what it prints.
fn ask_udp(server: &mut Running, message: &[u8], shown: &str) {
    let client = udp_socket();
    client.send_to(message, server.address).unwrap();
    let reply = format!("received {} bytes", message.len()).into_bytes();
    assert_eq!(receive_from(&client), (reply, server.address), "to {shown}");
    let from = client.local_addr().unwrap();
    server.expect(&format!("{from} sent {} bytes: {shown}", message.len()));
}

fn against_udp(message: &[&str], play: impl FnOnce(&UdpSocket) + Send) -> Assert {
    let socket = udp_socket();
    let server = socket.local_addr().unwrap();
    against(UDP_CLIENT, server, message, || play(&socket))
}

fn with_deadlines(connection: TcpStream) -> TcpStream {
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    connection.set_write_timeout(Some(DEADLINE)).unwrap();
    connection.set_nodelay(true).unwrap();
    connection
}

fn connect(server: SocketAddr) -> TcpStream {
    with_deadlines(TcpStream::connect_timeout(&server, DEADLINE).unwrap())
}

fn local(connection: &TcpStream) -> SocketAddr {
    connection.local_addr().unwrap()
}

/// The next connection. The standard library's `accept` knows no deadline, so this one asks again and again.
fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let deadline = Instant::now() + DEADLINE;
    loop {
        match listener.accept() {
            Ok((connection, _)) => {
                connection.set_nonblocking(false).unwrap();
                return with_deadlines(connection);
            }
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
        assert!(Instant::now() < deadline, "no client connected");
        thread::sleep(Duration::from_millis(5));
    }
}

fn read_to_end(connection: &mut TcpStream) -> Vec<u8> {
    let mut message = Vec::new();
    connection.read_to_end(&mut message).unwrap();
    message
}

/// Writes up to 20 pieces, with pauses so that the reader gets each by itself.
fn write_in_pieces(connection: &mut TcpStream, message: &[u8]) {
    for piece in message.chunks(message.len().div_ceil(20).max(1)) {
        connection.write_all(piece).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
}

/// Sends one message in pieces, and holds the server to its reply and to what it prints.
fn ask_tcp(server: &mut Running, message: &[u8], shown: &str) {
    let mut client = connect(server.address);
    let from = local(&client);
    write_in_pieces(&mut client, message);
    client.shutdown(Shutdown::Write).unwrap();
    let reply = format!("received {} bytes", message.len()).into_bytes();
    assert_eq!(read_to_end(&mut client), reply, "to {shown}");
    server.expect(&format!("{from} sent {} bytes: {shown}", message.len()));
}

fn against_tcp<T: Send>(message: &[&str], play: impl FnOnce(TcpStream) -> T + Send) -> Assert {
    let listener = TcpListener::bind(FREE).unwrap();
    let server = listener.local_addr().unwrap();
    against(TCP_CLIENT, server, message, || play(accept(&listener)))
}

/// Runs a client while the test plays its server. What `play` returns is kept until the client's end.
fn against<T: Send>(
    client: &str,
    server: SocketAddr,
    message: &[&str],
    play: impl FnOnce() -> T + Send,
) -> Assert {
    thread::scope(|scope| {
        let played = scope.spawn(play);
        let ended = run(client, [&[&server.to_string()[..]], message].concat());
        match played.join() {
            Ok(_kept) => ended,
            Err(_) => panic!("the server's side failed (see above) against this:\n{ended}"),
        }
    })
}
