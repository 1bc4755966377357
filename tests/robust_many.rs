//! Runs the servers of Part III that serve many clients at once, with clients that are slow, silent, rude or many.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use common::{DEADLINE, closed_port, fails, program, run, succeeds};
use running::Running;
use socket2::{Domain, Socket, Type};
use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

const SEQUENTIAL: &str = "tcp_server_03";
const THREADS: &str = "tcp_threads_13";
const TOKIO: &str = "tcp_tokio_14";
const CHAT_SERVER: &str = "chat_server_15";
const CHAT_CLIENT: &str = "chat_client_16";
const PRODUCTION: &str = "production_server_17";

/// Port 0: the system chooses a free port for each socket, so no two tests share one.
const FREE: &str = "127.0.0.1:0";

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// What the server sends until it ends the connection, in peace or not.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => bytes.extend(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a message, ends the sending, and takes the reply.
fn ask(address: SocketAddr, message: &[u8]) -> String {
    let mut stream = connect(address);
    // A server that refuses may have hung up before all of it has gone.
    let _ = stream.write_all(message);
    let _ = stream.shutdown(Shutdown::Write);
    rest(&mut stream)
}

// ---- A silent client ----

#[test]
fn a_silent_client_holds_up_the_next_one_only_where_clients_are_served_in_turn() {
    for (example, waits) in [(SEQUENTIAL, true), (THREADS, false), (TOKIO, false)] {
        let mut server = Running::server(example, FREE);
        let mut silent = connect(server.address);
        server.expect(" connected");
        let start = Instant::now();
        let address = server.address;
        let second = thread::spawn(move || ask(address, b"me first"));
        if waits {
            thread::sleep(Duration::from_millis(500));
            assert!(
                !second.is_finished(),
                "{example} has served the second client"
            );
        }
        // The first one says something at last.
        if waits {
            silent.write_all(b"now").unwrap();
            silent.shutdown(Shutdown::Write).unwrap();
            assert_eq!(rest(&mut silent), "received 3 bytes");
        }
        assert_eq!(second.join().unwrap(), "received 8 bytes", "{example}");
        if !waits {
            assert!(
                start.elapsed() < Duration::from_secs(8),
                "{example} was slow"
            );
            silent.write_all(b"now").unwrap();
            silent.shutdown(Shutdown::Write).unwrap();
            assert_eq!(rest(&mut silent), "received 3 bytes", "{example}");
        }
    }
}

#[test]
fn many_clients_are_served_at_once_and_each_gets_its_own_reply() {
    for example in [THREADS, TOKIO] {
        let server = Running::server(example, FREE);
        let mut clients: Vec<TcpStream> = (0..150).map(|_| connect(server.address)).collect();
        // The last one first: none has to wait for another.
        for (number, client) in clients.iter_mut().enumerate().rev() {
            client.write_all(&vec![b'x'; number]).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            assert_eq!(
                rest(client),
                format!("received {number} bytes"),
                "{example}"
            );
        }
    }
}

#[test]
fn whoever_finds_no_place_is_sent_away_and_places_become_free_again() {
    for (example, places) in [(THREADS, 200), (TOKIO, 800)] {
        let mut server = Running::server(example, FREE);
        // Some systems let a process have few files open, a test too.
        let places = if places > 500 && open_files() < 2_000 {
            continue;
        } else {
            places
        };
        let here: Vec<TcpStream> = (0..places).map(|_| connect(server.address)).collect();
        let more = ask(server.address, b"is there a place?");
        assert_eq!(more, "", "{example}");
        server.wait_for("no place", |line| line.contains(": no place for"));
        drop(here);
        let start = Instant::now();
        while ask(server.address, b"now?") != "received 4 bytes" {
            assert!(start.elapsed() < DEADLINE, "{example} has no place again");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// How many files this process may have open.
fn open_files() -> usize {
    let limit = Command::new("sh").args(["-c", "ulimit -n"]).output();
    let said = limit.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match said.as_deref() {
        Ok("unlimited") => usize::MAX,
        Ok(number) => number.parse().unwrap_or(256),
        Err(_) => 256,
    }
}

#[test]
fn a_message_without_an_end_is_cut_off() {
    for (example, problem) in [
        (THREADS, "its message is too long"),
        (TOKIO, "its message is too long"),
    ] {
        let mut server = Running::server(example, FREE);
        assert_eq!(
            ask(server.address, &vec![b'x'; 65_536]),
            "received 65536 bytes"
        );
        assert_eq!(ask(server.address, &vec![b'x'; 1_000_000]), "", "{example}");
        server.expect(problem);
        assert_eq!(
            ask(server.address, b"next"),
            "received 4 bytes",
            "{example}"
        );
    }
}

#[test]
fn a_client_that_sends_a_byte_now_and_then_is_lost_in_time() {
    for example in [THREADS, TOKIO] {
        let mut server = Running::server(example, FREE);
        let mut client = connect(server.address);
        let start = Instant::now();
        while client.write_all(b"x").is_ok() {
            assert!(start.elapsed() < DEADLINE, "{example} still listens");
            thread::sleep(Duration::from_millis(400));
        }
        assert!(
            start.elapsed() > Duration::from_secs(9),
            "{:?}",
            start.elapsed()
        );
        server.expect("its message takes too long");
    }
}

// ---- The chat ----

/// Somebody in the chat, by hand.
struct Guest {
    stream: TcpStream,
    lines: BufReader<TcpStream>,
}

impl Guest {
    fn new(address: SocketAddr, name: &str) -> Self {
        let mut stream = connect(address);
        stream.write_all(format!("{name}\n").as_bytes()).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        Guest { stream, lines }
    }

    /// Somebody who is in.
    #[track_caller]
    fn let_in(address: SocketAddr, name: &str) -> Self {
        let mut guest = Self::new(address, name);
        guest.hears(&format!("* welcome, {name}"));
        guest
    }

    fn says(&mut self, line: &str) {
        self.stream
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    #[track_caller]
    fn hears(&mut self, expected: &str) {
        assert_eq!(self.next_line(expected), expected);
    }

    /// After whatever else is said.
    #[track_caller]
    fn hears_at_last(&mut self, expected: &str) {
        while self.next_line(expected) != expected {}
    }

    #[track_caller]
    fn next_line(&mut self, expected: &str) -> String {
        let mut line = String::new();
        loop {
            match self.lines.read_line(&mut line) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(1..) => return line.trim_end().to_owned(),
                ended => panic!("{ended:?} instead of {expected:?}"),
            }
        }
    }
}

#[test]
fn what_one_says_all_others_hear() {
    let mut server = Running::server(CHAT_SERVER, FREE);
    let mut ada = Guest::let_in(server.address, "ada");
    server.expect("ada comes");
    let mut grace = Guest::let_in(server.address, "grace");
    ada.hears("* grace comes");
    let mut bob = Guest::let_in(server.address, "bob");
    ada.hears("* bob comes");
    grace.hears("* bob comes");
    bob.says("你好");
    ada.hears("bob: 你好");
    grace.hears("bob: 你好");
    // Not the speaker.
    ada.says("hello, bob");
    bob.hears("ada: hello, bob");
    drop(bob);
    grace.hears("ada: hello, bob");
    grace.hears("* bob goes");
    ada.stream.shutdown(Shutdown::Write).unwrap();
    grace.hears("* ada goes");
    server.expect("ada has said goodbye");
}

#[test]
fn one_that_does_not_read_is_sent_away_and_keeps_the_name_until_it_is_gone() {
    let mut server = Running::server(CHAT_SERVER, FREE);
    // A small window, so that what it does not read soon has no room.
    let slow = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    slow.set_recv_buffer_size(2_048).unwrap();
    slow.connect(&server.address.into()).unwrap();
    let mut slow = TcpStream::from(slow);
    slow.write_all(b"slow\n").unwrap();
    server.expect("slow comes");
    let mut ada = Guest::let_in(server.address, "ada");
    server.expect("ada comes");
    let mut talkers: Vec<Guest> = (0..30)
        .map(|number| {
            let name = format!("talker{number}");
            let guest = Guest::let_in(server.address, &name);
            ada.hears(&format!("* {name} comes"));
            guest
        })
        .collect();
    let text = "x".repeat(490);
    let start = Instant::now();
    let mut heard = 0;
    let second = 'talk: loop {
        let second = Guest::new(server.address, "slow");
        for talker in &mut talkers {
            talker.says(&text);
        }
        // Ada reads: nobody sends her away, whoever else is.
        for _ in 0..talkers.len() {
            let mut line = String::new();
            ada.lines.read_line(&mut line).unwrap();
            if line.starts_with("* slow goes") {
                break 'talk second;
            }
            // Nor does a second one come before the first has gone.
            assert!(line.ends_with(&format!("{text}\n")), "{line:?}");
            heard += 1;
        }
        // The talkers hear one another, and must read, too.
        for talker in &mut talkers {
            talker.stream.set_nonblocking(true).unwrap();
            while matches!(talker.stream.read(&mut [0; 65_536]), Ok(1..)) {}
            talker.stream.set_nonblocking(false).unwrap();
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{heard} lines, and slow is here"
        );
    };
    server.wait_for("slow goes", |line| line.starts_with("slow d"));
    // The name is free now, unless this one has it already.
    let mut second = second;
    let mut line = String::new();
    second.lines.read_line(&mut line).unwrap();
    if line == "* somebody has this name\n" {
        second = Guest::let_in(server.address, "slow");
    }
    ada.hears_at_last("* slow comes");
    ada.says("welcome back");
    second.hears_at_last("ada: welcome back");
}

#[test]
fn who_does_not_keep_to_the_rules_does_not_come_in_or_goes() {
    let mut server = Running::server(CHAT_SERVER, FREE);
    let _ada = Guest::let_in(server.address, "ada");
    server.expect("ada comes");
    let long = "x".repeat(501);
    for (bytes, reply, told) in [
        (&b""[..], "", "it did not say its name"),
        (
            b"\n",
            "* a name has letters and digits\n",
            "\"\" is no name",
        ),
        (
            b"a b\n",
            "* a name has letters and digits\n",
            "\"a b\" is no name",
        ),
        (
            b"\x1b[2J\n",
            "* a name has letters and digits\n",
            "\"\\u{1b}[2J\" is no name",
        ),
        (
            b"ada\n",
            "* somebody has this name\n",
            "somebody is ada already",
        ),
        (b"aaaaaaaaaaaaaaaaaaaaa\n", "", "its line is too long"),
        (b"cut", "", "it ended in the middle of a line"),
        (b"\xff\n", "", "its line is not UTF-8"),
        (
            b"bob\n\xff\n",
            "* welcome, bob\n",
            "bob is gone: its line is not UTF-8",
        ),
        (
            format!("bob\n{long}\n").as_bytes(),
            "* welcome, bob\n",
            "bob is gone: its line is too long",
        ),
        (
            b"bob\nhalf a",
            "* welcome, bob\n",
            "bob is gone: it ended in the middle of a line",
        ),
    ] {
        assert_eq!(ask(server.address, bytes), reply, "{told}");
        server.expect(told);
    }
}

#[test]
fn the_chat_client_says_what_it_is_told_and_hears_the_others() {
    let server = Running::server(CHAT_SERVER, FREE);
    let address = server.address.to_string();
    let mut listener = Command::new(program(CHAT_CLIENT));
    let mut listener = Running::start(listener.args([&address, "ada", "--listen"]), "");
    listener.expect(&format!("joined {address} as ada"));
    let ended = run(CHAT_CLIENT, [&address, "grace", "hello", "how are you?"]);
    succeeds(ended, &format!("joined {address} as grace\n"));
    listener.expect("* grace goes");
    assert_eq!(
        listener.seen[1..],
        [
            "* grace comes",
            "grace: hello",
            "grace: how are you?",
            "* grace goes"
        ]
    );
    let mut typing = Command::new(program(CHAT_CLIENT));
    let typed = Running::start(typing.args([&address, "bob"]), "one\ntwo\n");
    listener.expect("bob: two");
    listener.expect("* bob goes");
    drop(typed);
    drop(server);
    listener.wait_for("the end", |line| line.contains("the server has ended it"));
}

#[test]
fn the_chat_client_obeys_no_stranger_and_waits_for_nobody_for_ever() {
    let server = TcpListener::bind(FREE).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let start = |arguments: &[&str]| {
        let mut command = Command::new(program(CHAT_CLIENT));
        let client = Running::start(command.arg(&address).args(arguments), "");
        let (mut connection, _) = server.accept().unwrap();
        connection.write_all(b"* welcome, ada\n").unwrap();
        (client, connection)
    };
    let (mut client, mut connection) = start(&["ada", "--listen"]);
    connection.write_all(b"\x1b[2Jhello\xff\n").unwrap();
    client.expect("\u{fffd}[2Jhello\u{fffd}");
    connection.write_all(&vec![b'x'; 5_000]).unwrap();
    client.wait_for("its end", |line| line.contains("a line without an end"));

    let (mut client, connection) = start(&["ada", "bye"]);
    client.wait_for("its end", |line| line.contains("does not say goodbye"));
    drop(connection);

    // One that takes the name and says nothing.
    let mut command = Command::new(program(CHAT_CLIENT));
    let mut client = Running::start(command.arg(&address), "");
    let (connection, _) = server.accept().unwrap();
    client.wait_for("its end", |line| {
        line.contains("does not say that we are in")
    });
    drop(connection);

    let (_held, closed) = closed_port();
    fails(
        run(CHAT_CLIENT, [closed.to_string()]),
        CHAT_CLIENT,
        "nobody listens on",
    );
}

#[test]
fn a_chat_client_that_is_not_let_in_says_so_and_fails() {
    let server = Running::server(CHAT_SERVER, FREE);
    let address = server.address.to_string();
    let _ada = Guest::let_in(server.address, "ada");
    let long = "x".repeat(501);
    for (arguments, saying) in [
        (&["ada", "it is me"][..], "* somebody has this name"),
        (&["a b"], "* a name has letters and digits"),
        (&["aaaaaaaaaaaaaaaaaaaaa", "hello"], "has ended it"),
        (&["a\nb"], "no line feed"),
        (&["bob", &long], "a line has at most 500 bytes"),
    ] {
        let arguments = [&[address.as_str()], arguments].concat();
        fails(run(CHAT_CLIENT, arguments), CHAT_CLIENT, saying);
    }
    // What is typed is left out, and the talk goes on.
    let mut typing = Command::new(program(CHAT_CLIENT));
    let input = format!("{long}\nhello\n");
    let mut bob = Running::start(typing.args([&address, "bob"]), &input);
    bob.expect("not said: a line has at most 500 bytes");
    assert!(bob.child.wait().unwrap().success(), "{:?}", bob.seen);
}

#[test]
#[cfg(unix)]
fn a_chat_client_that_says_more_than_the_server_takes_hears_on() {
    let server = TcpListener::bind(FREE).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let talk = r#"yes "$(head -c 500 /dev/zero | tr '\0' x)" | "$0" "$1" ada"#;
    let mut command = Command::new("sh");
    let command = command.args(["-c", talk]);
    let mut talking = Running::start(command.arg(program(CHAT_CLIENT)).arg(&address), "");
    let (mut connection, _) = server.accept().unwrap();
    connection.write_all(b"* welcome, ada\n").unwrap();
    // Nothing is read here: soon all buffers are full of what it says.
    for number in 0..50 {
        let line = format!("line {number}");
        connection
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        talking.expect(&line);
        thread::sleep(Duration::from_millis(10));
    }
    drop(connection);
    talking.wait_for("its end", |line| line.contains("is over: "));
}

// ---- The server to leave alone ----

/// A client that says lines and takes an answer to each.
struct Asker(BufReader<TcpStream>);

impl Asker {
    fn new(server: &Running) -> Self {
        Asker(BufReader::new(connect(server.address)))
    }

    fn says(&mut self, line: &str) {
        let line = format!("{line}\n");
        self.0.get_mut().write_all(line.as_bytes()).unwrap();
    }

    #[track_caller]
    fn hears(&mut self) -> String {
        let mut line = String::new();
        loop {
            match self.0.read_line(&mut line) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => {
                    read.unwrap_or_else(|error| panic!("no answer: {error}"));
                    return line.trim_end().to_owned();
                }
            }
        }
    }

    #[track_caller]
    fn asks(&mut self, line: &str) -> String {
        self.says(line);
        self.hears()
    }

    /// A number of the server's own.
    #[track_caller]
    fn number(&mut self, name: &str) -> u64 {
        let metrics = self.asks("metrics");
        let mut words = metrics.split(' ').skip_while(|word| *word != name);
        words
            .nth(1)
            .and_then(|number| number.parse().ok())
            .expect(&metrics)
    }
}

fn production(most: &str) -> Running {
    let mut command = Command::new(program(PRODUCTION));
    Running::start(command.args([FREE, most]), "").listening()
}

#[test]
fn it_answers_lines_and_refuses_what_is_none() {
    let server = production("10");
    let mut client = Asker::new(&server);
    assert_eq!(client.asks("echo 你好\r"), "你好");
    assert_eq!(client.asks("work 1"), "worked 1 ms");
    for nonsense in [
        "",
        "work",
        "work 5001",
        "work -1",
        "work x",
        "\u{1b}[2J",
        "ECHO a",
    ] {
        let answer = client.asks(nonsense);
        assert!(
            answer.starts_with("error: echo TEXT, work"),
            "{nonsense:?}: {answer}"
        );
    }
    assert_eq!(client.number("answered"), 9);
    for bytes in [&b"cut"[..], &[b'x'; 1_001], &[b'x'; 100_000]] {
        assert_eq!(ask(server.address, bytes), "error: no whole line\n");
    }
    assert_eq!(client.number("accepted"), 4);
}

#[test]
fn beyond_its_limits_it_says_busy_and_goes_on() {
    let server = production("300");
    let mut first = Asker::new(&server);
    let here: Vec<Asker> = (1..300)
        .map(|_| {
            let mut client = Asker::new(&server);
            assert_eq!(client.asks("echo in"), "in");
            client
        })
        .collect();
    for _ in 0..300 {
        assert_eq!(
            rest(&mut connect(server.address)),
            "busy: come again later\n"
        );
    }
    assert_eq!((first.number("open"), first.number("refused")), (300, 300));
    drop(here);
    let start = Instant::now();
    while first.number("open") > 1 {
        assert!(start.elapsed() < DEADLINE, "connections stay");
    }
    assert_eq!(Asker::new(&server).asks("echo in"), "in");
}

#[test]
fn work_waits_in_a_short_queue_and_no_longer() {
    let server = production("100");
    // Eight work, 32 wait, and two come too late.
    let mut clients: Vec<Asker> = (0..42).map(|_| Asker::new(&server)).collect();
    for client in &mut clients {
        client.says("work 400");
    }
    let answers: Vec<String> = clients.iter_mut().map(Asker::hears).collect();
    let count = |answer: &str| answers.iter().filter(|told| *told == answer).count();
    let (worked, busy) = (count("worked 400 ms"), count("busy: come again later"));
    assert_eq!(worked + busy, 42, "{answers:?}");
    // On a slow machine, some come so late that a worker is free again.
    assert!(worked >= 40 && busy <= 2, "{answers:?}");
    assert_eq!(clients[0].number("busy"), busy as u64);
}

#[test]
#[cfg(unix)]
fn asked_to_end_it_finishes_what_it_has_begun_and_takes_no_more() {
    for signal in ["INT", "TERM"] {
        let mut server = production("100");
        let mut idle = Asker::new(&server);
        assert_eq!(idle.asks("echo here"), "here");
        let mut busy = Asker::new(&server);
        busy.says("work 1500");
        // The second request is not in the making when the end comes, and gets no answer.
        busy.says("echo too late");
        let start = Instant::now();
        while idle.number("working") < 1 {
            assert!(start.elapsed() < DEADLINE);
        }
        server.signal(signal);
        assert_eq!(idle.hears(), "", "an idle connection ends at once");
        assert_eq!(busy.hears(), "worked 1500 ms");
        assert_eq!(busy.hears(), "");
        let code = server.child.wait().unwrap().code();
        assert_eq!(code, Some(0), "{signal}");
        server.wait_for("the log's end", |line| line.contains("ended finished="));
        let refused = TcpStream::connect(server.address);
        assert!(refused.is_err(), "somebody listens there still");
    }
}

#[test]
#[cfg(unix)]
fn asked_to_end_as_soon_as_it_listens_it_ends_in_peace() {
    for signal in ["INT", "TERM"].repeat(5) {
        let mut server = production("100");
        server.signal(signal);
        let code = server.child.wait().unwrap().code();
        assert_eq!(code, Some(0), "{signal}");
        server.wait_for("the log's end", |line| line.contains("ended finished=0"));
    }
}

#[test]
fn whoever_is_refused_hears_it_even_if_it_has_spoken_first() {
    let server = production("1");
    let mut first = Asker::new(&server);
    assert_eq!(first.asks("echo in"), "in");
    for _ in 0..50 {
        // Unread bytes at a closed connection make a reset, which takes the last words with it.
        let mut second = Asker::new(&server);
        second.says("echo me too");
        assert_eq!(second.hears(), "busy: come again later");
        assert_eq!(second.hears(), "", "and then the end");
    }
    // Those who don't go are let go.
    let staying: Vec<Asker> = (0..50).map(|_| Asker::new(&server)).collect();
    for mut client in staying {
        assert_eq!(client.hears(), "busy: come again later");
        assert_eq!(client.hears(), "");
    }
}

#[test]
#[cfg(unix)]
fn a_terminal_that_is_gone_is_an_error_and_no_panic() {
    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(program(PRODUCTION));
    let ended = command.arg(FREE).stdout(closed).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let start = "production_server_17: cannot say where it listens: ";
    assert!(said.starts_with(start), "{said}");
}

#[test]
fn one_that_asks_and_never_reads_holds_up_nobody() {
    let server = production("100");
    // A small window, so that what it does not read soon has no room.
    let deaf = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    deaf.set_recv_buffer_size(2_048).unwrap();
    deaf.connect(&server.address.into()).unwrap();
    deaf.set_nonblocking(true).unwrap();
    let line = [&b"echo "[..], &[b'x'; 900], b"\n"].concat();
    let start = Instant::now();
    // Until all buffers are full, and stay so.
    let mut stuck = Instant::now();
    while stuck.elapsed() < Duration::from_secs(1) {
        match deaf.send(&line) {
            Ok(_) => stuck = Instant::now(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) => panic!("{error}"),
        }
        assert!(start.elapsed() < DEADLINE, "it takes without an end");
    }
    let mut client = Asker::new(&server);
    for _ in 0..10 {
        assert_eq!(client.asks("echo hi"), "hi");
    }
    let start = Instant::now();
    while client.number("timed_out") == 0 {
        assert!(start.elapsed() < DEADLINE, "the deaf one is still here");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_argument_that_makes_no_sense_is_told() {
    for (example, arguments, saying) in [
        (THREADS, &["here"][..], "is not an address"),
        (TOKIO, &["here"], "is not an address"),
        (TOKIO, &["192.0.2.1:7"], "cannot bind"),
        (PRODUCTION, &["here"], "is not an address"),
        (PRODUCTION, &[FREE, "0"], "is a number of connections"),
        (PRODUCTION, &[FREE, "many"], "is a number of connections"),
        (CHAT_SERVER, &["here"], "is not an address"),
        (CHAT_SERVER, &["192.0.2.1:7"], "cannot bind"),
        (CHAT_CLIENT, &["here"], "is not an address"),
        (CHAT_CLIENT, &[FREE, "ada", "two\nlines"], "no line feed"),
    ] {
        fails(run(example, arguments), example, saying);
    }
}
