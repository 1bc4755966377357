//! Holds the sequence explorer's runs to what smoltcp does today, to the rules of TCP, and to what chapter 3.4 says of them.
//! That the page shows them is tested in `browser.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{fails, run, succeeds};
use loopback::explorers::{self, sequence};
use segments::{DELAY, SPACING, Segment, Side, State, Trace, simulate, stream};
use std::{fs, path::Path};

const EXAMPLE: &str = "tcp_segments";
const SIDES: [Side; 2] = [Side::Client, Side::Server];

fn trace(lost: usize) -> Trace {
    simulate((lost > 0).then_some(lost)).unwrap_or_else(|error| panic!("lost {lost}: {error}"))
}

/// The run without a loss, then those with each of its segments lost.
fn traces() -> Vec<Trace> {
    let whole = trace(0).segments.len();
    (0..=whole).map(trace).collect()
}

/// When both directions have ended: when the server, which ends last, has forgotten the connection.
fn end(lost: usize) -> u64 {
    trace(lost).closed[Side::Server as usize]
}

/// What has arrived from a side in order by this time: the number of the first byte that is missing.
fn in_order(trace: &Trace, from: Side, until: u64) -> u32 {
    let arrived = |one: &&Segment| one.arrived.is_some_and(|arrived| arrived <= until);
    let own = trace.segments.iter().filter(|one| one.from == from);
    let arrived: Vec<&Segment> = own.filter(arrived).collect();
    let mut next = 0;
    while let Some(more) = arrived
        .iter()
        .find(|one| one.number <= next && one.end() > next)
    {
        next = more.end();
    }
    next
}

#[test]
fn the_book_has_the_runs_that_smoltcp_makes_today() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/traces/tcp_segments.json");
    let kept = fs::read_to_string(file).unwrap();
    assert!(
        kept == segments::json().unwrap(),
        "the runs differ; if today's are right: cargo run -q --example tcp_segments json > book/traces/tcp_segments.json"
    );
    assert_eq!(traces(), traces(), "two times the same");
}

#[test]
fn every_byte_is_read_once_and_in_order_and_both_ends_close() {
    for (lost, trace) in traces().iter().enumerate() {
        for side in SIDES {
            let read = &trace.read[side as usize];
            assert!(*read == stream(side.other()), "lost {lost}: {read:?}");
        }
        let [client, server] = trace.closed;
        // Whoever ends first stays.
        assert!(client >= server + 9000, "lost {lost}: {:?}", trace.closed);
    }
}

#[test]
fn one_segment_is_lost_and_it_is_sent_again_if_anybody_misses_it() {
    for (lost, trace) in traces().iter().enumerate() {
        let segments = &trace.segments;
        let missing: Vec<usize> = (1..=segments.len())
            .filter(|number| segments[number - 1].arrived.is_none())
            .collect();
        let again: Vec<&Segment> = segments.iter().filter(|one| one.again).collect();
        if lost == 0 {
            assert!(missing.is_empty() && again.is_empty());
            continue;
        }
        assert_eq!(missing, [lost]);
        let gone = &segments[lost - 1];
        // Nobody misses an acknowledgement when another one follows: only the last one of all.
        if gone.is_ack() && lost + 1 < traces().len() {
            assert!(again.is_empty(), "lost {lost}: {again:?}");
        } else if gone.is_ack() {
            assert!(again.len() == 1 && again[0].fin, "lost {lost}: {again:?}");
        } else {
            let repeats = |one: &&Segment| one.from == gone.from && one.number == gone.number;
            assert!(again.iter().any(repeats), "lost {lost}: {again:?}");
        }
        for (place, one) in segments.iter().enumerate() {
            let before = segments[..place]
                .iter()
                .any(|other| other.from == one.from && other.end() >= one.end() && !one.is_ack());
            assert_eq!(one.again, before, "lost {lost}: {one:?}");
        }
    }
}

#[test]
fn times_and_numbers_are_those_of_a_link_and_of_tcp() {
    for (lost, trace) in traces().iter().enumerate() {
        let sorted = trace.segments.is_sorted_by_key(|one| one.left);
        assert!(sorted, "lost {lost}: {:?}", trace.segments);
        for from in SIDES {
            let own = trace.segments.iter().filter(|one| one.from == from);
            let own: Vec<&Segment> = own.collect();
            for pair in own.windows(2) {
                assert!(pair[0].left + SPACING <= pair[1].left, "{pair:?}");
            }
            for one in own {
                assert!(
                    one.arrived
                        .is_none_or(|arrived| arrived == one.left + DELAY)
                );
                let Some(number) = one.acknowledges else {
                    assert!(one.syn && from == Side::Client, "{one:?}");
                    continue;
                };
                assert_eq!(
                    number,
                    in_order(trace, from.other(), one.left),
                    "lost {lost}: it acknowledges what is there: {one:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_sent_again_waited_for_the_timer_or_for_three_acknowledgements() {
    let mut causes = [0, 0, 0];
    for (lost, trace) in traces().iter().enumerate() {
        let rows = trace.rows();
        for (place, one) in trace
            .segments
            .iter()
            .enumerate()
            .filter(|(_, one)| one.again)
        {
            let why = &rows[place].why;
            let before = &trace.segments[..place];
            // RFC 6298: the timer starts with what is sent, and anew with an acknowledgement of something new.
            let acknowledged = before.iter().filter(|other| {
                other.from != one.from && other.arrived.is_some_and(|time| time <= one.left)
            });
            let newest = acknowledged.clone().max_by_key(|other| other.acknowledges);
            let newest = newest.and_then(|other| other.acknowledges);
            let first = acknowledged
                .clone()
                .find(|other| other.acknowledges == newest);
            let unacknowledged = before
                .iter()
                .find(|other| other.from == one.from && Some(other.end()) > newest);
            let started = first
                .and_then(|other| other.arrived)
                .max(unacknowledged.map(|other| other.left));
            let asked = acknowledged.filter(|other| other.is_ack() && other.acknowledges == newest);
            if why.contains("timer of 1 s is up") {
                assert_eq!(started, Some(one.left - 1000), "lost {lost}: {one:?}");
                causes[0] += 1;
            } else if why.starts_with("The third acknowledgement") {
                assert_eq!(asked.count(), 3, "lost {lost}: {one:?}");
                causes[1] += 1;
            } else {
                assert!(why.contains("since the first time"), "lost {lost}: {why}");
                causes[2] += 1;
            }
        }
    }
    // By the timer: once for each of ten losses, and for the server's SYN-ACK beside the client's SYN.
    assert_eq!(causes, [11, 1, 3]);
}

#[test]
fn the_states_change_as_rfc_9293_draws_it() {
    let allowed = [
        // A server that listens, a client that connects: section 3.3.2, figure 5.
        (State::Listen, State::SynReceived),
        (State::SynReceived, State::Established),
        (State::Closed, State::SynSent),
        (State::SynSent, State::Established),
        (State::Established, State::FinWait1),
        (State::FinWait1, State::FinWait2),
        (State::FinWait2, State::TimeWait),
        (State::Established, State::CloseWait),
        (State::CloseWait, State::LastAck),
        (State::LastAck, State::Closed),
    ];
    for (lost, trace) in traces().iter().enumerate() {
        let rows = trace.rows();
        for side in SIDES {
            let changes = rows.iter().filter_map(|row| row.changes[side as usize]);
            let changes: Vec<(State, State)> = changes.collect();
            assert!(
                changes.iter().all(|change| allowed.contains(change)),
                "lost {lost}: {changes:?}"
            );
            for pair in changes.windows(2) {
                assert_eq!(pair[0].1, pair[1].0, "lost {lost}: {changes:?}");
            }
            let last = changes.last().unwrap().1;
            let want = [State::TimeWait, State::Closed][side as usize];
            assert_eq!(last, want, "lost {lost}: {changes:?}");
        }
    }
}

#[test]
fn the_losses_cost_what_the_page_says() {
    let whole = trace(0);
    let named = |number: usize| {
        let one = &whole.segments[number - 1];
        (one.from, one.number, one.length, one.fin, one.acknowledges)
    };
    use Side::{Client, Server};
    assert_eq!(named(3), (Client, 1, 0, false, Some(1)));
    assert_eq!(named(4), (Client, 1, 100, false, Some(1)));
    assert_eq!(named(7), (Client, 301, 100, false, Some(1)));
    assert_eq!(named(9), (Server, 1, 0, false, Some(201)));
    assert_eq!(named(16), (Server, 101, 100, false, Some(402)));
    assert_eq!(named(17), (Server, 201, 0, true, Some(402)));
    assert_eq!(named(19), (Client, 402, 0, false, Some(202)));

    assert_eq!(end(9), end(0), "segment 9 costs nothing");
    assert_eq!(end(4) - end(0), 100, "segment 4 costs 100 milliseconds");
    assert!(end(7) - end(0) > 1000, "segment 7 costs more than a second");
    assert_eq!(trace(0).segments[10 - 1].acknowledges, Some(301));

    let reads = trace(16);
    let fin = &reads.segments[17 - 1];
    assert_eq!((fin.fin, fin.arrived), (true, Some(380)));
    let bytes = reads.segments.iter().find(|one| one.again).unwrap();
    assert_eq!(
        (bytes.number, bytes.fin, bytes.arrived),
        (101, true, Some(1370))
    );

    let [client, server] = trace(19).closed;
    assert!(
        server > 1000 && client == server - DELAY + 10_000,
        "TIME-WAIT begins anew"
    );
}

#[test]
fn the_list_says_of_every_segment_what_it_is_and_why() {
    let runs = sequence::runs().unwrap();
    let html = explorers::html("sequence").unwrap();
    assert_eq!(runs.len(), traces().len());
    assert_eq!(html.matches("<option ").count(), runs.len());
    assert_eq!(html.matches("<li>").count(), runs[0].rows.len());
    let items = html.lines().filter(|line| line.starts_with("<li>"));
    for (row, item) in runs[0].rows.iter().zip(items) {
        for (name, text) in row.texts() {
            let part = format!("<span class=\"segment-{name}\">{text}</span>");
            assert!(item.contains(&part) || text.is_empty(), "{part} in {item}");
        }
    }
    for (run, trace) in runs.iter().zip(traces()) {
        assert!(
            html.contains(&run.lost) && run.said.ends_with('.'),
            "{}",
            run.said
        );
        for (row, segment) in run.rows.iter().zip(&trace.segments) {
            assert_eq!((row.left, row.arrived), (segment.left, segment.arrived));
            let [(_, name), (_, time), _, (_, why)] = row.texts();
            assert!(name.starts_with(segment.from.name()), "{name}");
            assert!(name.contains(&format!("seq {}", segment.number)), "{name}");
            assert_eq!(time.contains("lost"), segment.arrived.is_none(), "{time}");
            assert_eq!(time.contains("again"), segment.again, "{time}");
            assert!(why.ends_with('.'), "{why}");
        }
    }
}

#[test]
fn the_example_prints_a_run_and_refuses_what_is_no_segment() {
    succeeds(
        run(EXAMPLE, [""; 0]),
        "\n    server: LAST-ACK -> CLOSED\n    The client acknowledges the FIN. Both directions have ended. But if this acknowledgement \
         is lost, the server will ask again, so the client stays in TIME-WAIT.\n",
    );
    let shown = run(EXAMPLE, ["7"]).success().get_output().stdout.clone();
    let shown = String::from_utf8(shown).unwrap();
    assert!(
        shown.starts_with("Segment 7 is lost, the client’s bytes 301–400. "),
        "{shown}"
    );
    assert!(
        shown.contains("\n 7  140 -> lost  client: PSH ACK, seq 301, ack 1, 100 bytes\n"),
        "{shown}"
    );
    for wrong in ["0", "20", "-1", "seven", "", "99999999999999999999"] {
        fails(run(EXAMPLE, [wrong]), EXAMPLE, "give a number from 1 to 19");
    }
    #[cfg(unix)]
    {
        let bytes: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
        fails(run(EXAMPLE, [bytes]), EXAMPLE, "give a number from 1 to 19");
    }
    fails(run(EXAMPLE, ["1", "2"]), EXAMPLE, "it takes one number");
}
