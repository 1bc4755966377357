//! Runs the examples of Part III on framing and endings, straight and through a link that slices the stream.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use common::{DEADLINE, closed_port, fails, program, run, succeeds};
use running::Running;
use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

const FRAMED_SERVER: &str = "framed_server_09";
const FRAMED_CLIENT: &str = "framed_client_10";
const CLOSING_SERVER: &str = "half_close_server_11";
const CLOSING_CLIENT: &str = "half_close_client_12";

/// Port 0: the system chooses a free port for each socket, so no two tests share one.
const FREE: &str = "127.0.0.1:0";

fn framed_server(framing: &str) -> Running {
    let mut command = Command::new(program(FRAMED_SERVER));
    Running::start(command.args([framing, FREE]), "").listening()
}

/// A slicing link before a server, with these arguments behind its addresses.
fn link(server: &Running, arguments: &str) -> Running {
    let mut command = Command::new(program("slicing_link"));
    let addresses = [FREE.to_owned(), server.address.to_string()];
    let arguments = arguments.split_whitespace();
    Running::start(command.args(addresses).args(arguments), "").listening()
}

fn connect(server: &Running) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// What the server sends until it ends the connection, in peace or not.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return bytes,
            Ok(length) => bytes.extend(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return bytes,
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)),
        }
    }
}

// ---- Framing ----

#[test]
fn framed_messages_come_whole_however_the_stream_is_cut() {
    for framing in ["lines", "lengths"] {
        for slicing in ["", "one", "join", "one back", "join back"] {
            let mut server = framed_server(framing);
            let before;
            let address = if slicing.is_empty() {
                server.address
            } else {
                before = link(&server, slicing);
                before.address
            };
            let ended = run(FRAMED_CLIENT, [framing, &address.to_string()]);
            succeeds(
                ended,
                "sent 3 messages\nreply 1: \"received 5 bytes\"\nreply 2: \"received 16 bytes\"\n\
                 reply 3: \"received 6 bytes\"\n",
            );
            server.expect("the client has ended, after 3 messages");
            let messages = ["\"hello\"", "\"a longer message\"", "\"你好\""];
            let expected = [1, 2, 3].map(|n| format!("message {n}: {}", messages[n - 1]));
            assert_eq!(server.seen[1..4], expected, "{framing}, {slicing}");
        }
    }
}

#[test]
fn framed_messages_come_whole_wherever_chance_cuts_the_stream() {
    for framing in ["lines", "lengths"] {
        let server = framed_server(framing);
        for seed in 0..12 {
            for back in ["", "back"] {
                let before = link(&server, &format!("random {seed} {back}"));
                let ended = run(FRAMED_CLIENT, [framing, &before.address.to_string()]);
                succeeds(
                    ended,
                    "reply 1: \"received 5 bytes\"\nreply 2: \"received 16 bytes\"\n\
                     reply 3: \"received 6 bytes\"\n",
                );
            }
        }
    }
}

#[test]
fn reads_are_no_messages() {
    let mut server = framed_server("reads");
    let join = link(&server, "join");
    let ended = run(FRAMED_CLIENT, ["reads", &join.address.to_string()]);
    fails(ended, FRAMED_CLIENT, "said nothing for 2 s");
    server.expect("message 1: \"helloa longer message你好\"");

    let mut server = framed_server("reads");
    let one = link(&server, "one");
    let ended = run(
        FRAMED_CLIENT,
        ["reads", &one.address.to_string(), "hi", "there"],
    );
    ended.success();
    server.expect("message 1: \"h\"");
    server.expect("message 2: \"i\"");
}

#[test]
fn an_empty_message_and_the_longest_are_messages_too() {
    for framing in ["lines", "lengths"] {
        let mut server = framed_server(framing);
        let address = server.address.to_string();
        let longest = "x".repeat(1_000);
        let ended = run(FRAMED_CLIENT, [framing, &address, "", &longest]);
        succeeds(
            ended,
            "reply 1: \"received 0 bytes\"\nreply 2: \"received 1000 bytes\"\n",
        );
        server.expect("after 2 messages");
    }
}

#[test]
fn what_is_no_message_is_refused_and_the_next_client_is_served() {
    let long = [&[b'x'; 1_001][..], b"\n"].concat();
    let endless = vec![b'x'; 100_000];
    for (framing, bytes, saying) in [
        (
            "lines",
            &b"cut"[..],
            "the stream ended in the middle of a line",
        ),
        ("lines", &long, "a line is too long"),
        ("lines", &endless, "a line is too long"),
        (
            "lengths",
            b"\0\0\x03\xe9",
            "a message of 1001 bytes is too long",
        ),
        (
            "lengths",
            b"\xff\xff\xff\xff",
            "a message of 4294967295 bytes is too long",
        ),
        ("lengths", b"\0\0", "failed to fill whole buffer"),
        ("lengths", b"\0\0\0\x05hell", "failed to fill whole buffer"),
    ] {
        let mut server = framed_server(framing);
        let mut client = connect(&server);
        // The server may have hung up before all of it has gone.
        let _ = client.write_all(bytes);
        let _ = client.shutdown(Shutdown::Write);
        let replies = rest(&mut client);
        assert_eq!(replies, b"", "{framing}, {saying}");
        server.expect(&format!("the client was sent away: {saying}"));
        let ended = run(
            FRAMED_CLIENT,
            [framing, &server.address.to_string(), "next"],
        );
        succeeds(ended, "reply 1: \"received 4 bytes\"\n");
    }
}

#[test]
fn a_silent_client_is_sent_away() {
    let mut server = framed_server("lengths");
    let mut client = connect(&server);
    client.write_all(b"\0\0").unwrap();
    let start = Instant::now();
    assert_eq!(rest(&mut client), b"");
    assert!(start.elapsed() > Duration::from_secs(4));
    server.expect("the client was sent away: nothing came for 5 s");
}

#[test]
fn the_client_believes_no_server() {
    let many = b"\0\0\0\x01x".repeat(3);
    for (framing, bytes, saying) in [
        (
            "lengths",
            &b"\0\0\x03\xe9"[..],
            "sent no message of this kind",
        ),
        (
            "lengths",
            b"\0\0\0\x05hell",
            "ended the stream after 0 replies",
        ),
        ("lengths", b"", "ended the stream after 0 replies"),
        ("lengths", &many[..10], "ended the stream after 2 replies"),
        ("lines", &[b'x'; 5_000], "sent no message of this kind"),
        ("lines", b"\xff\xfe\n", "sent no message of this kind"),
        ("lines", b"a\nb\nc", "ended the stream after 2 replies"),
    ] {
        let server = TcpListener::bind(FREE).unwrap();
        let address = server.local_addr().unwrap().to_string();
        program(FRAMED_CLIENT);
        let client = thread::spawn(move || run(FRAMED_CLIENT, [framing, &address]));
        let (mut connection, _) = server.accept().unwrap();
        connection.set_read_timeout(Some(DEADLINE)).unwrap();
        let _ = connection.write_all(bytes);
        let _ = connection.shutdown(Shutdown::Write);
        rest(&mut connection);
        fails(
            client.join().expect("the client ends"),
            FRAMED_CLIENT,
            saying,
        );
    }
    let silent = TcpListener::bind(FREE).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    fails(
        run(FRAMED_CLIENT, ["lines", &address]),
        FRAMED_CLIENT,
        "said nothing for 2 s",
    );
    let (_held, closed) = closed_port();
    let nobody = run(FRAMED_CLIENT, ["lines", &closed.to_string()]);
    fails(nobody, FRAMED_CLIENT, "nobody listens on");
}

// ---- Endings ----

#[test]
fn each_ending_has_its_outcome() {
    let mut server = Running::server(CLOSING_SERVER, FREE);
    let address = server.address.to_string();
    succeeds(run(CLOSING_CLIENT, [&address]), "the sum is \"5050\"\n");
    server.expect("the client has said all; its sum is 5050");
    let ended = run(CLOSING_CLIENT, [&address, "keep-open"]);
    fails(ended, CLOSING_CLIENT, "the server ended without a sum");
    server.expect("the client took too long; no sum without an end");
    succeeds(
        run(CLOSING_CLIENT, [&address, "reset"]),
        "there is no sum\n",
    );
    server.expect("what it had sent counts for nothing");
    succeeds(
        run(CLOSING_CLIENT, [&address, "close"]),
        "the sum is lost\n",
    );
    succeeds(run(CLOSING_CLIENT, [&address]), "the sum is \"5050\"\n");
}

#[test]
fn the_sum_needs_whole_lines_with_numbers_and_an_end() {
    let mut server = Running::server(CLOSING_SERVER, FREE);
    let endless = b"1\n".repeat(600_000);
    for (bytes, reply, told) in [
        (&b""[..], "0\n", "its sum is 0"),
        (b"7\n", "7\n", "its sum is 7"),
        (b"7\n8", "", "\"8\" is no number on a line"),
        (b"7\nx\n", "", "\"x\\n\" is no number on a line"),
        (b"-1\n", "", "\"-1\\n\" is no number on a line"),
        (b"\x1b[2J\n", "", "\"\\u{1b}[2J\\n\" is no number on a line"),
        (b"\xff\n", "", "valid UTF-8"),
        (b"18446744073709551615\n1\n", "", "the sum is too large"),
        (&endless, "", "more than 1048576 bytes"),
    ] {
        let mut client = connect(&server);
        let _ = client.write_all(bytes);
        let _ = client.shutdown(Shutdown::Write);
        assert_eq!(String::from_utf8_lossy(&rest(&mut client)), reply, "{told}");
        server.expect(told);
    }
}

#[test]
fn a_line_now_and_then_does_not_keep_the_server_for_ever() {
    let mut server = Running::server(CLOSING_SERVER, FREE);
    let mut client = connect(&server);
    let start = Instant::now();
    while client.write_all(b"1\n").is_ok() {
        assert!(start.elapsed() < DEADLINE, "the server still takes lines");
        thread::sleep(Duration::from_millis(300));
    }
    server.expect("the client took too long; no sum without an end");
}

#[test]
fn a_cut_or_stalled_stream_gives_no_sum() {
    let mut server = Running::server(CLOSING_SERVER, FREE);
    for (slicing, client_says, server_says) in [
        // Cut behind "1\n2\n3\n4\n": an end in peace, and a sum of what came. TCP cannot tell the client's end from another.
        (
            "cut 8",
            "cannot talk to",
            &["its sum is 10", "did not wait for its sum"][..],
        ),
        (
            "stall 9",
            "the server ended without a sum",
            &["took too long; no sum without an end"],
        ),
        ("reset 9", "cannot talk to", &["counts for nothing"]),
        (
            "cut 2 back",
            "the server ended without a sum",
            &["its sum is 5050", "did not wait for its sum"],
        ),
    ] {
        let before = link(&server, slicing);
        let ended = run(CLOSING_CLIENT, [before.address.to_string()]);
        fails(ended, CLOSING_CLIENT, client_says);
        let said = |line: &str| server_says.iter().any(|end| line.ends_with(end));
        server.wait_for(&format!("{server_says:?}"), said);
        server.seen.truncate(1);
    }
    let before = link(&server, "one");
    let ended = run(CLOSING_CLIENT, [before.address.to_string()]);
    succeeds(ended, "the sum is \"5050\"\n");
}

#[test]
fn the_asking_side_waits_no_longer_than_it_says() {
    let silent = TcpListener::bind(FREE).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    fails(
        run(CLOSING_CLIENT, [&address]),
        CLOSING_CLIENT,
        "said nothing for 3 s",
    );
    let (_held, closed) = closed_port();
    fails(
        run(CLOSING_CLIENT, [closed.to_string()]),
        CLOSING_CLIENT,
        "nobody listens on",
    );
}

#[test]
#[cfg(unix)]
fn only_the_server_that_reuses_its_address_starts_again() {
    let ended = run("restart_37", [""; 0]).success();
    let said = String::from_utf8_lossy(&ended.get_output().stdout).into_owned();
    let lines: Vec<_> = said.lines().map(str::trim).collect();
    assert_eq!(lines.len(), 6, "{said}");
    assert_eq!(
        (lines[0], lines[3]),
        ("SO_REUSEADDR: no", "SO_REUSEADDR: yes")
    );
    assert!(
        lines[2].starts_with("the second server is refused: "),
        "{said}"
    );
    assert_eq!(lines[5], "the second server has had the same address");
}

#[test]
fn an_argument_that_makes_no_sense_is_told() {
    for (example, arguments, saying) in [
        (
            FRAMED_SERVER,
            &["words"][..],
            "is not lines, lengths or reads",
        ),
        (FRAMED_SERVER, &["lines", "here"], "is not an address"),
        (FRAMED_SERVER, &["lines", "192.0.2.1:7"], "cannot bind"),
        (FRAMED_CLIENT, &["words"], "is not lines, lengths or reads"),
        (FRAMED_CLIENT, &["lines", "here"], "is not an address"),
        (CLOSING_SERVER, &["here"], "is not an address"),
        (CLOSING_CLIENT, &["here"], "is not an address"),
        (
            CLOSING_CLIENT,
            &[FREE, "never"],
            "is not half-close, keep-open",
        ),
        ("slicing_link", &[FREE, FREE], "what to do is one, join"),
        (
            "slicing_link",
            &[FREE, FREE, "cut"],
            "what to do is one, join",
        ),
        (
            "slicing_link",
            &[FREE, FREE, "cut", "x"],
            "what to do is one, join",
        ),
        (
            "slicing_link",
            &[FREE, FREE, "random", "-1"],
            "what to do is one, join",
        ),
        ("slicing_link", &["here", FREE, "one"], "is not an address"),
    ] {
        fails(run(example, arguments), example, saying);
    }
    let long = "x".repeat(1_001);
    let server = framed_server("lines");
    let long = run(FRAMED_CLIENT, ["lines", &server.address.to_string(), &long]);
    // The codec has a limit for what comes, not for what goes; the server hangs up on it.
    long.code(1);
}

#[test]
#[cfg(unix)]
fn an_argument_that_is_no_text_is_told() {
    let bytes: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let arguments = [bytes, bytes, "one".as_ref()];
    fails(
        run("slicing_link", arguments),
        "slicing_link",
        "is not an address",
    );
}
