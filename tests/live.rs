//! The served book that runs programs: what its own pages may ask for, and what nobody else may. Each attack is
//! tried on a running book, which must refuse it, clean up behind it, and go on serving.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod served;

use serde_json::{Value, json};
use served::{
    Address, DEADLINE, Opener, Served,
    course::{answer, hold_up_builds, small_course, write, write_exercise},
};
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

/// A small course that is served, and a reader who has opened its page.
struct Reader {
    address: Address,
    token: String,
    // In this order: the book ends before its course goes.
    served: Served,
    course: tempfile::TempDir,
}

/// An answer that comes line by line.
struct Lines(BufReader<TcpStream>);

impl Lines {
    /// The next JSON object; nothing at the answer's end.
    fn next(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            match self.0.read_line(&mut line) {
                Ok(0) => return None,
                // What is no object is the answer's head, or says how long the next chunk is.
                Ok(_) if line.starts_with('{') => {
                    return Some(serde_json::from_str(&line).unwrap());
                }
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => panic!("no line within {DEADLINE:?}: {error}"),
            }
        }
    }

    /// All objects up to the answer's end.
    fn all(mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// The first object for which this holds.
    fn find(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        let mut seen = Vec::new();
        loop {
            match self.next() {
                Some(value) if holds(&value) => return value,
                Some(value) => seen.push(value),
                None => panic!("the answer ended; it had {seen:?}"),
            }
        }
    }
}

impl Reader {
    fn of(course: tempfile::TempDir) -> Reader {
        Reader::with(course, &[])
    }

    /// One whose book has these variables in its environment.
    fn with(course: tempfile::TempDir, variables: &[(&str, &str)]) -> Reader {
        let served = Served::start_with(&["--port", "0"], course.path(), variables);
        let address = served.address();
        served.wait_for("Ctrl-C");
        let token = token_in(&address.get("/page.html"));
        Reader {
            address,
            token,
            served,
            course,
        }
    }

    /// What a browser sends with a request of the book's own page.
    fn headers(&self) -> Vec<String> {
        vec![
            format!("Host: {}", self.address.host),
            format!("Origin: http://{}", self.address.host),
            self.address.cookie(),
            format!("x-loopback-token: {}", self.token),
        ]
    }

    fn run_with(&self, path: &str, headers: &[String], body: &str) -> String {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        self.address.ask(&format!("POST {path}"), &headers, body)
    }

    /// Asks for a run; the whole answer.
    fn post(&self, path: &str, body: &str) -> String {
        self.run_with(path, &self.headers(), body)
    }

    /// Runs a lab and gives its answer line by line.
    fn run(&self, lab: &str, body: &str) -> Lines {
        let headers = self.headers();
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let request = format!("POST /run/{lab}");
        Lines(BufReader::new(self.address.send(&request, &headers, body)))
    }

    /// How the exercises stand, and then whatever changes.
    fn exercises(&self) -> Lines {
        let host = format!("Host: {}", self.address.host);
        let headers = [host.as_str(), &self.address.cookie()];
        Lines(BufReader::new(self.address.send(
            "GET /exercises",
            &headers,
            "",
        )))
    }

    /// Makes sure that the book still serves and runs.
    fn goes_on(&self) {
        let page = self.address.get("/page.html");
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        let ran = self.run("says", "{}").all();
        assert_eq!(ran.last(), Some(&json!({"kind": "done"})), "{ran:?}");
    }

    /// Runs the lab `endless` up to the point where it and its child have told their process ids.
    fn endless(&self) -> (Lines, [u32; 2]) {
        let mut lines = self.run("endless", "{}");
        let pids = [(); 2].map(|()| {
            let line =
                lines.find(|line| line["line"].as_str().is_some_and(|l| l.starts_with("pid ")));
            line["line"].as_str().unwrap()[4..].parse().unwrap()
        });
        (lines, pids)
    }
}

fn token_in(page: &str) -> String {
    let (_, token) = page
        .split_once("loopback-token\" content=\"")
        .expect("no token in the page");
    token.split_once('"').unwrap().0.to_owned()
}

/// Waits until none of these processes runs any more.
fn wait_for_the_end_of(pids: &[u32]) {
    let start = Instant::now();
    let runs = |pid: &&u32| {
        let arguments = ["-o", "stat=", "-p", &pid.to_string()];
        let state = Command::new("ps").args(arguments).output().unwrap().stdout;
        // One that nobody has asked how it ended is a zombie: it does not run.
        !state.is_empty() && !state.starts_with(b"Z")
    };
    while pids.iter().any(|pid| runs(&pid)) {
        assert!(start.elapsed() < DEADLINE, "some of {pids:?} still run");
        sleep(Duration::from_millis(20));
    }
}

fn status(answer: &str) -> u16 {
    let status = answer.split(' ').nth(1).unwrap_or_default();
    status
        .parse()
        .unwrap_or_else(|_| panic!("no answer: {answer}"))
}

#[test]
fn only_the_printed_address_opens_the_book() {
    let reader = Reader::of(small_course());
    let Address { host, key } = &reader.address;
    let host_line = format!("Host: {host}");
    let ask = |request: &str, headers: &[&str]| reader.address.ask(request, headers, "");

    // Another user of this machine, who does not know the key.
    let wrong = "0".repeat(key.len());
    let cookie = reader.address.cookie();
    let others = cookie.replace(key, &wrong);
    for headers in [
        vec![host_line.as_str()],
        vec![host_line.as_str(), &others],
        vec![host_line.as_str(), "Cookie: loopback_1=; other=1"],
    ] {
        // A page that was open before shows what it is told as it stands.
        let refused = ask("POST /run/says", &headers);
        assert_eq!(status(&refused), 403, "{refused}");
        assert!(
            refused.ends_with("open the address that its terminal shows"),
            "{refused}"
        );
        for path in [
            "/",
            "/page.html",
            "/builds",
            "/exercises",
            &format!("/?key={wrong}"),
            "/?key=",
        ] {
            let refused = ask(&format!("GET {path}"), &headers);
            assert_eq!(status(&refused), 403, "{path}: {refused}");
            assert!(refused.contains("Open the printed address"), "{refused}");
            assert!(
                !refused.contains(&reader.token) && !refused.contains(key.as_str()),
                "{refused}"
            );
        }
    }
    // The printed address gives the cookie, and leads to the same page without the key in its address. By a page: a
    // browser that followed a link of another site would not send this cookie with a redirection.
    let opened = ask(&format!("GET /page.html?key={key}"), &[&host_line]);
    assert_eq!(status(&opened), 200, "{opened}");
    assert!(opened.contains("content=\"0; url=/page.html\""), "{opened}");
    let value = cookie.strip_prefix("Cookie: ").unwrap();
    let set = format!("set-cookie: {value}; Path=/; HttpOnly; SameSite=Strict\r\n");
    assert!(opened.contains(&set), "{opened}");
    for path in ["//evil.example/", "/\"><script>", "/a//b", "/'", "/%22"] {
        let opened = ask(&format!("GET {path}?key={key}"), &[&host_line]);
        let refused = status(&opened) == 400;
        assert!(
            refused || opened.contains("content=\"0; url=/\""),
            "{path}: {opened}"
        );
    }
    reader.goes_on();
}

#[cfg(target_os = "linux")]
#[test]
fn the_key_is_no_argument_of_the_browser_where_every_user_could_see_it() {
    use std::os::unix::fs::PermissionsExt;
    let (course, opener) = (small_course(), Opener::new());
    let served = Served::start_with(
        &["--port", "0", "--open"],
        course.path(),
        &[("PATH", &opener.path())],
    );
    let address = served.address();
    let given = opener.given();
    assert!(!given.contains(&address.key), "{given}");
    let page = std::fs::read_to_string(&given).unwrap();
    let way = format!("url=http://{}/?key={}", address.host, address.key);
    assert!(page.contains(&way), "{page}");
    let mode = std::fs::metadata(&given).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others may read it: {mode:o}");
}

#[test]
fn a_name_that_was_made_to_point_here_gets_nothing() {
    let reader = Reader::of(small_course());
    let Address { host, key } = &reader.address;
    let port = host.rsplit(':').next().unwrap();
    let cookie = reader.address.cookie();
    for name in [
        "evil.example",
        &format!("evil.example:{port}"),
        &format!("127.0.0.1.evil.example:{port}"),
        "127.0.0.1",
        "",
    ] {
        let line = format!("Host: {name}");
        for path in ["/", &format!("/?key={key}")] {
            let refused = reader
                .address
                .ask(&format!("GET {path}"), &[&line, &cookie], "");
            assert_eq!(status(&refused), 421, "{name}: {refused}");
        }
        let mut headers = reader.headers();
        headers[0] = line.clone();
        headers[1] = format!("Origin: http://{name}");
        assert_eq!(status(&reader.run_with("/run/says", &headers, "{}")), 421);
    }
    // This one is ours, too.
    let local = format!("Host: localhost:{port}");
    assert_eq!(
        status(&reader.address.ask("GET /page.html", &[&local, &cookie], "")),
        200
    );
    reader.goes_on();
}

#[test]
fn another_site_can_start_nothing() {
    let reader = Reader::of(small_course());
    let ours = reader.headers();
    let port = reader.address.host.rsplit(':').next().unwrap();
    let with = |index: usize, line: Option<String>| {
        let mut headers = ours.clone();
        headers.splice(index..=index, line);
        headers
    };
    for (what, headers) in [
        (
            "another site",
            with(1, Some("Origin: https://evil.example".into())),
        ),
        (
            "another port",
            with(1, Some("Origin: http://127.0.0.1:1".into())),
        ),
        (
            "our other name",
            with(1, Some(format!("Origin: http://localhost:{port}"))),
        ),
        (
            "a frame without an origin",
            with(1, Some("Origin: null".into())),
        ),
        ("no origin", with(1, None)),
        ("no cookie", with(2, None)),
        ("no token", with(3, None)),
        ("an empty token", with(3, Some("x-loopback-token: ".into()))),
        (
            "a wrong token",
            with(3, Some(format!("x-loopback-token: {}", "0".repeat(32)))),
        ),
        (
            "the key as token",
            with(3, Some(format!("x-loopback-token: {}", reader.address.key))),
        ),
    ] {
        for path in ["/run/says", "/open/one", "/no/such/path"] {
            let refused = reader.run_with(path, &headers, "{}");
            assert_eq!(status(&refused), 403, "{what}: {refused}");
        }
    }
    // A browser asks first whether another site may send our header. It may not.
    let host = &ours[0];
    let asked = reader.address.ask(
        "OPTIONS /run/says",
        &[
            host,
            "Origin: https://evil.example",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: x-loopback-token",
        ],
        "",
    );
    assert_eq!(status(&asked), 403, "{asked}");
    assert!(
        !asked.to_lowercase().contains("access-control-allow"),
        "{asked}"
    );
    // What only reads cannot start anything, and what is no request of ours neither.
    assert_eq!(status(&reader.address.get("/run/says")), 405);
    reader.goes_on();
}

#[test]
fn every_answer_forbids_frames_and_guesses_about_its_kind() {
    let reader = Reader::of(small_course());
    let host = format!("Host: {}", reader.address.host);
    for answer in [
        reader.address.get("/page.html"),
        reader.address.get("/no/such/page.html"),
        reader.address.get("/builds?once"),
        reader.address.get("/exercises?once"),
        reader.address.ask("GET /", &[&host], ""),
        reader.address.ask("GET /", &["Host: evil.example"], ""),
        reader.post("/run/says", "{}"),
        reader.post("/run/none", "{}"),
    ] {
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        for line in [
            "frame-ancestors 'none'",
            "x-frame-options: deny",
            "x-content-type-options: nosniff",
            "cross-origin-resource-policy: same-origin",
            "referrer-policy: no-referrer",
            "default-src 'self'",
        ] {
            assert!(head.contains(line), "{line} is not in {head}");
        }
        assert!(!head.contains("access-control-allow-origin"), "{head}");
    }
}

#[test]
fn a_lab_is_one_of_the_list_and_a_request_says_nothing_else() {
    let reader = Reader::of(small_course());
    for name in [
        "none",
        "say",
        "SAYS",
        "..",
        "../says",
        "..%2fsays",
        "%2e%2e%2f%2e%2e%2fbin%2fsh",
        "%2fbin%2fsh",
        "says%00",
        "says/../endless",
        "says;id",
        "says%20endless",
        "",
        "%ff",
        "%",
    ] {
        let refused = reader.post(&format!("/run/{name}"), "{}");
        assert!(
            [400, 403, 404, 405].contains(&status(&refused)),
            "{name:?}: {refused}"
        );
    }
    let long = json!({ "message": "x".repeat(201) }).to_string();
    for body in [
        "",
        "[]",
        "null",
        "{",
        "\u{0}",
        r#"{"message": 1}"#,
        r#"{"args": ["x"]}"#,
        r#"{"message": "x", "env": {}}"#,
        r#"{"message": "two\nlines"}"#,
        r#"{"message": "\u0000"}"#,
        r#"{"message": "\u001b[2J"}"#,
        &long,
    ] {
        let refused = reader.post("/run/says", body);
        assert_eq!(status(&refused), 400, "{body:?}: {refused}");
    }
    let refused = reader.post("/run/says_nothing", r#"{"message": "x"}"#);
    assert_eq!(status(&refused), 400, "{refused}");
    assert!(
        refused.contains("says_nothing takes no message"),
        "{refused}"
    );
    let huge = json!({ "message": "x".repeat(1_000_000) }).to_string();
    assert_eq!(status(&reader.post("/run/says", &huge)), 413);
    reader.goes_on();
}

#[test]
fn a_message_is_one_argument_as_it_is() {
    let reader = Reader::of(small_course());
    let given = |body: &Value| {
        let ran = reader.run("says", &body.to_string()).all();
        assert_eq!(ran.last(), Some(&json!({"kind": "done"})), "{ran:?}");
        let lines = ran.iter().filter(|line| line["kind"] == "printed");
        lines
            .map(|line| line["line"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(given(&json!({})), ["given: \"what it has itself\""]);
    let longest = "é".repeat(200);
    for message in [
        "",
        " ",
        "a b",
        "$(touch here)",
        "`id`; exit 1 | cat > f",
        "it's \"quoted\"",
        "--gentle",
        "-h",
        "--",
        "*",
        "你好 👋",
        "{closed}",
        "{server}",
        "%s",
        "\\n",
        &longest,
    ] {
        assert_eq!(
            given(&json!({ "message": message })),
            [format!("given: {message:?}")]
        );
    }
    assert!(!reader.course.path().join("here").exists());
}

#[cfg(unix)]
#[test]
fn a_run_ends_with_all_that_it_started_when_its_reader_goes_away() {
    let reader = Reader::of(small_course());
    let (lines, pids) = reader.endless();
    drop(lines);
    wait_for_the_end_of(&pids);
    reader.goes_on();
}

#[cfg(unix)]
#[test]
fn a_third_run_waits_and_two_hundred_are_refused() {
    let reader = Reader::of(small_course());
    let ((first, pids), (second, more_pids)) = (reader.endless(), reader.endless());
    let mut third = reader.run("says", "{}");
    let line = third.find(|line| line["kind"] != "building");
    assert_eq!(line, json!({"kind": "waiting"}));
    drop(first);
    assert_eq!(third.all().last(), Some(&json!({"kind": "done"})));
    drop(second);
    wait_for_the_end_of(&pids);
    wait_for_the_end_of(&more_pids);

    let headers = reader.headers();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let ask = || reader.address.send("POST /run/endless", &headers, "{}");
    let crowd: Vec<TcpStream> = (0..200).map(|_| ask()).collect();
    let mut statuses = Vec::new();
    for mut connection in crowd.iter() {
        let mut beginning = [0; 12];
        connection.read_exact(&mut beginning).unwrap();
        statuses.push(status(&String::from_utf8_lossy(&beginning)));
    }
    let (taken, refused): (Vec<u16>, Vec<u16>) =
        statuses.iter().partition(|&&status| status == 200);
    assert_eq!(taken.len(), 8, "{statuses:?}");
    assert!(refused.iter().all(|&status| status == 429), "{statuses:?}");
    let page = reader.address.get("/page.html");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    drop(crowd);
    let start = Instant::now();
    while status(&reader.post("/run/says", "{}")) == 429 {
        assert!(start.elapsed() < DEADLINE, "the places are not given back");
        sleep(Duration::from_millis(20));
    }
    reader.goes_on();
}

#[cfg(unix)]
#[test]
fn nothing_outlives_the_book_however_it_ends() {
    for signal in ["KILL", "INT", "TERM", "HUP", "ABRT"] {
        let mut reader = Reader::of(small_course());
        let (_lines, pids) = reader.endless();
        // The shell's own `kill`: not every system has a program of that name.
        let kill = format!("kill -{signal} {}", reader.served.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        reader.served.child.wait().unwrap();
        wait_for_the_end_of(&pids);
    }
}

#[cfg(unix)]
#[test]
fn a_build_ends_with_the_book() {
    let course = small_course();
    // It tells its process id, and then it never ends.
    write(
        course.path(),
        "examples/first/build.rs",
        "fn main() {\n    std::fs::write(\"pid\", std::process::id().to_string()).unwrap();\n    loop {\n        \
         std::thread::sleep(std::time::Duration::from_secs(1));\n    }\n}\n",
    );
    let mut reader = Reader::of(course);
    let mut lines = reader.run("says", "{}");
    assert_eq!(lines.next().unwrap()["kind"], "building");
    let start = Instant::now();
    let pid = loop {
        let pid = std::fs::read_to_string(reader.course.path().join("examples/first/pid"));
        if let Some(pid) = pid.ok().and_then(|pid| pid.parse().ok()) {
            break pid;
        }
        assert!(start.elapsed() < DEADLINE, "the build does not begin");
        sleep(Duration::from_millis(20));
    };
    reader.served.child.kill().unwrap();
    reader.served.child.wait().unwrap();
    wait_for_the_end_of(&[pid]);
}

#[test]
fn a_run_that_never_stops_is_stopped_and_told() {
    let reader = Reader::of(small_course());
    // At once, what prints for ever.
    let ran = reader.run("flood", "{}").all();
    let printed = ran.iter().filter(|line| line["kind"] == "printed").count();
    assert_eq!(printed, 500);
    let last = ran.last().unwrap();
    assert_eq!(last["kind"], "problem", "{last}");
    assert!(
        last["line"]
            .as_str()
            .unwrap()
            .contains("more than 500 lines"),
        "{last}"
    );
    // In parts, a line that is too long for one.
    let ran = reader.run("long_line", "{}").all();
    let lengths = ran.iter().filter(|line| line["kind"] == "printed");
    let lengths: Vec<usize> = lengths
        .map(|line| line["line"].as_str().unwrap().len())
        .collect();
    assert_eq!(lengths.iter().sum::<usize>(), 100_000);
    assert!(
        lengths.iter().all(|&length| length <= 16_384),
        "{lengths:?}"
    );
    // After 20 s, what does nothing.
    let start = Instant::now();
    let ran = reader.run("endless", "{}").all();
    let last = ran.last().unwrap();
    assert_eq!(last["kind"], "problem", "{last}");
    assert!(last["line"].as_str().unwrap().contains("20 s"), "{last}");
    assert!(start.elapsed() >= Duration::from_secs(20));
    reader.goes_on();
}

#[test]
fn an_example_is_built_again_when_it_was_edited_and_a_broken_one_is_told() {
    let reader = Reader::of(small_course());
    reader.goes_on();
    let source =
        std::fs::read_to_string(reader.course.path().join("examples/first/say.rs")).unwrap();
    let edit = |text: &str| write(reader.course.path(), "examples/first/say.rs", text);
    edit(&source.replace("given:", "edited:"));
    let ran = reader.run("says", "{}").all();
    assert!(
        ran.iter()
            .any(|line| line["line"] == "edited: \"what it has itself\""),
        "{ran:?}"
    );
    edit(&source.replace("fn main", "fun main"));
    let ran = reader.run("says", "{}").all();
    let last = ran.last().unwrap();
    assert_eq!(last["kind"], "problem", "{last}");
    for words in ["say does not build", "fun main", "say.rs:2"] {
        assert!(
            last["line"].as_str().unwrap().contains(words),
            "{words}: {last}"
        );
    }
    let builds = reader.address.get("/builds?once");
    assert!(
        builds.contains(r#"{"lab":"says","state":"failed","example":"say""#),
        "{builds}"
    );
    edit(&source);
    reader.goes_on();
    let builds = reader.address.get("/builds?once");
    assert!(
        builds.contains(r#"{"lab":"says","state":"ready""#),
        "{builds}"
    );
}

/// The state in a line about an exercise.
fn state_of(name: &str, state: &str) -> impl Fn(&Value) -> bool {
    move |line| line["exercise"] == name && line["state"] == state
}

/// Waits until both exercises are judged unsolved, in whichever order.
fn both_are_unsolved(states: &mut Lines) {
    let mut left = vec!["one", "two"];
    while !left.is_empty() {
        let line = states.find(|line| line["state"] == "unsolved");
        left.retain(|name| line["exercise"] != *name);
    }
}

#[test]
fn an_exercise_is_judged_when_it_is_saved_and_no_other() {
    let reader = Reader::of(small_course());
    let root = reader.course.path().to_owned();
    let mut states = reader.exercises();
    both_are_unsolved(&mut states);

    let mut expect = |body: &str, state: &str, words: &str| {
        write_exercise(&root, "one", &answer(body));
        loop {
            let line = states.next().unwrap();
            assert_eq!(line["exercise"], "one", "{line}");
            assert_eq!(line["file"], "exercises/first/one.rs");
            if line["state"] == "checking" {
                continue;
            }
            assert_eq!(line["state"], state, "{line}");
            assert!(line["message"].as_str().unwrap().contains(words), "{line}");
            break;
        }
    };
    expect("42", "solved", "");
    expect("41", "failed", "it is not 42");
    expect("fourty_two", "does_not_compile", "fourty_two");
    expect("std::process::exit(0)", "failed", "`exit`");
    expect("panic!(\"my own\")", "failed", "my own");
    expect("42", "solved", "");
    // Its check has changed, not the exercise.
    let check = "exercises/checks/first/one.rs";
    let text = std::fs::read_to_string(root.join(check)).unwrap();
    write(
        &root,
        check,
        &text.replace("42, \"it is not 42\"", "43, \"it is not 43\""),
    );
    let line = states.find(|line| line["state"] != "checking");
    assert_eq!(
        (&line["exercise"], &line["state"]),
        (&json!("one"), &json!("failed")),
        "{line}"
    );
    write(&root, check, &text);
    states.find(state_of("one", "solved"));

    // The next start knows it, without a new judgement.
    let Reader { served, course, .. } = reader;
    drop(served);
    let reader = Reader::of(course);
    let mut states = reader.exercises();
    let first: Vec<Value> = [(); 2].map(|()| states.next().unwrap()).into();
    let first: Vec<&str> = first
        .iter()
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    assert_eq!(first, ["solved", "unsolved"]);
    // And is not misled by what happened while it was off, such as another commit.
    let Reader { served, course, .. } = reader;
    drop(served);
    write_exercise(&root, "one", served::course::UNSOLVED);
    write_exercise(&root, "two", &answer("42"));
    let reader = Reader::of(course);
    let mut states = reader.exercises();
    states.find(|line| {
        assert!(!state_of("one", "solved")(line), "{line}");
        state_of("two", "solved")(line)
    });
}

#[test]
fn a_saved_exercise_waits_for_no_build_that_nobody_waits_for() {
    let course = small_course();
    hold_up_builds(course.path());
    let reader = Reader::of(course);
    let mut states = reader.exercises();
    states.find(state_of("two", "waiting"));
    let host = format!("Host: {}", reader.address.host);
    let headers = [host.as_str(), &reader.address.cookie()];
    let mut builds = Lines(BufReader::new(reader.address.send(
        "GET /builds",
        &headers,
        "",
    )));
    builds.find(|line| line["state"] == "building");
    write_exercise(reader.course.path(), "one", &answer("42"));
    states.find(|line| {
        assert_eq!(line["exercise"], "one", "{line}");
        line["state"] == "solved"
    });
    // The build that was ended for it goes on, and behind it comes the other exercise.
    write(reader.course.path(), "examples/first/go", "");
    states.find(state_of("two", "unsolved"));
    reader.goes_on();
}

#[cfg(target_os = "linux")]
#[test]
fn an_exercise_is_handed_to_the_program_for_its_file_or_the_reader_is_told() {
    let opener = Opener::new();
    let reader = Reader::with(small_course(), &[("PATH", &opener.path())]);
    // Only what is in the list, and by its name.
    for name in ["none", "..%2ffirst%2fone", "one.rs", "%2fbin%2fsh", "-h"] {
        let refused = reader.post(&format!("/open/{name}"), "");
        assert_eq!(status(&refused), 404, "{name}: {refused}");
    }
    assert_eq!(status(&reader.post("/open/one", "")), 204);
    let file = reader.course.path().join("exercises/first/one.rs");
    assert_eq!(Path::new(&opener.given()), file.canonicalize().unwrap());

    // A system that has no such program.
    let nothing = tempfile::tempdir().unwrap();
    let path = nothing.path().to_str().unwrap();
    let reader = Reader::with(small_course(), &[("PATH", path)]);
    let told = reader.post("/open/one", "");
    assert_eq!(status(&told), 501, "{told}");
    assert!(told.contains("no program for such files"), "{told}");
}

#[test]
fn an_answer_that_hangs_is_ended_and_holds_up_neither_runs_nor_other_exercises() {
    let reader = Reader::of(small_course());
    let mut states = reader.exercises();
    both_are_unsolved(&mut states);
    write_exercise(reader.course.path(), "one", &answer("loop {}"));
    states.find(state_of("one", "checking"));
    write_exercise(reader.course.path(), "two", &answer("42"));
    let line = states.find(|line| line["exercise"] == "one" || state_of("two", "solved")(line));
    assert_eq!(line["exercise"], "two", "{line}");
    reader.goes_on();
    let line = states.find(state_of("one", "hangs"));
    assert!(
        line["message"].as_str().unwrap().contains("never ends"),
        "{line}"
    );
}

#[test]
fn a_browser_keeps_what_it_has_and_gets_the_rest_in_short() {
    let reader = Reader::of(small_course());
    let host = format!("Host: {}", reader.address.host);
    let cookie = reader.address.cookie();
    let ask = |path: &str, more: &str| {
        let headers = [host.as_str(), &cookie, "Accept-Encoding: gzip", more];
        reader
            .address
            .ask(&format!("GET {path}"), &headers, "")
            .to_lowercase()
    };
    let page = ask("/page.html", "Accept: */*");
    assert!(page.contains("content-encoding: gzip\r\n"), "{page}");
    assert!(
        page.contains("cache-control: private, no-cache\r\n"),
        "{page}"
    );
    let plain = reader.address.get("/page.html");
    let tag = plain
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap();
    let again = ask("/page.html", &format!("If-None-Match: {tag}"));
    assert_eq!(status(&again), 304, "{again}");
    write(
        reader.course.path(),
        "book/src/page.md",
        "# A page\n\nAnother text.\n",
    );
    reader.served.wait_for("built");
    assert_eq!(
        status(&ask("/page.html", &format!("If-None-Match: {tag}"))),
        200
    );

    let style = plain
        .split('"')
        .find(|text| text.contains("css/general-"))
        .unwrap();
    let style = ask(&format!("/{style}"), "Accept: */*");
    assert_eq!(status(&style), 200, "{style}");
    assert!(style.contains("immutable"), "{style}");
    assert!(!style.contains("loopback-token"));
}

#[test]
fn the_real_course_runs_a_real_lab() {
    let served = Served::start(&["--port", "0"], Path::new(env!("CARGO_MANIFEST_DIR")));
    let address = served.address();
    let token = token_in(&address.get("/sockets/udp.html"));
    let headers = [
        format!("Host: {}", address.host),
        format!("Origin: http://{}", address.host),
        address.cookie(),
        format!("x-loopback-token: {token}"),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let answer = address.ask(
        "POST /run/udp_hello",
        &headers,
        r#"{"message": "from a test"}"#,
    );
    for words in [
        "listening on 127.0.0.1:",
        r#"sent 11 bytes: \"from a test\""#,
        r#""datagram":"66726f6d20612074657374""#,
        r#"{"kind":"done"}"#,
    ] {
        assert!(answer.contains(words), "{words} is not in:\n{answer}");
    }
}
