//! Opens the book in Chromium: served and static, light and dark, wide and narrow, by keyboard.
//! The steps are in `browser/book.mjs`; `npm ci --prefix tests/browser` installs what it needs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Ends the served book when the test is over, however it ends.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs Chromium, Node and `npm ci --prefix tests/browser`"]
fn every_page_is_right_in_a_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let site = tempfile::tempdir().unwrap();
    loopback::book::build(root, site.path()).unwrap();
    // Where the served book is built; a killed program cannot tidy up.
    let temporary = tempfile::tempdir().unwrap();
    let mut served = Served(
        Command::new(env!("CARGO_BIN_EXE_loopback"))
            .args(["--port", "0"])
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next().expect("the book is not served").unwrap();
        if let Some(at) = line.find("http://") {
            break line[at..].to_owned();
        }
    };
    let mut browser = assert_cmd::Command::new("node");
    browser
        .arg(root.join("tests/browser/book.mjs"))
        .args([address.as_str(), site.path().to_str().unwrap()]);
    // Where to keep pictures of the pages, for whoever wants to look at them.
    if let Some(folder) = std::env::var_os("SCREENSHOTS") {
        browser.arg(folder);
    }
    let output = browser.timeout(Duration::from_secs(900)).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
