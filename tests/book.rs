//! Holds the book's pages to their rules: code only from compiled files, output only from recorded
//! runs, no link or anchor that leads nowhere, nothing in the house that no page mentions.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use loopback::{book, exercises, explorers, labs, recording::What};
use regex::Regex;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with this ending.
fn files(folder: &Path, ending: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.insert(path);
        }
    }
    found
}

/// Each page's path from the repository's root, and its text.
fn pages() -> Vec<(PathBuf, String)> {
    let pages = book::pages(root()).unwrap();
    assert!(pages.len() > 1, "SUMMARY.md lists {} pages", pages.len());
    pages
        .into_iter()
        .map(|page| {
            let text = fs::read_to_string(root().join(&page)).unwrap();
            (page, text)
        })
        .collect()
}

/// A fenced block of a page: `page:line`, what stands behind the fence, and the lines inside.
struct Block {
    place: String,
    language: String,
    lines: Vec<String>,
}

/// The fenced blocks of all pages, and the lines outside of them as `(page:line, line)`.
fn blocks_and_prose() -> (Vec<Block>, Vec<(String, String)>) {
    let (mut blocks, mut prose) = (Vec::new(), Vec::new());
    for (page, text) in pages() {
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            let place = format!("{}:{}", page.display(), index + 1);
            let fence = line.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(language)) => {
                    open = Some(Block {
                        place,
                        language: language.trim().into(),
                        lines: Vec::new(),
                    });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.lines.push(line.into()),
                (None, None) => prose.push((place, line.into())),
            }
        }
        assert!(
            open.is_none(),
            "{}: a fence without its end",
            page.display()
        );
    }
    (blocks, prose)
}

#[test]
fn every_file_of_the_book_is_in_the_summary() {
    let listed: BTreeSet<PathBuf> = pages()
        .into_iter()
        .map(|(page, _)| root().join(page))
        .collect();
    let mut found = files(&root().join("book/src"), "md");
    found.remove(&root().join("book/src/SUMMARY.md"));
    assert_eq!(found, listed);
}

#[test]
fn every_block_is_an_include_or_commands_that_exist() {
    let (blocks, _) = blocks_and_prose();
    let examples = examples();
    let exercises: HashSet<String> = exercises::list(root())
        .unwrap()
        .into_iter()
        .map(|exercise| exercise.name)
        .collect();
    let include = Regex::new(r"^\{\{#include [^}]+\}\}$").unwrap();
    for Block {
        place,
        language,
        lines,
    } in blocks
    {
        match language.as_str() {
            "rust" => assert!(
                lines.len() == 1 && include.is_match(&lines[0]),
                "{place}: a Rust block holds one include and nothing else: {lines:?}"
            ),
            "console" => {
                for line in lines {
                    let command = line.strip_prefix("$ ").unwrap_or_else(|| {
                        panic!("{place}: output belongs into a lab, where it is checked: {line}")
                    });
                    let words: Vec<&str> = command.split_whitespace().collect();
                    let known = match words[..] {
                        ["cargo", "run", "--example", name, ..] => examples.contains(name),
                        ["cargo", "exercise", name] => exercises.contains(name),
                        _ => true,
                    };
                    assert!(known, "{place}: nothing of that name: {command}");
                }
            }
            other => panic!("{place}: a block of {other:?}, which nothing compiles or checks"),
        }
    }
}

#[test]
fn every_include_finds_its_file_and_its_anchor() {
    let pattern = Regex::new(r"\{\{#(\w+) ([^}]+)\}\}").unwrap();
    for (page, text) in pages() {
        for found in pattern.captures_iter(&text) {
            let what = format!("{}: {}", page.display(), &found[0]);
            if matches!(&found[1], "lab" | "walk" | "exercise" | "explorer") {
                continue;
            }
            assert_eq!(&found[1], "include", "{what}: an unknown directive");
            let (file, anchor) = match found[2].split_once(':') {
                Some((file, anchor)) => (file, Some(anchor)),
                None => (&found[2], None),
            };
            let file = root().join(&page).parent().unwrap().join(file);
            let included = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{what}: {}: {error}", file.display()));
            if let Some(anchor) = anchor {
                let lines: Vec<&str> = included.lines().map(str::trim).collect();
                let at = |mark: &str| {
                    let mark = format!("// {mark}: {anchor}");
                    lines.iter().position(|line| *line == mark)
                };
                let (start, end) = (at("ANCHOR"), at("ANCHOR_END"));
                assert!(
                    matches!((start, end), (Some(start), Some(end)) if start + 1 < end),
                    "{what}: the anchor is missing or empty"
                );
            }
        }
    }
}

/// Chapter 1.3 lists the special ranges in tables, `tour_00` in its code. A name that only one of them knows,
/// or a range with two names, would puzzle whoever compares the page with the run.
#[test]
fn the_ranges_on_the_page_have_the_names_that_the_tour_prints() {
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let code = read("examples/network/tour_00/addresses.rs");
    let entry = Regex::new(r#"\("([0-9a-f.:]+/\d+)", "([^",]+)(?:, RFC \d+)?"\)"#).unwrap();
    let named: BTreeMap<&str, &str> = entry
        .captures_iter(&code)
        .map(|found| found.extract())
        .map(|(_, [range, name])| (range, name))
        .collect();
    // | `10.0.0.0/8`, `172.16.0.0/12` | **private**: …
    let row = Regex::new(r"(?m)^\| (`[^|]+`) \| \*\*([^*]+)\*\*").unwrap();
    let mut shown = BTreeSet::new();
    for found in row.captures_iter(&read("book/src/network/addresses.md")) {
        for range in found[1].split(", ") {
            let range = match range.trim_matches('`') {
                single if single.contains('/') => single.to_owned(),
                single if single.contains(':') => format!("{single}/128"),
                single => format!("{single}/32"),
            };
            let name = named.get(range.as_str()).copied();
            assert_eq!(name, Some(&found[2]), "the tour's name for {range}");
            shown.insert(range);
        }
    }
    let all_of_ipv4 = named.keys().filter(|range| range.contains('.'));
    let left_out: Vec<_> = all_of_ipv4
        .filter(|range| !shown.contains(**range))
        .collect();
    assert!(
        left_out.is_empty() && shown.len() > 15,
        "not on the page: {left_out:?}"
    );
}

/// The picture in chapter 1.3 shows the bits of one address twice: cut at /24, then at /20.
#[test]
fn the_bits_in_the_picture_are_those_of_the_address() {
    let picture = fs::read_to_string(root().join("book/assets/address_bits.svg")).unwrap();
    let text = Regex::new(r"<text [^>]+>(<tspan .+</tspan>)</text>").unwrap();
    let digit = Regex::new(r"<tspan [^>]+>([01])</tspan>").unwrap();
    let parts: Vec<String> = text
        .captures_iter(&picture)
        .map(|part| {
            let bits = digit.captures_iter(&part[1]);
            bits.map(|bit| bit[1].to_owned()).collect()
        })
        .collect();
    let address = std::net::Ipv4Addr::new(172, 20, 150, 9);
    let bits = format!("{:032b}", address.to_bits());
    let cut = |length: usize| [bits[..length].to_owned(), bits[length..].to_owned()];
    assert_eq!(parts, [cut(24), cut(20)].concat());
}

#[test]
fn every_heading_has_an_id_of_its_own() {
    let (_, prose) = blocks_and_prose();
    let heading = Regex::new(r"^#{1,6} .*\{#([a-z0-9_-]+)\}$").unwrap();
    let mut seen = HashSet::new();
    for (place, line) in prose {
        let page = place.rsplit_once(':').unwrap().0.to_owned();
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        if !(1..=6).contains(&hashes) || !line[hashes..].starts_with(' ') {
            continue;
        }
        let id = heading
            .captures(line.trim_end())
            .map(|found| found[1].to_owned());
        let id = id.unwrap_or_else(|| panic!("{place}: a heading without {{#id}}: {line}"));
        assert!(
            seen.insert((page, id)),
            "{place}: a second heading with this id: {line}"
        );
    }
}

/// The names of the examples below this folder. An example is a file beside its part's `Cargo.toml`, or a
/// folder there with a `main.rs` in it.
fn examples_in(folder: &Path) -> BTreeSet<String> {
    files(folder, "toml")
        .into_iter()
        .flat_map(|manifest| fs::read_dir(manifest.parent().unwrap()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").exists()
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// The names of all examples of all parts.
fn examples() -> BTreeSet<String> {
    examples_in(&root().join("examples"))
}

#[test]
fn every_example_exercise_lab_and_explorer_is_on_a_page() {
    let text: String = pages().into_iter().map(|(_, text)| text).collect();
    for example in examples() {
        assert!(
            text.contains(&example),
            "no page mentions the example {example}"
        );
    }
    let placements = book::placements(root()).unwrap();
    let mut placed: BTreeMap<(String, String), usize> = BTreeMap::new();
    for place in &placements {
        *placed
            .entry((place.kind.clone(), place.name.clone()))
            .or_default() += 1;
    }
    for lab in labs::list(root()).unwrap() {
        let count = placed.get(&("lab".into(), lab.name().into()));
        assert_eq!(count, Some(&1), "pages that show the lab {}", lab.name());
    }
    for name in explorers::NAMES {
        let count = placed.get(&("explorer".into(), name.into()));
        assert_eq!(count, Some(&1), "pages that show the explorer {name}");
    }
    let in_the_book: Vec<&str> = placements
        .iter()
        .filter(|place| place.kind == "exercise")
        .map(|place| place.name.as_str())
        .collect();
    let listed = exercises::list(root()).unwrap();
    let listed: Vec<&str> = listed
        .iter()
        .map(|exercise| exercise.name.as_str())
        .collect();
    assert_eq!(
        in_the_book, listed,
        "exercises/Cargo.toml lists them in the book's order"
    );
}

#[test]
fn the_readme_counts_what_is_there() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let exercises = exercises::list(root()).unwrap();
    let parts: BTreeSet<&str> = exercises.iter().map(|e| e.part.as_str()).collect();
    for part in parts {
        let chapters = pages()
            .iter()
            .filter(|(page, _)| page.starts_with(Path::new("book/src").join(part)))
            .count();
        let examples = examples_in(&root().join("examples").join(part)).len();
        let exercises = exercises.iter().filter(|e| e.part == part).count();
        let some =
            |count: usize, of: &str| format!("{count} {of}{}", if count == 1 { "" } else { "s" });
        let row = [
            some(chapters, "chapter"),
            some(examples, "example"),
            some(exercises, "exercise"),
        ]
        .join(", ");
        assert!(
            readme.contains(&row),
            "README.md does not say of {part}: {row}"
        );
    }
}

#[test]
fn every_exercise_has_its_task_and_three_hints() {
    for exercise in exercises::list(root()).unwrap() {
        exercise.task(root()).unwrap();
        exercise.hints(root()).unwrap();
    }
}

/// The picture in chapter 1.2 shows a frame byte by byte. Its `<text class="bytes" data-layer="…">` elements,
/// one after the other, are the frame that `tour_00` printed in the lab on the same page.
#[test]
fn the_wrapped_hello_in_the_picture_is_the_one_that_the_tour_prints() {
    let picture = fs::read_to_string(root().join("book/assets/hello_wrapped.svg")).unwrap();
    let bytes =
        Regex::new(r#"<text class="bytes" data-layer="(\w+)"[^>]*>([^<]*)</text>"#).unwrap();
    let mut drawn: Vec<&str> = Vec::new();
    // How many bytes each layer has of its own, in the order of the frame.
    let mut lengths: Vec<(&str, usize)> = Vec::new();
    for found in bytes.captures_iter(&picture) {
        let (_, [layer, hex]) = found.extract();
        let row: Vec<&str> = hex.split(' ').collect();
        match lengths.last_mut() {
            Some((last, length)) if *last == layer => *length += row.len(),
            _ => lengths.push((layer, row.len())),
        }
        drawn.extend(row);
    }
    let all = labs::list(root()).unwrap();
    let lab = all.iter().find(|lab| lab.name() == "tour_wrap").unwrap();
    let recording = lab.recording(root()).unwrap();
    let printed: Vec<&str> = recording
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Printed { line, .. } => Some(line.as_str()),
            _ => None,
        })
        .skip_while(|line| !line.starts_with("The whole frame"))
        .skip(1)
        // Each line begins with the place of its first byte.
        .flat_map(|line| line.split_whitespace().skip(1))
        .collect();
    assert_eq!(drawn, printed, "hello_wrapped.svg and labs/tour_wrap.json");
    let [
        ("link", ethernet),
        ("internet", ipv4),
        ("transport", udp),
        ("application", message),
        ("link", padding),
    ] = lengths[..]
    else {
        panic!("the layers of hello_wrapped.svg: {lengths:?}");
    };
    // Each box says how long its header is, and what is inside.
    let (datagram, packet) = (udp + message, ipv4 + udp + message);
    for label in [
        format!("message, {message} bytes"),
        format!("UDP datagram, {udp} + {message} = {datagram} bytes"),
        format!("IPv4 packet, {ipv4} + {datagram} = {packet} bytes"),
        format!(
            "Ethernet frame, {ethernet} + {packet} + {padding} = {} bytes",
            drawn.len()
        ),
        format!("padding, {padding} bytes"),
    ] {
        assert!(
            picture.contains(&format!("{label}</text>")),
            "hello_wrapped.svg does not say: {label}"
        );
    }
}

#[test]
fn the_built_book_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    book::build(root(), folder.path()).unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let id = Regex::new(r#"\bid="([^"]+)""#).unwrap();
    let link = Regex::new(r#"\b(href|src)="([^"]*)""#).unwrap();
    let written: BTreeMap<PathBuf, String> = files(&folder, "html")
        .into_iter()
        .map(|file| (file.clone(), fs::read_to_string(&file).unwrap()))
        .collect();
    let ids: BTreeMap<&PathBuf, HashSet<&str>> = written
        .iter()
        .map(|(file, html)| {
            let ids = id
                .captures_iter(html)
                .map(|found| found.get(1).unwrap().as_str());
            (file, ids.collect())
        })
        .collect();
    let mut checked = 0;
    for (file, html) in &written {
        let name = file.strip_prefix(&folder).unwrap().display();
        assert!(
            !html.contains("{{#"),
            "{name}: a directive was left as it is"
        );
        let mut own = HashSet::new();
        for found in id.captures_iter(html) {
            // All chapters stand on the page for printing, so that what is unique in each is not there.
            let once = own.insert(found[1].to_owned());
            assert!(
                once || file.ends_with("print.html"),
                "{name}: the id {:?} stands twice",
                &found[1]
            );
        }
        for found in link.captures_iter(html) {
            let (kind, target) = (&found[1], &found[2]);
            if target.contains("://") || target.starts_with("data:") {
                assert_eq!(kind, "href", "{name}: {target} is loaded from another host");
                continue;
            }
            // This page says where the site is served from; its links start there.
            let base = match file.ends_with("404.html") {
                true => &folder,
                false => file.parent().unwrap(),
            };
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let path = path.trim_start_matches('/');
            let aim = match path {
                "" => file.clone(),
                path => base.join(path).canonicalize().unwrap_or_else(|error| {
                    panic!("{name}: the link {target} leads nowhere: {error}")
                }),
            };
            if let Some(ids) = ids.get(&aim).filter(|_| !fragment.is_empty()) {
                assert!(
                    ids.contains(fragment),
                    "{name}: the link {target} finds no such id"
                );
                checked += 1;
            }
        }
    }
    assert!(
        checked > 20,
        "only {checked} links with an id: is the pattern still right?"
    );
}

/// A copy of what the book is built from, so that a test may break it.
fn copy_of_the_course() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["book", "examples", "exercises"] {
        for ending in ["md", "toml", "rs", "json", "svg", "css", "js"] {
            for file in files(&root().join(folder), ending) {
                let to = copy.path().join(file.strip_prefix(root()).unwrap());
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(&file, &to).unwrap();
            }
        }
    }
    copy
}

#[test]
fn a_page_that_asks_for_what_is_not_there_is_told_by_file_and_line() {
    let course = copy_of_the_course();
    let page = course.path().join(book::pages(root()).unwrap().remove(0));
    let text = fs::read_to_string(&page).unwrap();
    let line = text.lines().count() + 2;
    let output = course.path().join("output");
    for (directive, kind) in [
        ("{{#lab udp_helo}}", "lab"),
        ("{{#exercise udp_eho}}", "exercise"),
        ("{{#explorer adress}}", "explorer"),
    ] {
        fs::write(&page, format!("{}\n\n{directive}\n", text.trim_end())).unwrap();
        let error = book::build(course.path(), &output)
            .expect_err(directive)
            .to_string();
        let name = page.strip_prefix(course.path()).unwrap().display();
        let place = format!("{name}:{line}: there is no {kind} ");
        assert!(
            error.contains(&place) && error.lines().count() == 1,
            "wanted {place:?}, got: {error}"
        );
    }
    // And whole again, it builds.
    fs::write(&page, text).unwrap();
    book::build(course.path(), &output).unwrap();
}

#[test]
#[ignore = "needs mdbook 0.5.4: cargo install mdbook --version 0.5.4 --locked"]
fn mdbook_alone_builds_the_same_pages() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    book::build(root(), ours.path()).unwrap();
    let output = assert_cmd::Command::new("mdbook")
        .args(["build", "book", "--dest-dir"])
        .arg(theirs.path())
        .current_dir(root())
        .timeout(std::time::Duration::from_secs(300))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");
    // The order inside of the search index is chance, and its name holds its hash.
    let index = Regex::new(r"searchindex-[0-9a-f]+\.js").unwrap();
    let page = |file: &Path| {
        let html = fs::read_to_string(file).unwrap();
        index.replace_all(&html, "searchindex.js").into_owned()
    };
    for file in files(ours.path(), "html") {
        let name = file.strip_prefix(ours.path()).unwrap();
        let theirs = page(&theirs.path().join(name));
        assert!(page(&file) == theirs, "{} differs", name.display());
    }
}
