//! Holds the book to what the bench has measured: its tables and its picture are drawn from the committed results, and what
//! the chapter on many clients says about them is so.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../benches/echo/src/drawing.rs"]
mod drawing;
#[path = "../benches/echo/src/results.rs"]
mod results;

use results::{Kind, Language, Point, Results, Server};
use std::{fs, path::Path};

const PAGE: &str = "book/src/robust/many_clients.md";

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn results() -> Results {
    serde_json::from_str(&read("benches/echo/results.json")).unwrap()
}

/// A server, and what it did with so many clients.
#[track_caller]
fn point(results: &Results, kind: Kind, language: Language, connections: usize) -> &Point {
    let server = results.server(kind, language);
    let point = server.and_then(|server| server.at(connections));
    point.unwrap_or_else(|| panic!("nothing of {kind:?} in {language:?} with {connections}"))
}

#[test]
fn the_tables_and_the_picture_are_those_of_the_results() {
    let results = results();
    let command = "cargo run --package echo_bench -- --draw";
    for (file, drawn) in [
        ("measured.md", drawing::tables(&results)),
        ("measured.svg", drawing::picture(&results)),
    ] {
        let shown = read(&format!("book/assets/{file}"));
        assert!(
            shown == drawn,
            "{file} is not as results.json says: {command}"
        );
        let include = format!("{{{{#include ../../assets/{file}}}}}");
        assert!(read(PAGE).contains(&include), "{PAGE} has no {include}");
    }
}

/// Each stands for a sentence of the page. Where a new run says otherwise, it is the sentence that is to be changed.
#[test]
fn what_the_page_says_of_the_numbers_is_so() {
    use {Kind::*, Language::*};
    let results = &results();
    assert_eq!(results.connections, [1, 10, 100, 1_000, 10_000]);
    let memory = |kind, language, connections| {
        let point = point(results, kind, language, connections);
        point.bytes_a_connection.expect("memory was measured")
    };
    let processor = |kind, language| {
        let point = point(results, kind, language, 100);
        point.processor_us.expect("the processor was measured")
    };

    // "it gets thousands of answers a second. The second client gets none, in any language"
    for language in [Rust, C, Python] {
        let alone = point(results, TcpSequential, language, 1).median;
        assert!(alone > 5_000.0, "{language:?}: {alone}");
        let server: &Server = results.server(TcpSequential, language).unwrap();
        let failed = server.failed.as_ref().expect("it serves one at a time");
        assert_eq!(
            (failed.connections, failed.why.as_str()),
            (10, "serves 1 of 10")
        );
    }

    // "Over UDP, the same loop serves everybody", "a client costs it no memory", "the rest is lost"
    let crowds = [Rust, C, Python].map(|language| point(results, UdpSequential, language, 10_000));
    for crowd in crowds {
        assert!(crowd.bytes_a_connection.unwrap() < 100.0, "{crowd:?}");
    }
    let lost = crowds.iter().any(|crowd| crowd.lost_percent > 1.0);
    assert!(lost, "{crowds:?}");

    // "In Rust and in C, threads and tasks are not far apart in time"
    for language in [Rust, C] {
        let [threads, tasks] = [TcpThreads, TcpTasks].map(|kind| processor(kind, language));
        assert!(
            (0.4..2.5).contains(&(threads / tasks)),
            "{language:?}: {threads}, {tasks}"
        );
    }

    // "several times the memory of a task", "keeps nothing at all for a client", "a buffer of 8 KiB"
    let task = memory(TcpTasks, Rust, 10_000);
    assert!(memory(TcpThreads, Rust, 10_000) > 3.0 * task, "{task}");
    assert!(memory(TcpTasks, C, 10_000) < 100.0);
    assert!(memory(Production, Rust, 10_000) > task + 6_000.0, "{task}");

    // "C and Rust are close together", "Python needs about twice as much for a task, or more", "not far behind"
    for kind in [TcpThreads, TcpTasks, UdpSequential] {
        let ratio = processor(kind, C) / processor(kind, Rust);
        assert!((0.5..2.0).contains(&ratio), "{kind:?}: {ratio}");
    }
    let ratio = |kind| processor(kind, Python) / processor(kind, Rust);
    assert!(ratio(TcpTasks) > 1.8, "{}", ratio(TcpTasks));
    assert!(ratio(UdpSequential) < 2.5, "{}", ratio(UdpSequential));

    // "with 1,000 clients they are far behind those of Rust"
    let [rust, python] =
        [Rust, Python].map(|language| point(results, TcpThreads, language, 1_000).median);
    assert!(python < rust / 2.0, "{python}, {rust}");
}
