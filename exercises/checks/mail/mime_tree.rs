use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

use Tree::{Leaf, Multi};

#[test]
fn a_letter_without_a_boundary_is_a_leaf() {
    for (letter, body) in [
        (&b"Subject: x\r\n\r\nHello.\r\n"[..], &b"Hello.\r\n"[..]),
        (b"\r\n--b1\r\n", b"--b1\r\n"),
        (b"", b""),
        (b"Subject: no body", b""),
        (
            b"Content-Type: text/plain; boundary=\"b1\"\r\n\r\n--b1--",
            b"--b1--",
        ),
    ] {
        judge(letter.to_vec(), Ok(leaf(body)));
    }
}

#[test]
fn parts_are_between_delimiters() {
    let word = random_word();
    multi("", &["Hello."], "");
    multi("", &["one", "two", "three"], "");
    multi("", &[&word, &format!("{word}{word}")], "");
    multi("", &["Subject of a body: x"], "");
}

#[test]
fn the_line_end_before_a_delimiter_belongs_to_it() {
    multi(
        "",
        &[
            "",
            "\r\n",
            "\r\n\r\n",
            "x\r\n",
            "\r\nx\r\n\r\n",
            "x\n",
            "x\r",
        ],
        "",
    );
    multi("", &[""], "");
}

#[test]
fn what_is_before_and_behind_is_ignored() {
    multi("For old programs.\r\n", &["x", "y"], "");
    multi("\r\n\r\n", &["x"], "\r\n");
    multi("", &["x"], "\r\nbehind it\r\n");
    multi(
        "x --b0 y\r\n--b0x\r\n",
        &["x"],
        "\r\n--b0\r\n\r\nno part\r\n--b0--\r\n",
    );
    multi("", &["x"], "\r\n--b0\r\n\r\nnot closed");
    multi("--b\r\n--b00--\r\n", &["x"], "\r\n--b0--\r\n");
}

#[test]
fn a_boundary_within_a_line_is_text() {
    multi(
        "",
        &[
            "x--b0", "x --b0--", " --b0", "\t--b0--", "b0", "-b0", "- -b0", "---b0",
        ],
        "",
    );
    multi("", &["see --b0\r\nand --b0--\r\n"], "");
}

#[test]
fn a_line_feed_alone_begins_no_line() {
    multi(
        "",
        &[
            "x\n--b0",
            "x\n--b0--",
            "x\r--b0",
            "\n--b0\n",
            "x\n--b0--\ny",
        ],
        "",
    );
    multi("", &["--b0\nx", "--b0--\n", "--b0\r"], "");
}

#[test]
fn a_longer_line_is_text() {
    multi(
        "",
        &[
            "--b00",
            "--b0x",
            "--b0-",
            "--b0---",
            "--b0--x",
            "--b0 x",
            "--b0 --",
            "--b0\tx",
            "--b",
            "--B0",
            "--",
            "--b0\x0b",
            "--b0\r\r\n",
        ],
        "",
    );
}

#[test]
fn blanks_may_stand_behind_a_delimiter() {
    for blanks in [" ", "\t", "  \t "] {
        let letter = format!(
            "Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n\
             --b0{blanks}\r\n\r\none\r\n--b0{blanks}\r\n\r\ntwo\r\n--b0--{blanks}\r\n"
        );
        judge(
            letter.clone().into(),
            Ok(Multi(vec![leaf(b"one"), leaf(b"two")])),
        );
        judge(
            letter.trim_end().into(),
            Ok(Multi(vec![leaf(b"one"), leaf(b"two")])),
        );
    }
}

#[test]
fn a_part_may_be_a_multipart() {
    judge_tree(&Multi(vec![
        Multi(vec![leaf(b"text"), leaf(b"<p>html</p>")]),
        leaf(b"picture"),
    ]));
    judge_tree(&Multi(vec![leaf(b"x"), Multi(vec![leaf(b"y")])]));
    judge_tree(&Multi(vec![
        Multi(vec![Multi(vec![leaf(b"deep\r\n")])]),
        leaf(b""),
    ]));
    judge_tree(&Multi(vec![
        Multi(vec![leaf(b"a")]),
        Multi(vec![leaf(b"b"), leaf(b"c")]),
        Multi(vec![leaf(b"d")]),
    ]));
}

#[test]
fn an_inner_boundary_may_begin_with_the_outer_one() {
    for (outer, inner) in [
        ("b0", "b00"),
        ("b0", "b0x"),
        ("b0", "b0-1"),
        ("b00", "b0"),
        ("=_", "=_2"),
    ] {
        let letter = format!(
            "Content-Type: multipart/mixed; boundary=\"{outer}\"\r\n\r\n\
             --{outer}\r\nContent-Type: multipart/alternative; boundary=\"{inner}\"\r\n\r\n\
             --{inner}\r\n\r\none\r\n--{inner}\r\n\r\ntwo\r\n--{inner}--\r\n\
             --{outer}\r\n\r\nthree\r\n--{outer}--\r\n"
        );
        let inner = Multi(vec![leaf(b"one"), leaf(b"two")]);
        judge(letter.into(), Ok(Multi(vec![inner, leaf(b"three")])));
    }
}

#[test]
fn without_a_closing_delimiter_it_is_broken() {
    let header = "Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n";
    for body in [
        "",
        "no delimiter",
        "--b0",
        "--b0\r\n\r\nx",
        "--b0\r\n\r\nx\r\n",
        "--b0\r\n\r\nx\r\n--b0\r\n\r\ny\r\n",
        "--b0\r\n\r\nx\r\n--b0",
        "--b0\r\n\r\nx\r\n--b0-",
        "--b0\r\n\r\nx\r\n--b0--y",
        "--b0\r\n\r\nx--b0--\r\n",
        "--b0\r\n\r\nx\n--b0--\r\n",
        "--b0\r\n\r\nx\r\n--b1--\r\n",
    ] {
        judge(format!("{header}{body}").into(), Err(Broken::NotClosed));
    }
}

#[test]
fn an_inner_multipart_ends_with_its_part() {
    // The inner one is cut off by the outer delimiter: what is behind that is not its own.
    let letter = "Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n\
         --b0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\n\r\nx\r\n\
         --b0\r\n\r\ny\r\n--b1--\r\n--b0--\r\n";
    judge(letter.into(), Err(Broken::NotClosed));
    // And an outer one that ends in the middle of its last part.
    let letter = "Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n\
         --b0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\n\r\nx\r\n--b1--\r\n";
    judge(letter.into(), Err(Broken::NotClosed));
}

#[test]
fn eight_are_not_too_deep() {
    for depth in 1..=DEEPEST {
        judge_tree(&nested(depth));
    }
    // Many side by side are not deep.
    judge_tree(&Multi((0..50).map(|_| Multi(vec![leaf(b"x")])).collect()));
}

#[test]
fn nine_are_too_deep() {
    for depth in [DEEPEST + 1, DEEPEST + 2, 40] {
        judge(written(&nested(depth), &mut 0), Err(Broken::TooDeep));
        let beside = Multi(vec![leaf(b"x"), nested(depth), leaf(b"y")]);
        judge(written(&beside, &mut 0), Err(Broken::TooDeep));
    }
}

#[test]
fn a_large_letter_is_read() {
    let large: Vec<u8> = b"0123456789--b0 \r\n".repeat(3_000);
    judge_tree(&Multi(vec![Leaf(large.clone()), Multi(vec![Leaf(large)])]));
}

#[test]
fn any_tree_is_found() {
    let mut random = Random::new();
    for _ in 0..200 {
        let tree = random_tree(&mut random, 1);
        judge_tree(&Multi(vec![tree]));
    }
}

/// A tree that owns its leaves.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Leaf(Vec<u8>),
    Multi(Vec<Tree>),
}

fn leaf(body: &[u8]) -> Tree {
    Leaf(body.to_vec())
}

fn nested(depth: usize) -> Tree {
    (0..depth).fold(leaf(b"x"), |tree, _| Multi(vec![tree]))
}

fn random_tree(random: &mut Random, depth: usize) -> Tree {
    const PARTS: [&[u8]; 9] = [
        b"x",
        b"\r\n",
        b"\r\n",
        b"\n",
        b"x--b0",
        b"\r\n--b0x\r\n",
        b"y\n--b1",
        b"\xff",
        b" ",
    ];
    if depth > 4 || random.below(3) > 0 {
        let body = (0..random.below(6)).flat_map(|_| PARTS[random.below(PARTS.len())]);
        return Leaf(body.copied().collect());
    }
    Multi(
        (0..1 + random.below(3))
            .map(|_| random_tree(random, depth + 1))
            .collect(),
    )
}

/// The tree as a letter or a part. Each multipart gets the next number for its boundary.
fn written(tree: &Tree, number: &mut usize) -> Vec<u8> {
    let parts = match tree {
        Leaf(body) => return [b"\r\n", &body[..]].concat(),
        Multi(parts) => parts,
    };
    let boundary = format!("b{number}");
    *number += 1;
    let mut bytes =
        format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        bytes.extend(format!("--{boundary}\r\n").as_bytes());
        bytes.extend(written(part, number));
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{boundary}--").as_bytes());
    bytes
}

fn judge_tree(tree: &Tree) {
    judge(written(tree, &mut 0), Ok(tree.clone()));
}

/// A multipart with the boundary `b0`, something before it and behind it, and parts that are leaves:
/// with a header, and without one.
fn multi(before: &str, bodies: &[&str], behind: &str) {
    for header in ["", "Content-Type: text/plain\r\n", "A: b\r\nC: --b0\r\n"] {
        let mut letter =
            format!("Subject: x\r\nContent-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n{before}");
        for body in bodies {
            letter += &format!("--b0\r\n{header}\r\n{body}\r\n");
        }
        letter += &format!("--b0--{behind}");
        let leaves = bodies.iter().map(|body| leaf(body.as_bytes())).collect();
        judge(letter.into(), Ok(Multi(leaves)));
    }
}

fn owned(part: &Part) -> Tree {
    match part {
        Part::Leaf(body) => leaf(body),
        Part::Multipart(parts) => Multi(parts.iter().map(owned).collect()),
    }
}

fn judge(letter: Vec<u8>, wanted: Result<Tree, Broken>) {
    ask(
        vec![(letter, wanted)],
        |(letter, _)| tree(letter).map(|part| owned(&part)),
        |(letter, _)| format!("`tree({})`", shown(letter)),
        |(letter, wanted), got| compare(letter, wanted, &got),
    );
}

fn compare(letter: &[u8], wanted: &Result<Tree, Broken>, got: &Result<Tree, Broken>) {
    if wanted == got {
        return;
    }
    panic!(
        "`tree({})` must be {} and is {}: {}",
        shown(letter),
        drawn_result(wanted),
        drawn_result(got),
        what_is_wrong_with(letter, wanted, got)
    );
}

fn what_is_wrong_with(
    letter: &[u8],
    wanted: &Result<Tree, Broken>,
    got: &Result<Tree, Broken>,
) -> &'static str {
    let (wanted, got) = match (wanted, got) {
        (Err(Broken::TooDeep), _) => {
            return "more than DEEPEST multiparts are inside of each other, and a stranger could write \
                    thousands";
        }
        (_, Err(Broken::TooDeep)) => {
            return "no more than DEEPEST are inside of each other. The outermost counts as one, a leaf \
                    as none, and two side by side are not deep";
        }
        (Err(Broken::NotClosed), _) => {
            return "a closing delimiter is missing: a line of its own, of `--`, the boundary and `--`, \
                    within the same part";
        }
        (Ok(_), Err(Broken::NotClosed)) => {
            return "each of its multiparts is closed. May the closing delimiter be the last line, \
                    without a CRLF, and have blanks behind it?";
        }
        (Ok(wanted), Ok(got)) => (wanted, got),
    };
    let (wanted, got) = (leaves(wanted), leaves(got));
    let differ = |with: fn(&[u8]) -> Vec<u8>| {
        wanted.len() == got.len()
            && wanted
                .iter()
                .zip(&got)
                .all(|(a, b)| a == b || with(a) == **b)
    };
    let text = letter.escape_ascii().to_string();
    if differ(|body| [body, b"\r\n"].concat()) {
        "the CRLF before a delimiter belongs to the delimiter, not to the part"
    } else if differ(|body| body.trim_ascii().to_vec())
        || differ(|body| body.trim_ascii_end().to_vec())
        || differ(|body| body.strip_suffix(b"\r\n").unwrap_or(body).to_vec())
    {
        "one CRLF before a delimiter belongs to it. What is before that is the part's, line ends, too"
    } else if wanted.len() + 1 == got.len() && wanted[..] == got[1..] {
        "what is before the first delimiter is no part"
    } else if wanted.len() < got.len() && got[..wanted.len()] == wanted[..] {
        "behind the closing delimiter nothing is a part"
    } else if text.contains("\\n--b0") && text.replace("\\r\\n--b0", "").contains("\\n--b0") {
        "a line begins behind a CRLF. An LF alone is a part of the text"
    } else if wanted.len() == got.len() && got.iter().any(|body| body.ends_with(b"--")) {
        "the `--` of the closing delimiter is no part of anything"
    } else if wanted.len() > got.len() {
        "a part is missing. Is each one kept, and each multipart looked into?"
    } else {
        "a delimiter is a whole line: it begins behind a CRLF, and behind the boundary are blanks alone"
    }
}

fn leaves(tree: &Tree) -> Vec<&[u8]> {
    match tree {
        Leaf(body) => vec![body],
        Multi(parts) => parts.iter().flat_map(leaves).collect(),
    }
}

fn drawn_result(tree: &Result<Tree, Broken>) -> String {
    match tree {
        Ok(tree) => drawn(tree),
        Err(broken) => format!("Err({broken:?})"),
    }
}

/// `(a (b c))`: a multipart is what is between parentheses.
fn drawn(tree: &Tree) -> String {
    match tree {
        Leaf(body) => shown(body),
        Multi(parts) => {
            let parts: Vec<String> = parts.iter().take(5).map(drawn).collect();
            format!("({})", parts.join(" "))
        }
    }
}

/// Asks the learner's code each question, on a thread of its own, and fails at the first wrong answer,
/// at a panic, and when the time is up.
fn ask<Question, Answer>(
    questions: Vec<Question>,
    learners: fn(&Question) -> Answer,
    call: fn(&Question) -> String,
    compare: fn(&Question, Answer),
) where
    Question: Clone + Send + 'static,
    Answer: Send + 'static,
{
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for question in asked {
            let answer = panic::catch_unwind(AssertUnwindSafe(|| learners(&question)));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for question in &questions {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(question, answer),
            Ok(Err(panic)) => report_panic(&call(question), panic),
            Err(_) => panic!(
                "{} has not returned after {DEADLINE:?}: is there an endless loop? \
                 Or does each byte look at all the others?",
                call(question)
            ),
        }
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(call: &str, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!("your {call} panicked: {why}. A stranger wrote the letter: it may end anywhere");
}

/// The bytes as text where they are text, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    let text = bytes[..bytes.len().min(400)].escape_ascii();
    match bytes.len() {
        0..=400 => format!("\"{text}\""),
        more => format!("\"{text}\"… ({more} bytes)"),
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("{:x}", RandomState::new().hash_one(0))
}

/// Random enough (xorshift), and another row of numbers at each run.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Random(RandomState::new().hash_one(0) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
