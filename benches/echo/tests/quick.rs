//! Shows that the bench works at all: every server starts, is measured and ends. Says nothing about how fast it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{fs, path::Path, process::Command};

#[test]
fn a_quick_run_measures_every_server_and_writes_nothing() {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("results.json");
    let before = fs::read(&results).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_echo_bench"))
        .arg("--quick")
        .output()
        .unwrap();
    let [printed, said] =
        [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{said}");
    // A row for each in the first table, and in the second for those that serve more than one.
    let rows = |kind: &str| printed.matches(&format!("| {kind}: ")).count();
    for (kind, count) in [
        ("TCP, one after another", 3),
        ("TCP, a thread each", 6),
        ("TCP, a task each", 6),
        ("`production_server_17`", 2),
        ("UDP, one after another", 6),
        ("UDP, in a task", 4),
    ] {
        let right =
            rows(kind) == count || printed.contains("is missing") || !cfg!(target_os = "linux");
        assert!(right, "{} rows of {kind} in {printed}", rows(kind));
    }
    let alone = "| TCP, one after another: Rust | ";
    let row = printed
        .lines()
        .find_map(|line| line.strip_prefix(alone))
        .expect(&printed);
    assert!(row.ends_with(" | serves 1 of 10 | – |"), "{row}");
    assert_eq!(fs::read(&results).unwrap(), before);
}
