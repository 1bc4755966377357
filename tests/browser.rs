//! Opens the book in Chromium: served and static, light and dark, wide and narrow, by keyboard.
//! The steps are in `browser/*.mjs`; `npm ci --prefix tests/browser` installs what it needs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use loopback::explorers::{Values, address, encapsulation, port, sequence};
use serde_json::{Value, json};
use served::{
    Address, Opener, Served,
    course::{hold_up_builds, small_course, write},
};
use std::{
    io::Write,
    net::Ipv4Addr,
    path::Path,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

#[path = "browser/pictures.rs"]
mod pictures;
#[allow(dead_code)] // The browser asks, and not this program.
mod served;

/// `.ci/run` runs the tests below by themselves, and wants them; this is for everybody else.
#[test]
fn the_book_is_right_in_a_browser_where_there_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = |program: &str| {
        let run = std::process::Command::new(program)
            .arg("--version")
            .output();
        run.is_ok_and(|run| run.status.success())
    };
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    let why = if std::env::var_os("CI").is_some() {
        "CI runs them by themselves"
    } else if !root
        .join("tests/browser/node_modules/playwright-core")
        .exists()
    {
        "`npm ci --prefix tests/browser` has not been run"
    } else if !found("node") || !found(&chromium) {
        "Chromium or Node is not here"
    } else {
        every_page_is_right_in_a_browser();
        labs_run_and_exercises_are_solved_in_a_browser();
        the_explorers_show_what_rust_computes();
        the_sequence_shows_what_rust_wrote();
        the_pictures_show_what_rust_computes();
        return;
    };
    // Past the test harness, which keeps to itself what a passing test prints.
    let _ = writeln!(std::io::stderr(), "no test of the book in a browser: {why}");
}

#[test]
#[ignore = "needs Chromium, Node and `npm ci --prefix tests/browser`"]
fn every_page_is_right_in_a_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let course = course();
    let mut browser = assert_cmd::Command::new("node");
    browser
        .arg(root.join("tests/browser/book.mjs"))
        .args([&course.printed, course.site.path().to_str().unwrap()]);
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

#[test]
#[ignore = "needs Chromium, Node and `npm ci --prefix tests/browser`"]
fn labs_run_and_exercises_are_solved_in_a_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let course = course();
    // The small course, with the course's own scripts and looks.
    let small = small_course();
    let assets = ["course.css", "labs.css", "accessibility.js"]
        .into_iter()
        .chain(SCRIPTS);
    for asset in assets.map(|name| format!("book/assets/{name}")) {
        let text = std::fs::read_to_string(root.join(&asset)).unwrap();
        write(small.path(), &asset, &text);
    }
    let scripts = SCRIPTS.map(|name| format!("assets/{name}"));
    let book = format!(
        "[book]\ntitle = \"Small\"\n[output.html]\nadditional-css = [\"assets/course.css\", \"assets/labs.css\"]\n\
         additional-js = [\"assets/accessibility.js\", {}]\n",
        scripts.map(|script| format!("{script:?}")).join(", ")
    );
    write(small.path(), "book/book.toml", &book);
    // Its exercises' headings are those of a section.
    let page = std::fs::read_to_string(small.path().join("book/src/page.md")).unwrap();
    let page = page.replacen("# A page", "# A page\n\n## Exercises", 1);
    write(small.path(), "book/src/page.md", &page);
    // Until the script has seen how a page shows that.
    hold_up_builds(small.path());
    let opener = Opener::new();
    let served_small =
        Served::start_with(&["--port", "0"], small.path(), &[("PATH", &opener.path())]);
    let mut browser = assert_cmd::Command::new("node");
    browser
        .arg(root.join("tests/browser/labs.mjs"))
        .args([&course.printed, course.site.path().to_str().unwrap()])
        .args([
            printed(&served_small),
            small.path().to_str().unwrap().into(),
            opener.file().to_str().unwrap().into(),
        ]);
    if let Some(folder) = std::env::var_os("SCREENSHOTS") {
        browser.arg(folder);
    }
    let output = browser.timeout(Duration::from_secs(1800)).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The course: served, and as a static site.
struct Course {
    printed: String,
    site: tempfile::TempDir,
    _served: Mutex<Served>,
}

/// The one for all tests that run at the same time: a second one would build and check all that the first one does.
fn course() -> Arc<Course> {
    static SHARED: Mutex<Weak<Course>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    if let Some(course) = shared.upgrade() {
        return course;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let site = tempfile::tempdir().unwrap();
    loopback::book::build(root, site.path()).unwrap();
    let served = Served::start(&["--port", "0"], root);
    let course = Arc::new(Course {
        printed: printed(&served),
        site,
        _served: Mutex::new(served),
    });
    *shared = Arc::downgrade(&course);
    course
}

/// The scripts of labs and exercises, in the order in which a page has them.
const SCRIPTS: [&str; 4] = ["server.js", "lab_view.js", "labs.js", "exercises.js"];

/// The address that a served book prints.
fn printed(served: &Served) -> String {
    let Address { host, key } = served.address();
    format!("http://{host}/?key={key}")
}

#[test]
#[ignore = "needs Chromium, Node and `npm ci --prefix tests/browser`"]
fn the_explorers_show_what_rust_computes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = tempfile::tempdir().unwrap();
    let (site, cases) = (
        temporary.path().join("site"),
        temporary.path().join("cases"),
    );
    loopback::book::build(root, &site).unwrap();
    let all = json!({
        "address": address_cases(),
        "port": port_cases(),
        "encapsulation": encapsulation_cases(),
    });
    std::fs::write(&cases, all.to_string()).unwrap();
    let output = assert_cmd::Command::new("node")
        .arg(root.join("tests/browser/explorers.mjs"))
        .args([site, cases])
        .timeout(Duration::from_secs(900))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
}

#[test]
#[ignore = "needs Chromium, Node and `npm ci --prefix tests/browser`"]
fn the_sequence_shows_what_rust_wrote() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = tempfile::tempdir().unwrap();
    let [site, runs] = ["site", "runs"].map(|name| temporary.path().join(name));
    loopback::book::build(root, &site).unwrap();
    let all = sequence::runs().unwrap();
    let all = all.iter().map(|run| {
        let rows = run.rows.iter().enumerate().map(|(place, row)| {
            let texts = row.texts().map(|(_, text)| text);
            let [name, time, changes, why] = &texts;
            let mut step = format!("{} of {}, {time}. {name}. ", place + 1, run.rows.len());
            if !changes.is_empty() {
                step += &format!("{changes}. ");
            }
            let (lost, again) = (row.arrived.is_none(), row.again);
            let mut item = texts.to_vec();
            item.retain(|text| !text.is_empty());
            json!({ "item": item, "step": step + why, "label": row.label, "lost": lost, "again": again })
        });
        json!({ "lost": run.lost, "said": run.said, "rows": rows.collect::<Vec<_>>() })
    });
    std::fs::write(&runs, Value::from_iter(all).to_string()).unwrap();
    let output = assert_cmd::Command::new("node")
        .arg(root.join("tests/browser/sequence.mjs"))
        .args([site, runs])
        .timeout(Duration::from_secs(900))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
}

#[test]
#[ignore = "needs Chromium, Node and `npm ci --prefix tests/browser`"]
fn the_pictures_show_what_rust_computes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = tempfile::tempdir().unwrap();
    let (site, cases) = (
        temporary.path().join("site"),
        temporary.path().join("cases"),
    );
    loopback::book::build(root, &site).unwrap();
    let all = json!({
        "slicer": pictures::slicer_cases(numbers()),
        "presets": pictures::presets(),
        "timeline": pictures::timeline_cases(),
    });
    std::fs::write(&cases, all.to_string()).unwrap();
    let mut browser = assert_cmd::Command::new("node");
    browser
        .arg(root.join("tests/browser/pictures.mjs"))
        .args([site, cases]);
    // Where to keep pictures of both, for whoever wants to look at them.
    if let Some(folder) = std::env::var_os("SCREENSHOTS") {
        browser.arg(folder);
    }
    let output = browser.timeout(Duration::from_secs(900)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
}

/// Numbers that look random and are the same in every run (Marsaglia's xorshift).
fn numbers() -> impl Iterator<Item = u32> {
    std::iter::successors(Some(2_463_534_242_u32), |n| {
        let n = n ^ (n << 13);
        let n = n ^ (n >> 17);
        Some(n ^ (n << 5))
    })
}

/// What the page must show for an input: the values, or the values from before and what is wrong.
fn shown(answer: Result<Values, String>, last: &mut Values) -> Value {
    match answer {
        Ok(values) => {
            *last = values;
            json!({ "values": last })
        }
        Err(error) => json!({ "values": last, "error": error }),
    }
}

/// The first case is what the page shows before anybody types.
fn address_cases() -> Vec<Value> {
    let mut inputs: Vec<String> = [
        "192.168.1.20/24",
        "",
        "192.168.1.20",
        "/24",
        "1.2.3/24",
        "1..3.4/24",
        "01.2.3.4/24",
        "1.2.3.00/24",
        "256.1.1.1/8",
        "1.2.3.99999999999999999999/8",
        "-1.2.3.4/8",
        "+1.2.3.4/8",
        "1.2.3.4/",
        "1.2.3.4/33",
        "1.2.3.4/08",
        "1.2.3.4/8/8",
        "１.2.3.4/8",
        "0x7f.0.0.1/8",
        "::1/128",
        "<b>.1.1.1/8",
        "  10.0.0.1/8 ",
        "1.2.3.4/ 8",
        "{0}.1.1.1/8",
    ]
    .map(String::from)
    .into();
    let mut numbers = numbers();
    let edges = [
        "0.0.0.0",
        "1.0.0.0",
        "10.0.0.0",
        "11.0.0.0",
        "100.64.0.0",
        "100.128.0.0",
        "127.0.0.0",
        "128.0.0.0",
        "169.254.0.0",
        "169.255.0.0",
        "172.16.0.0",
        "172.32.0.0",
        "192.0.0.0",
        "192.0.1.0",
        "192.0.2.0",
        "192.0.3.0",
        "192.168.0.0",
        "192.169.0.0",
        "198.18.0.0",
        "198.20.0.0",
        "198.51.100.0",
        "198.51.101.0",
        "203.0.113.0",
        "203.0.114.0",
        "224.0.0.0",
        "240.0.0.0",
        "255.255.255.255",
    ];
    let edges = edges.map(|edge| edge.parse::<Ipv4Addr>().unwrap().to_bits());
    for bits in edges.into_iter().chain(numbers.by_ref().take(15)) {
        for bits in [bits.wrapping_sub(1), bits] {
            let address = Ipv4Addr::from_bits(bits);
            inputs.extend((0..=32).map(|prefix| format!("{address}/{prefix}")));
        }
    }
    // Nearly right: one character of a right one is another.
    for number in numbers.take(300) {
        let mut text = format!("{}/24", Ipv4Addr::from_bits(number)).into_bytes();
        let at = number as usize % text.len();
        text[at] = b"0123456789./ x"[(number >> 8) as usize % 14];
        inputs.push(String::from_utf8(text).unwrap());
    }
    let mut last = Values::new();
    let cases = inputs.into_iter().map(|input| {
        let mut shown = shown(address::answer(&input), &mut last);
        let bits = &last["bits"];
        let prefix = last["block"].split_once('/').unwrap().1;
        let number = u32::from_str_radix(bits, 2).unwrap();
        shown["network"] = bits[..prefix.parse().unwrap()].into();
        shown["decimal"] = Ipv4Addr::from_bits(number).to_string().into();
        json!({ "input": input, "shown": shown })
    });
    cases.collect()
}

fn port_cases() -> Vec<Value> {
    let mut inputs: Vec<String> = [
        "443",
        "",
        " ",
        "-1",
        "+80",
        "80.0",
        "1e3",
        "0x50",
        "8o",
        "65536",
        "99999999999999999999",
        " 0080 ",
        "８０",
        "<b>",
    ]
    .map(String::from)
    .into();
    inputs.extend((0..1100).map(|port| port.to_string()));
    inputs.extend(
        [
            3306, 3389, 3478, 8080, 32767, 32768, 49151, 49152, 60999, 61000, 65535,
        ]
        .map(|port| port.to_string()),
    );
    inputs.extend(numbers().take(300).map(|n| (n % 70_000).to_string()));
    let mut last = Values::new();
    let cases = inputs.into_iter().map(|input| {
        let shown = shown(port::answer(&input), &mut last);
        json!({ "input": input, "shown": shown })
    });
    cases.collect()
}

/// A case: a message is typed, then fields are edited one after the other, then buttons are pressed.
fn encapsulation_case(message: &str, edits: &[(&str, String)], press: &[&str]) -> Value {
    let sent = encapsulation::frame(message).unwrap();
    let mut frame = sent.clone();
    let mut error = None;
    for (key, digits) in edits {
        error = encapsulation::edit(&mut frame, key, digits).err();
    }
    for button in press {
        match *button {
            "recompute" => encapsulation::recompute(&mut frame),
            _ => frame = sent.clone(),
        }
        error = None;
    }
    let values = encapsulation::answer(&frame, &sent);
    let mut broken = vec!["ip_verdict", "udp_verdict"];
    broken.retain(|verdict| values[verdict].starts_with("broken"));
    let mut shown = json!({
        "frame": encapsulation::hex(&frame),
        "edited": encapsulation::edited(&frame, &sent).collect::<Vec<_>>(),
        "broken": broken,
        "values": values,
    });
    if let Some(error) = error {
        shown["error"] = error.to_string().into();
    }
    json!({ "input": message, "edits": edits, "press": press, "shown": shown })
}

fn encapsulation_cases() -> Vec<Value> {
    let long = "x".repeat(encapsulation::LONGEST_MESSAGE);
    let euros = "€".repeat(encapsulation::LONGEST_MESSAGE / 3);
    let mut messages: Vec<String> = [
        "hello",
        "",
        "h",
        "hi",
        "你好, network 👋",
        "<b>&amp;</b>",
        "a\"b",
        "{0}",
        " ",
        // The checksum of this one comes out as zero, and is sent as ffff.
        "zero: y`",
        // 46 bytes behind Ethernet's header need no padding; one less does.
        "0123456789abcdefg",
        "0123456789abcdefgh",
        "\u{feff}with a byte order mark",
        &long,
        &euros,
    ]
    .map(String::from)
    .into();
    let mut numbers = numbers();
    messages.extend(numbers.by_ref().take(30).map(|number| {
        let letters = "aZ0 é€漢👋~".chars().cycle().skip(number as usize % 9);
        letters.take(number as usize % 97).collect()
    }));
    let mut cases: Vec<Value> = messages
        .iter()
        .map(|message| encapsulation_case(message, &[], &[]))
        .collect();
    // Every field with its bits turned one by one and all together, and with bytes by chance.
    for message in ["hello", "odd or even?"] {
        let sent = encapsulation::frame(message).unwrap();
        for (key, bytes) in
            encapsulation::fields().map(|key| (key, encapsulation::read(&sent, key)))
        {
            let mut edits: Vec<Vec<u8>> = (0..8 * bytes.len().min(6))
                .map(|bit| {
                    let mut bytes = bytes.to_vec();
                    bytes[bit / 8] ^= 0x80 >> (bit % 8);
                    bytes
                })
                .collect();
            edits.push(vec![0; bytes.len()]);
            edits.push(vec![0xff; bytes.len()]);
            edits.push(bytes.to_vec());
            edits.extend((0..3).map(|_| {
                bytes
                    .iter()
                    .map(|_| numbers.next().unwrap() as u8)
                    .collect()
            }));
            for edit in edits {
                let edit = [(key, encapsulation::hex(&edit))];
                for press in [&[][..], &["recompute"], &["reset"]] {
                    cases.push(encapsulation_case(message, &edit, press));
                }
            }
            for wrong in ["", "4", "4g", "+4", "0x40", "00 00 00", "é", "4 0 4"] {
                cases.push(encapsulation_case(message, &[(key, wrong.into())], &[]));
            }
        }
    }
    // Several edits, one on top of the other.
    let keys: Vec<&str> = encapsulation::fields().collect();
    for _ in 0..200 {
        let sent = encapsulation::frame("several").unwrap();
        let mut edit = || {
            let key = keys[numbers.next().unwrap() as usize % keys.len()];
            let bytes = encapsulation::read(&sent, key).iter();
            let bytes: Vec<u8> = bytes.map(|_| numbers.next().unwrap() as u8).collect();
            (
                key,
                encapsulation::hex(&bytes).to_uppercase().replace(' ', ""),
            )
        };
        let edits = [edit(), edit(), edit()];
        cases.push(encapsulation_case("several", &edits, &[]));
        cases.push(encapsulation_case("several", &edits, &["recompute"]));
    }
    // Two bytes too many for one frame, in one character: what was there stays.
    let before = encapsulation_case("hello", &[], &[]);
    let too_long = euros + "👋";
    let error = encapsulation::frame(&too_long).unwrap_err().to_string();
    let mut shown = before["shown"].clone();
    shown["error"] = error.into();
    cases.push(before);
    cases.push(json!({ "input": too_long, "shown": shown }));
    cases
}
