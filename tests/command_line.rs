//! Runs the program `loopback` as a reader does: serves the book, checks exercises, builds the site.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod served;

use served::{DEADLINE, Served};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn loopback() -> Command {
    Command::new(env!("CARGO_BIN_EXE_loopback"))
}

/// Runs it to its end and gives exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    finish(loopback().args(arguments))
}

fn finish(command: &mut Command) -> (i32, String, String) {
    finish_within(command, DEADLINE)
}

fn finish_within(command: &mut Command, deadline: Duration) -> (i32, String, String) {
    let output = assert_cmd::Command::from_std(std::mem::replace(command, Command::new("")))
        .timeout(deadline)
        .output()
        .unwrap();
    (
        output.status.code().expect("it was ended at the deadline"),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn assert_one_line(stderr: &str, words: &[&str]) {
    assert_eq!(
        stderr.lines().count(),
        1,
        "one line on stderr, not:\n{stderr}"
    );
    assert!(stderr.starts_with("loopback: "), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word:?} is not in: {stderr}");
    }
}

#[test]
fn the_book_is_served_and_nothing_beside_it() {
    let served = Served::start(&["--port", "0"], root());
    let address = served.address();
    let page = address.get("/sockets/udp.html");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(
        page.contains("received 20 bytes"),
        "the recorded run is missing"
    );
    assert!(page.contains("frame-ancestors 'none'"), "{page}");

    let index = address.get("/");
    assert!(index.starts_with("HTTP/1.1 200"), "{index}");
    let missing = address.get("/no/such/page.html");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    for outside in [
        "/../Cargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
    ] {
        let response = address.get(outside);
        assert!(response.starts_with("HTTP/1.1 4"), "{outside}: {response}");
    }
}

#[test]
fn two_books_are_served_on_two_ports() {
    let (one, two) = (Served::start(&[], root()), Served::start(&[], root()));
    let (one, two) = (one.address(), two.address());
    assert_ne!(one, two);
}

#[test]
fn a_port_that_is_taken_is_told_in_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, _, stderr) = run(&["--port", &port]);
    assert_eq!(code, 1);
    assert_one_line(&stderr, &[&port, "--port"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_a_closed_terminal_end_the_book_and_leave_nothing_behind() {
    for signal in ["INT", "HUP", "TERM"] {
        end_by(signal);
    }
}

/// Serves a book, sends it this signal, and wants it to end and to have removed what it built.
#[cfg(unix)]
fn end_by(signal: &str) {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = loopback()
        .args(["--port", "0"])
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().contains("Ctrl-C") {}
    let built = fs::read_dir(temporary.path()).unwrap().count();
    assert_eq!(built, 1, "the built book is in a temporary folder");
    // The shell's own `kill`: not every system has a program of that name.
    let kill = format!("kill -{signal} {}", child.id());
    let killed = finish(Command::new("sh").args(["-c", &kill]));
    assert_eq!(killed.0, 0, "{killed:?}");
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "node_modules" && entry.path() != root().join("book/book") {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    }
}

/// A copy of the whole course, for tests that change it.
fn copy_of_the_course() -> TempDir {
    let course = tempfile::tempdir().unwrap();
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "book",
        "benches",
        "examples",
        "exercises",
        "solutions",
        "tests",
    ] {
        copy(&root().join(name), &course.path().join(name));
    }
    course
}

#[test]
fn a_change_of_the_source_is_on_the_page_and_a_broken_one_is_told() {
    let course = copy_of_the_course();
    let served = Served::start(&["--port", "0"], course.path());
    let address = served.address();
    served.wait_for("Ctrl-C");
    let source = course.path().join("book/src/sockets/udp.md");
    let text = fs::read_to_string(&source).unwrap();
    fs::write(&source, format!("{text}\nA sentence of this test.\n")).unwrap();
    served.wait_for("built");
    let page = address.get("/sockets/udp.html");
    assert!(
        page.contains("A sentence of this test."),
        "the page is the old one"
    );

    let labs = course.path().join("book/labs.toml");
    fs::write(&labs, "[[lab]]\nname = \n").unwrap();
    served.wait_for("book/labs.toml:2: ");
    let page = address.get("/sockets/udp.html");
    assert!(
        page.contains("received 20 bytes"),
        "the last good page is gone"
    );
}

#[test]
fn help_names_every_command() {
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for word in ["check", "build", "record", "--port", "--open"] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
}

#[test]
fn the_static_site_is_built_where_it_destroys_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (site, path) = (folder.path().join("new"), folder.path().to_str().unwrap());
    let site_name = site.to_str().unwrap();
    let (code, stdout, stderr) = run(&["build", site_name]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("index.html"), "{stdout}");
    let page = fs::read_to_string(site.join("sockets/udp.html")).unwrap();
    assert!(
        page.contains("received 20 bytes"),
        "the recorded run is missing"
    );

    let (code, ..) = run(&["build", site_name]);
    assert_eq!(code, 0, "an earlier build may be built over");
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let (code, _, stderr) = run(&["build", path]);
    assert_eq!(code, 1);
    assert_one_line(&stderr, &["not empty"]);
    assert!(folder.path().join("letter.txt").exists());
}

#[test]
fn names_that_do_not_exist_are_told_in_one_line() {
    for (arguments, words) in [
        (["record", "udp_helo"], ["udp_helo", "labs.toml"]),
        (["check", "udp_eho"], ["udp_eho", "cargo exercise"]),
    ] {
        let (code, _, stderr) = run(&arguments);
        assert_eq!(code, 1);
        assert_one_line(&stderr, &words);
    }
}

/// Makes `NAME.rs` of the reader the worked answer.
fn solve(course: &Path, part: &str, name: &str) {
    let solution = fs::read_to_string(root().join(format!("solutions/{part}/{name}.rs"))).unwrap();
    let header = fs::read_to_string(root().join(format!("exercises/{part}/{name}.rs"))).unwrap();
    let header: String = header
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| format!("{line}\n"))
        .collect();
    let body: String = solution
        .lines()
        .skip_while(|line| line.starts_with("//!"))
        .map(|line| line.replace("../../exercises/checks/", "../checks/") + "\n")
        .collect();
    let file = course.join(format!("exercises/{part}/{name}.rs"));
    fs::write(file, header + &body).unwrap();
}

#[test]
fn check_goes_through_the_exercises_and_shows_what_stands_in_the_way() {
    let course = copy_of_the_course();
    let all = loopback::exercises::list(root()).unwrap();
    let (first, second) = (&all[0], &all[1]);
    for exercise in &all {
        // Whatever a reader has done with theirs, this copy starts unsolved.
        solve(course.path(), &exercise.part, &exercise.name);
    }
    let check = |arguments: &[&str]| {
        let mut command = loopback();
        command.arg("check").args(arguments);
        command.env("CARGO_MANIFEST_DIR", course.path());
        command.env("CARGO_TARGET_DIR", course.path().join("target"));
        // The first time, it compiles every exercise, while other tests have the processors, too.
        finish_within(&mut command, Duration::from_secs(900))
    };
    let (code, stdout, stderr) = check(&[]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(
        stdout.contains(&format!("all {} exercises are solved", all.len())),
        "{stdout}"
    );

    let file = |exercise: &loopback::exercises::Exercise| course.path().join(exercise.file());
    let solved = fs::read_to_string(file(second)).unwrap();
    let (before, after) = solved.split_once("pub fn ").unwrap();
    let after = after.replacen("{\n", "{\n    todo!();\n", 1);
    let unsolved = format!("{before}pub fn {after}");
    fs::write(file(second), &unsolved).unwrap();
    let (code, stdout, stderr) = check(&[]);
    assert_eq!(code, 1);
    assert_one_line(&stderr, &[&second.name, "not solved yet"]);
    for words in [
        &format!("checking {} ... solved", first.name),
        &second.file(),
    ] {
        assert!(
            stdout.contains(words.as_str()),
            "{words:?} is not in:\n{stdout}"
        );
    }
    assert!(
        stdout.contains(&format!("#exercise-{}", second.name)),
        "{stdout}"
    );
    for hint in ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"] {
        let (_, stdout, _) = check(&["--hint"]);
        assert!(stdout.contains(hint), "{hint} is not in:\n{stdout}");
    }

    // One that ends the check's own program has proven nothing.
    let exits = unsolved.replacen("todo!()", "std::process::exit(0)", 1);
    fs::write(file(second), exits).unwrap();
    let (code, stdout, stderr) = check(&[&second.name]);
    assert_eq!(code, 1, "{stdout}");
    assert_one_line(&stderr, &["not right yet"]);
    assert!(stdout.contains("`exit`"), "{stdout}");

    // One that has lost its check has proven nothing, either.
    fs::write(file(second), "").unwrap();
    let (code, stdout, stderr) = check(&[&second.name]);
    assert_eq!(code, 1, "{stdout}");
    assert_one_line(&stderr, &["not right yet"]);
    assert!(stdout.contains("nothing was checked"), "{stdout}");

    // One that does not compile shows the compiler's words, and keeps no other from its verdict.
    fs::write(file(second), solved.replace("fn ", "fun ")).unwrap();
    let (code, stdout, stderr) = check(&[&second.name]);
    assert_eq!(code, 1);
    assert_one_line(&stderr, &["does not compile"]);
    assert!(
        stdout.contains("fun"),
        "the compiler's message is missing:\n{stdout}"
    );
    let (code, stdout, _) = check(&[&first.name]);
    assert_eq!(code, 0, "{stdout}");
}
