//! Holds the stream slicer and the server timeline to a second way of computing them, to the real server, and to what
//! their pages say of them. That the page's JavaScript shows the same is tested in `browser.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/running.rs"]
mod running;

use common::{DEADLINE, program};
use loopback::explorers::{
    self,
    slicer::{self, FRAMINGS, FramedReader, Framing, MESSAGES},
    timeline::{self, CLIENTS, SERVERS, SLOW, Server, Trace},
};
use running::Running;
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    process::Command,
};

/// The messages that somebody took from the stream, as text.
fn text(messages: &[Vec<u8>]) -> Vec<String> {
    let text = |message: &Vec<u8>| String::from_utf8(message.clone()).unwrap();
    messages.iter().map(text).collect()
}

/// Every way to cut so many bytes: behind how many of them a read ends.
fn slicings(bytes: usize) -> impl Iterator<Item = Vec<usize>> {
    (0_u32..1 << (bytes - 1))
        .map(move |set| (1..bytes).filter(|at| set >> (at - 1) & 1 == 1).collect())
}

#[test]
fn only_one_slicing_of_all_is_right_for_one_read_one_message() {
    for (framing, bytes, count) in [
        (Framing::Lengths, 21, 1_048_576),
        (Framing::Lines, 12, 2_048),
    ] {
        let stream = slicer::stream(framing);
        assert_eq!(stream.len(), bytes);
        let (mut seen, mut right) = (0, Vec::new());
        for cuts in slicings(stream.len()) {
            seen += 1;
            let reads = slicer::reads(&stream, &cuts);
            let messages = reads.iter().map(|read| slicer::one_read(framing, read));
            if messages.eq(MESSAGES.map(str::as_bytes)) {
                right.push(cuts);
            }
        }
        assert_eq!(seen, count, "slicings, as the page says");
        assert_eq!(right, [slicer::between_frames(framing)], "{framing:?}");
    }
}

/// A second way to take every slicing: from each byte on, the stream goes on in the same read or in the next one.
/// Slicings that begin alike share their beginning.
fn take_every_slicing(
    framing: Framing,
    stream: &[u8],
    taken: usize,
    kept: &[u8],
    given: usize,
) -> u32 {
    let mut slicings = 0;
    for end in taken + 1..=stream.len() {
        let mut reader = FramedReader::new(framing);
        // A reader that was given only what it had kept stands where the one before stood.
        assert!(reader.take(kept).is_empty());
        let messages = text(&reader.take(&stream[taken..end]));
        let all = given + messages.len();
        assert_eq!(
            messages,
            MESSAGES[given..all],
            "{framing:?}, a read {taken}..{end}"
        );
        assert_eq!(
            reader.kept(),
            end - start_of_frame(framing, end),
            "{framing:?}, {end}"
        );
        if end == stream.len() {
            assert_eq!((all, reader.kept()), (MESSAGES.len(), 0), "{framing:?}");
            slicings += 1;
        } else {
            let kept = &stream[end - reader.kept()..end];
            slicings += take_every_slicing(framing, stream, end, kept, all);
        }
    }
    slicings
}

/// Where the frame begins whose end has not come before this byte.
fn start_of_frame(framing: Framing, at: usize) -> usize {
    let mut start = 0;
    for message in MESSAGES {
        let end = start + message.len() + if framing == Framing::Lengths { 4 } else { 1 };
        if end > at {
            break;
        }
        start = end;
    }
    start
}

#[test]
fn the_framed_reader_gives_what_was_sent_in_every_slicing() {
    for framing in FRAMINGS {
        let stream = slicer::stream(framing);
        let slicings = take_every_slicing(framing, &stream, 0, &[], 0);
        assert_eq!(slicings, 1 << (stream.len() - 1), "{framing:?}");
    }
}

#[test]
fn what_the_slicer_shows_is_what_the_readers_take() {
    let stream = slicer::stream(Framing::Lines);
    let frames = [0..3, 3..8, 8..12];
    for cuts in slicings(stream.len()) {
        let shown = slicer::answer(Framing::Lines, &cuts);
        let mut reads = Vec::new();
        let mut start = 0;
        for end in cuts.iter().copied().chain([stream.len()]) {
            reads.push(start..end);
            start = end;
        }
        let right: Vec<bool> = reads.iter().map(|read| frames.contains(read)).collect();
        assert_eq!(
            shown.rows.iter().map(|row| row.right).collect::<Vec<_>>(),
            right,
            "{cuts:?}"
        );
        for (row, read) in shown.rows.iter().zip(&reads) {
            let bytes = row
                .bytes
                .split(' ')
                .map(|pair| u8::from_str_radix(pair, 16).unwrap());
            assert!(bytes.eq(stream[read.clone()].iter().copied()), "{cuts:?}");
            // What ends in this read is given by it, and by no other.
            for (frame, message) in frames.iter().zip(MESSAGES) {
                let ends = read.start < frame.end && frame.end <= read.end;
                assert_eq!(
                    row.framed.contains(&format!("{message:?}")),
                    ends,
                    "{cuts:?}"
                );
            }
            let inside = frames
                .iter()
                .find(|frame| frame.start < read.end && read.end < frame.end);
            assert_eq!(row.framed.contains("keeps"), inside.is_some(), "{cuts:?}");
        }
        let verdict = match right.iter().filter(|right| **right).count() {
            0 => "none right".into(),
            3 => "all right".into(),
            some => format!("{some} right"),
        };
        assert!(
            shown.said.contains(&format!(", {verdict}. ")),
            "{cuts:?}: {}",
            shown.said
        );
        assert!(
            shown
                .said
                .ends_with("The framed reader: 3 messages, all right."),
            "{cuts:?}"
        );
    }
}

#[test]
fn half_a_character_is_no_text() {
    for (framing, one_read) in [
        (
            Framing::Lengths,
            ["\"hi\"", "\"Zo\u{fffd}\"", "\"\"", "\"bye\""],
        ),
        (
            Framing::Lines,
            ["\"hi\"", "\"Zo\u{fffd}\"", "\"\u{fffd}\"", "\"bye\""],
        ),
    ] {
        let (key, cuts) = slicer::presets(framing).next().unwrap();
        let shown = slicer::answer(framing, &cuts);
        let taken: Vec<_> = shown.rows.iter().map(|row| row.one_read.as_str()).collect();
        assert_eq!((key, taken.as_slice()), ("middle", one_read.as_slice()));
        assert!(
            shown.said.contains("4 messages, 2 right."),
            "{}",
            shown.said
        );
    }
    // With lengths and a byte a read, there are four bytes to leave out of none of them.
    let cuts: Vec<usize> = (1..21).collect();
    let shown = slicer::answer(Framing::Lengths, &cuts);
    assert!(shown.rows.iter().all(|row| row.one_read == "\"\""));
    assert!(
        shown
            .said
            .starts_with("21 reads. One read, one message: 21 messages, none right.")
    );
    // The lengths, as text.
    let shown = slicer::answer(Framing::Lengths, &[]);
    assert_eq!(
        shown.rows[0].one_read,
        r#""hi\0\0\0\u{4}Zoë\0\0\0\u{3}bye""#
    );
    assert_eq!(shown.rows[0].framed, r#""hi", "Zoë", "bye""#);
}

#[test]
fn the_server_of_the_page_takes_the_same_stream_for_the_same_messages() {
    for (framing, name) in FRAMINGS.into_iter().zip(["lengths", "lines"]) {
        let mut command = Command::new(program("framed_server_09"));
        let mut server = Running::start(command.args([name, "127.0.0.1:0"]), "").listening();
        let mut client = TcpStream::connect(server.address).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        client.write_all(&slicer::stream(framing)).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        client.read_to_end(&mut Vec::new()).unwrap();
        for (index, message) in MESSAGES.iter().enumerate() {
            server.expect(&format!("message {}: {message:?}", index + 1));
        }
        server.expect("the client has ended, after 3 messages");
    }
}

/// Every choice of the timeline, with its run.
fn runs() -> impl Iterator<Item = (Server, usize, usize, Trace)> {
    let choices = SERVERS.into_iter().flat_map(|(server, _, _)| {
        SLOW.into_iter()
            .flat_map(move |slow| CLIENTS.map(move |clients| (server, slow, clients)))
    });
    choices.map(|(server, slow, clients)| {
        (server, slow, clients, timeline::run(server, slow, clients))
    })
}

/// When each client has its reply.
fn replies(trace: &Trace) -> Vec<usize> {
    let end = |line: &String| line.trim_end_matches('.').len();
    trace.clients.iter().map(end).collect()
}

#[test]
fn replies_come_when_a_second_reckoning_says() {
    let mut seen = 0;
    for (server, slow, clients, trace) in runs() {
        // When a message is there, and whose it is.
        let mut complete: Vec<(usize, usize)> =
            (1..clients).map(|number| (number + 1, number)).collect();
        complete.insert(0, (slow, 0));
        let mut order = complete.clone();
        if server == Server::Tasks {
            // First come whose message is there first.
            order.sort();
        }
        let mut want = vec![0; clients];
        let mut free = 0;
        for (complete, number) in order {
            let begins = if server == Server::Threads {
                complete
            } else {
                complete.max(free)
            };
            free = begins + 2;
            want[number] = free;
        }
        assert_eq!(replies(&trace), want, "{server:?}, {slow}, {clients}");
        seen += 1;
    }
    assert_eq!(seen, 4 * 3 * 4);
}

#[test]
fn at_no_time_does_a_thread_do_two_things() {
    for (server, slow, clients, trace) in runs() {
        let what = format!("{server:?}, {slow}, {clients}: {trace:#?}");
        let lines = |lines: &[String]| -> Vec<Vec<char>> {
            lines.iter().map(|line| line.chars().collect()).collect()
        };
        let (own, threads) = (lines(&trace.clients), lines(&trace.threads));
        assert_eq!(own.len(), clients, "{what}");
        assert_eq!(
            threads.len(),
            if server == Server::Threads {
                clients
            } else {
                1
            },
            "{what}"
        );
        for now in 0..own[0].len() {
            let served: Vec<usize> = (0..clients)
                .filter(|client| own[*client][now] == 'w')
                .collect();
            let works = |thread: &&Vec<char>| thread[now].is_ascii_uppercase();
            assert_eq!(
                threads.iter().filter(works).count(),
                served.len(),
                "{now}, {what}"
            );
            for client in served {
                let letter = char::from(b'A' + client as u8);
                assert!(
                    threads.iter().any(|thread| thread[now] == letter),
                    "{now}, {what}"
                );
            }
            for thread in &threads {
                let held = thread[now].is_ascii_lowercase();
                if held {
                    let client = usize::from(thread[now] as u8 - b'a');
                    assert_eq!(own[client][now], 'r', "{now}, {what}");
                }
                // With tasks, no thread waits for one client, but in the task that blocks.
                let may = match server {
                    Server::Sequential | Server::Threads => true,
                    Server::Tasks => false,
                    Server::Blocking => thread[now] == 'a',
                };
                assert!(!held || may, "{now}, {what}");
                // Nobody stands before a thread that has nothing to do.
                let waits = own.iter().any(|client| matches!(client[now], 'b' | 'q'));
                assert!(
                    thread[now] != '.' || !waits || server == Server::Threads,
                    "{now}, {what}"
                );
            }
        }
        for (number, line) in trace.clients.iter().enumerate() {
            // Nothing before it connects, then no gap, then its two units of work, then nothing.
            let life = line.trim_matches('.');
            assert_eq!(line.find(life), Some(number), "{what}");
            assert!(!life.contains('.') && life.ends_with("ww"), "{what}");
            assert_eq!(line.matches('w').count(), 2, "{what}");
            assert!(number > 0 || life.matches('r').count() == slow, "{what}");
        }
    }
}

#[test]
fn the_timeline_bears_out_what_its_page_says() {
    let replies = |server, slow| replies(&timeline::run(server, slow, 4));
    assert_eq!(replies(Server::Sequential, 12), [14, 16, 18, 20]);
    assert_eq!(replies(Server::Blocking, 12), [14, 16, 18, 20]);
    assert_eq!(replies(Server::Threads, 12), [14, 4, 5, 6]);
    assert_eq!(replies(Server::Tasks, 12), [14, 4, 6, 8]);
    // D has waited for the thread, in the backlog and behind it.
    let waited = timeline::run(Server::Tasks, 12, 4).clients[3]
        .matches(['b', 'q'])
        .count();
    assert_eq!(waited, 3);
    assert_eq!(replies(Server::Tasks, 1), [3, 5, 7, 9]);
    assert_eq!(replies(Server::Sequential, 1), [3, 5, 7, 9]);
}

#[test]
fn the_timeline_says_in_words_what_it_draws() {
    for (server, slow, clients, trace) in runs() {
        let shown = timeline::answer(server, slow, clients);
        assert_eq!(shown.rows.len(), clients + trace.threads.len());
        for row in &shown.rows {
            for bar in &row.bars {
                let words = format!("{} to {} ", bar.from, bar.to);
                assert!(row.text.contains(&words), "{}: {words}", row.text);
            }
            let longest = row.bars.last().unwrap().to;
            assert!(
                row.thread || row.text.ends_with(&format!("reply at {longest}")),
                "{}",
                row.text
            );
        }
    }
    let row = |server, number: usize| timeline::answer(server, 12, 4).rows[number].text.clone();
    assert_eq!(
        row(Server::Sequential, 1),
        "connects at 1; 1 to 14 in the backlog; 14 to 16 served; reply at 16"
    );
    assert_eq!(
        row(Server::Tasks, 3),
        "connects at 3; 3 to 4 in the backlog; 4 to 6 its message is there, and the thread is not free; \
         6 to 8 served; reply at 8"
    );
    assert_eq!(
        row(Server::Tasks, 4),
        "0 to 2 has nothing to do; 2 to 4 serves B; 4 to 6 serves C; 6 to 8 serves D; 8 to 12 has nothing to do; \
         12 to 14 serves A"
    );
    assert_eq!(row(Server::Blocking, 4), row(Server::Sequential, 4));
}

#[test]
fn both_pictures_are_there_as_text() {
    for (name, words) in [
        (
            "slicer",
            [
                "4 reads. One read, one message: 4 messages, 2 right.",
                "<code>c3</code> <span>ë 1</span>",
                "All in one read",
            ],
        ),
        (
            "timeline",
            [
                "Replies: A at 14, B at 16, C at 18, D at 20.",
                "<td>connects at 0; 0 to 12 the server waits for its message;",
                "async, but one task blocks",
            ],
        ),
    ] {
        let html = explorers::html(name).unwrap();
        for words in words {
            assert!(html.contains(words), "{name}: {words}");
        }
    }
}
