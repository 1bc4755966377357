//! A whole course in small, for tests that break and change it: one page, a few labs, two exercises.

use std::{fs, path::Path};
use tempfile::TempDir;

/// The labs, each with the program that it runs. A `|` stands between the arguments.
const LABS: [(&str, &str); 5] = [
    ("says", "say|{message: what it has itself}"),
    ("says_nothing", "say"),
    ("endless", "endless"),
    ("flood", "flood"),
    ("long_line", "long_line"),
];

const SAY: &str = r#"
fn main() {
    for argument in std::env::args().skip(1) {
        println!("given: {argument:?}");
    }
}
"#;

/// Tells its own process id and that of a process which it has started, and goes on for ever.
const ENDLESS: &str = r#"
fn main() {
    println!("pid {}", std::process::id());
    if std::env::args().len() == 1 {
        let own = std::env::current_exe().unwrap();
        std::process::Command::new(own).arg("as a child").spawn().unwrap();
    }
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}
"#;

const FLOOD: &str = r#"
fn main() {
    loop {
        println!("still here");
    }
}
"#;

const LONG_LINE: &str = r#"
fn main() {
    print!("{}", "long ".repeat(20_000));
}
"#;

pub const UNSOLVED: &str =
    "//! # Exercise: the answer\n//! Give 42.\n\npub fn answer() -> u32 {\n    todo!()\n}\n";

/// An exercise's file with this answer in it.
pub fn answer(body: &str) -> String {
    UNSOLVED.replace("todo!()", body)
}

/// Writes a file, and the folders that it is in.
pub fn write(course: &Path, file: &str, text: &str) {
    let file = course.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// Writes what is in the reader's file of an exercise; the line that calls its check comes by itself.
pub fn write_exercise(course: &Path, name: &str, text: &str) {
    let file = format!("exercises/first/{name}.rs");
    let check = format!("\n#[cfg(test)]\n#[path = \"../checks/first/{name}.rs\"]\nmod check;\n");
    write(course, &file, &(text.to_owned() + &check));
}

/// A new small course.
pub fn small_course() -> TempDir {
    let course = tempfile::tempdir().unwrap();
    let root = course.path();
    write(
        root,
        "Cargo.toml",
        "[workspace]\nmembers = [\"examples/first\", \"exercises\"]\n\
         default-members = [\"examples/first\"]\nresolver = \"3\"\n",
    );
    // As cargo would write it, which would be a change of the course in the middle of a test.
    let locked = |name: &str| format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.0.0\"\n");
    let lock = format!("version = 4\n{}{}", locked("exercises"), locked("first"));
    write(root, "Cargo.lock", &lock);
    let package = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nedition = \"2024\"\nautotests = false\n{more}")
    };
    let mut targets = String::new();
    for (name, source) in [
        ("say", SAY),
        ("endless", ENDLESS),
        ("flood", FLOOD),
        ("long_line", LONG_LINE),
    ] {
        write(root, &format!("examples/first/{name}.rs"), source);
        targets += &format!("[[example]]\nname = \"{name}\"\npath = \"{name}.rs\"\n");
    }
    targets += "[lib]\npath = \"lib.rs\"\n";
    write(root, "examples/first/lib.rs", "");
    write(
        root,
        "examples/first/Cargo.toml",
        &package("first", &targets),
    );

    let (mut targets, mut page) = (String::new(), String::from("# A page\n"));
    for name in ["one", "two"] {
        write_exercise(root, name, UNSOLVED);
        let check =
            "#[test]\nfn gives_42() {\n    assert_eq!(super::answer(), 42, \"it is not 42\");\n}\n";
        write(root, &format!("exercises/checks/first/{name}.rs"), check);
        let hints = "a nudge\n\n---\n\nthe way\n\n---\n\nthe code\n";
        write(root, &format!("exercises/hints/first/{name}.md"), hints);
        targets += &format!("[[test]]\nname = \"{name}\"\npath = \"first/{name}.rs\"\n");
        page += &format!("\n{{{{#exercise {name}}}}}\n");
    }
    targets += "[lib]\npath = \"lib.rs\"\n";
    write(root, "exercises/lib.rs", "");
    write(
        root,
        "exercises/Cargo.toml",
        &package("exercises", &targets),
    );

    let mut labs = String::new();
    for (name, run) in LABS {
        let (example, arguments) = run.split_once('|').unwrap_or((run, ""));
        let arguments: Vec<&str> = arguments.split('|').filter(|a| !a.is_empty()).collect();
        labs += &format!(
            "[[lab]]\nname = \"{name}\"\ntitle = \"{name}\"\n\
             [[lab.program]]\nexample = \"{example}\"\nargs = {arguments:?}\n"
        );
        let recording = format!("{{\"lab\": \"{name}\", \"events\": []}}");
        write(root, &format!("book/labs/{name}.json"), &recording);
        page += &format!("\n{{{{#lab {name}}}}}\n");
    }
    write(root, "book/labs.toml", &labs);
    write(root, "book/book.toml", "[book]\ntitle = \"Small\"\n");
    write(
        root,
        "book/src/SUMMARY.md",
        "# Part I: First\n\n- [A page](page.md)\n",
    );
    write(root, "book/src/page.md", &page);
    course
}
