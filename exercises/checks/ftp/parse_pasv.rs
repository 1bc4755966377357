use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    net::Ipv4Addr,
    panic,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

type Place = (Ipv4Addr, u16);

#[test]
fn six_numbers_are_an_address_and_a_port() {
    judge([
        (
            "Entering Passive Mode (127,0,0,1,195,80).",
            Some(([127, 0, 0, 1], 50_000)),
        ),
        (
            "Entering Passive Mode (192,0,2,7,4,1).",
            Some(([192, 0, 2, 7], 1025)),
        ),
        (
            "Entering Passive Mode (10,20,30,40,0,21)",
            Some(([10, 20, 30, 40], 21)),
        ),
        (
            "Entering Passive Mode (1,2,3,4,1,0)",
            Some(([1, 2, 3, 4], 256)),
        ),
        (
            "Entering Passive Mode (255,255,255,255,255,255)",
            Some(([255; 4], 65_535)),
        ),
        (
            "Entering Passive Mode (0,0,0,0,255,0)",
            Some(([0; 4], 65_280)),
        ),
        // Nobody listens there, but that is what it says.
        (
            "Entering Passive Mode (1,2,3,4,0,0)",
            Some(([1, 2, 3, 4], 0)),
        ),
    ]);
    let mut random = Random::new();
    for _ in 0..200 {
        let [a, b, c, d, p1, p2] = [(); 6].map(|()| random.below(256) as u8);
        let text = format!("Entering Passive Mode ({a},{b},{c},{d},{p1},{p2}).");
        judge([(
            text,
            Some(([a, b, c, d], u16::from(p1) * 256 + u16::from(p2))),
        )]);
    }
}

#[test]
fn around_the_numbers_may_be_anything() {
    let place = Some(([127, 0, 0, 1], 50_000));
    for text in [
        "Entering Passive Mode 127,0,0,1,195,80",
        "127,0,0,1,195,80",
        "=127,0,0,1,195,80",
        "Entering Passive Mode. 127,0,0,1,195,80 (thank you)",
        "[127,0,0,1,195,80]",
        "<127,0,0,1,195,80>",
        "Passive mode: port=127,0,0,1,195,80.",
        "(127,0,0,1,195,80",
        "127,0,0,1,195,80)",
        ") ( 127,0,0,1,195,80 ) (",
        "(passive) 127,0,0,1,195,80",
        "Entering Passive Mode (127,0,0,1,195,80).\r\n",
        "\t127,0,0,1,195,80 ",
        "a127,0,0,1,195,80b",
    ] {
        judge([(text, place)]);
    }
}

#[test]
fn there_may_be_digits_before_the_numbers_and_behind() {
    let place = Some(([127, 0, 0, 1], 50_000));
    for text in [
        "227 Entering Passive Mode (127,0,0,1,195,80)",
        "Passive mode on eth0 (127,0,0,1,195,80)",
        "Port 2 of 3: 127,0,0,1,195,80",
        "2,000 users, and you: (127,0,0,1,195,80)",
        "10.0.0.1 says 127,0,0,1,195,80",
        "2026-11-23 12:00:00 127,0,0,1,195,80",
        "127,0,0,1,195,80 until 12:30, 3 more",
        "1,2 3,4,5 127,0,0,1,195,80 6",
        ",,, 127,0,0,1,195,80 ,",
        "Well, 127,0,0,1,195,80",
    ] {
        judge([(text, place)]);
    }
}

#[test]
fn the_first_six_numbers_are_the_answer() {
    judge([
        (
            "127,0,0,1,195,80 192,0,2,7,4,1",
            Some(([127, 0, 0, 1], 50_000)),
        ),
        (
            "(192,0,2,7,4,1) (127,0,0,1,195,80)",
            Some(([192, 0, 2, 7], 1025)),
        ),
    ]);
}

#[test]
fn a_number_is_at_most_255() {
    // Each of the large ones is a small number again when only its last bits are kept.
    for large in [
        "256",
        "257",
        "300",
        "999",
        "1000",
        "65535",
        "65536",
        "65537",
        "4294967297",
        "18446744073709551617",
    ] {
        for place in 0..6 {
            let mut parts = ["127", "0", "0", "1", "195", "80"];
            parts[place] = large;
            judge([(
                format!("Entering Passive Mode ({}).", parts.join(",")),
                None,
            )]);
        }
    }
    // What is no answer is passed over, and another may follow.
    judge([(
        "256,0,0,1,4,1 (127,0,0,1,195,80)",
        Some(([127, 0, 0, 1], 50_000)),
    )]);
}

#[test]
fn there_are_six_numbers_neither_five_nor_seven() {
    for text in [
        "(127,0,0,1,195)",
        "(127,0,0,1)",
        "(195,80)",
        "(127)",
        "()",
        "(127,0,0,1,195,80,1)",
        "(1,127,0,0,1,195,80)",
        "(127,0,0,1,195,80,127,0,0,1,195,80)",
        "1,2,3,4,5,6,7,8",
    ] {
        judge([(text, None)]);
    }
    judge([(
        "1,2,3,4,5,6,7 127,0,0,1,195,80",
        Some(([127, 0, 0, 1], 50_000)),
    )]);
    judge([("1,2,3,4,5 127,0,0,1,195,80", Some(([127, 0, 0, 1], 50_000)))]);
}

#[test]
fn there_is_one_comma_between_two_numbers() {
    for text in [
        "(127,,0,1,195,80)",
        "(127,0,0,1,,195,80)",
        "(,127,0,0,1,195,80)",
        "(127,0,0,1,195,80,)",
        "(,0,0,1,195,80)",
        "(127,0,0,1,195,)",
        "(,,,,,)",
        "127.0.0.1,195,80",
        "127.0.0.1.195.80",
        "127;0;0;1;195;80",
        "127 0 0 1 195 80",
        "127,0,0,1;195,80",
        "|||50000|",
        "127.0.0.1:50000",
    ] {
        judge([(text, None)]);
    }
}

#[test]
fn a_space_or_sign_is_not_part_of_a_number() {
    for text in [
        "(127, 0, 0, 1, 195, 80)",
        "(127,0,0,1, 195,80)",
        "(127 ,0,0,1,195,80)",
        "(127,0,0,1,195 80)",
        "(127,0,0,1,195,\t80)",
        "(127,0,0,1,195,-80)",
        "(127,0,0,1,+195,80)",
        "(127,-0,0,1,195,80)",
        "(127,0,0,1,0xc3,80)",
        "(127,0,0,1,19 5,80)",
        "(1 27,0,0,1,195,)",
    ] {
        judge([(text, None)]);
    }
}

#[test]
fn zeros_before_a_number_change_nothing() {
    judge([
        ("(127,000,000,001,195,080)", Some(([127, 0, 0, 1], 50_000))),
        (
            "(010,08,09,0010,001,000000000000000000000002)",
            Some(([10, 8, 9, 10], 258)),
        ),
    ]);
}

#[test]
fn the_text_need_not_be_ascii() {
    judge([
        (
            "Modo pasivo: sesión nº 5 (127,0,0,1,195,80)",
            Some(([127, 0, 0, 1], 50_000)),
        ),
        (
            "进入被动模式（127,0,0,1,195,80）",
            Some(([127, 0, 0, 1], 50_000)),
        ),
        ("é127,0,0,1,195,80é", Some(([127, 0, 0, 1], 50_000))),
        ("👋127,0,0,1,195,80\u{fffd}", Some(([127, 0, 0, 1], 50_000))),
        ("١٢٧,٠,٠,١,١٩٥,٨٠", None),
        ("１２７,0,0,1,195,80", None),
        ("127，0，0，1，195，80", None),
        ("127,0,0,1,195,8²", Some(([127, 0, 0, 1], 195 * 256 + 8))),
        ("é", None),
        ("(é", None),
        ("(127,é", None),
    ]);
}

#[test]
fn the_text_may_be_empty_or_very_long() {
    const LONG: usize = 2_000;
    let place = Some(([127, 0, 0, 1], 50_000));
    judge([
        (String::new(), None),
        (" ".into(), None),
        (",".into(), None),
        ("0".into(), None),
        ("Entering Passive Mode".into(), None),
        (")(".into(), None),
        ("9".repeat(LONG), None),
        (",".repeat(LONG), None),
        ("1,".repeat(LONG), None),
        ("é(".repeat(LONG), None),
        ("1,2,3,4,5 ".repeat(LONG) + "127,0,0,1,195,80", place),
        ("(".repeat(LONG) + "127,0,0,1,195,80", place),
        ("127,0,0,1,195,".to_owned() + &"9".repeat(LONG), None),
        ("127,0,0,1,195,80".to_owned() + &" ".repeat(LONG), place),
    ]);
}

#[test]
fn any_text_has_an_answer() {
    const PARTS: [&str; 16] = [
        "1", "20", "255", "256", "0", "7", ",", ",", ",", ",", ",", ",", "(", ")", " ", "é",
    ];
    let mut random = Random::new();
    for _ in 0..100 {
        judge((0..20).map(|_| {
            let length = random.below(20);
            let text: String = (0..length)
                .map(|_| PARTS[random.below(PARTS.len())])
                .collect();
            let place = reference(&text);
            (text, place)
        }));
    }
}

/// The answer of the task's rules, found character by character.
fn reference(text: &str) -> Option<([u8; 4], u16)> {
    let mut run = String::new();
    for character in text.chars().chain([' ']) {
        if matches!(character, '0'..='9' | ',') {
            run.push(character);
            continue;
        }
        let numbers: Vec<Option<u8>> = run.split(',').map(|part| part.parse().ok()).collect();
        if let [Some(a), Some(b), Some(c), Some(d), Some(p1), Some(p2)] = numbers[..] {
            return Some(([a, b, c, d], u16::from(p1) * 256 + u16::from(p2)));
        }
        run.clear();
    }
    None
}

/// Gives each text to the learner's `parse_pasv`, on a thread of its own, and fails at the first wrong
/// answer, at a panic, and when the time is up.
fn judge<T: Into<String>>(cases: impl IntoIterator<Item = (T, Option<([u8; 4], u16)>)>) {
    let cases: Vec<(String, Option<Place>)> = cases
        .into_iter()
        .map(|(text, place)| {
            (
                text.into(),
                place.map(|(address, port)| (address.into(), port)),
            )
        })
        .collect();
    let asked = cases.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for (text, _) in asked {
            let answer = panic::catch_unwind(|| parse_pasv(&text));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for (text, expected) in &cases {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(text, *expected, answer),
            Ok(Err(panic)) => report_panic(text, panic),
            Err(_) => panic!(
                "`parse_pasv({})` has not returned after {DEADLINE:?}: is there an endless loop?",
                shown(text)
            ),
        }
    }
}

fn compare(text: &str, expected: Option<Place>, answer: Option<Place>) {
    let call = format!("`parse_pasv({})`", shown(text));
    match (expected, answer) {
        _ if expected == answer => {}
        (None, answer) => panic!(
            "{call} must be None and is {answer:?}: {}",
            what_is_wrong_with(text)
        ),
        (Some(place), None) => panic!(
            "{call} must be Some({place:?}) and is None: there are six numbers in it. {}",
            if text.contains('²') {
                "`²` is numeric, but no digit 0 to 9: it ends the run (`is_ascii_digit`)"
            } else if !text.contains('(') && wants_parentheses() {
                "No RFC asks for parentheses around them"
            } else if place.1 == 0 {
                "The numbers are from 0 to 255, and so the port may be 0. Whether to connect there \
                 is another question"
            } else if text.contains(",0") && text.contains(",00") {
                "Zeros before a number change nothing"
            } else {
                "Is anything around them in the way? Look at each run of digits and commas"
            }
        ),
        (Some((address, port)), Some((got, got_port))) if address == got => {
            let [p1, p2] = port.to_be_bytes();
            panic!(
                "{call} must give the port {port} and gives {got_port}: the last two numbers are \
                 {p1} and {p2}, and the port is {p1} × 256 + {p2}. {}",
                if got_port == u16::from_be_bytes([p2, p1]) {
                    "The high byte comes first"
                } else if got_port == u16::from(p1) * 255 + u16::from(p2) {
                    "A byte has 256 values"
                } else {
                    "They are the two bytes of one number"
                }
            )
        }
        (Some(place), Some(got)) => panic!(
            "{call} must be Some({place:?}) and is Some({got:?}): the answer is the first run of \
             digits and commas that is six numbers; what is before it and behind it is text"
        ),
    }
}

/// Whether the learner's answer finds six numbers in parentheses, and not the same without.
fn wants_parentheses() -> bool {
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        sender.send(
            parse_pasv("Passive (127,0,0,1,195,80).").is_some()
                && parse_pasv("Passive 127,0,0,1,195,80.").is_none(),
        )
    });
    answer.recv_timeout(DEADLINE).unwrap_or(false)
}

/// Why a text has no answer: the first reason that a reader would see.
fn what_is_wrong_with(text: &str) -> String {
    let run = text
        .split(|character: char| !character.is_ascii_digit() && character != ',')
        .max_by_key(|run| run.len())
        .unwrap_or("");
    let parts: Vec<&str> = run.split(',').collect();
    let large = parts
        .iter()
        .find(|part| !part.is_empty() && part.parse::<u8>().is_err());
    if let Some(large) = large {
        format!(
            "{} is more than 255, and each number is a byte",
            shown(large)
        )
    } else if text.contains(", ") || text.contains(" ,") || text.contains('\t') {
        "a space between them, and they are not one run of digits and commas (do you trim?)".into()
    } else if text.contains(['+', '-']) {
        "a number here has no sign (`parse` takes a `+`)".into()
    } else if parts.len() > 1 && parts.contains(&"") {
        format!(
            "in the run {} there is a comma without a number beside it",
            shown(run)
        )
    } else if parts.len() > 1 && parts.len() != 6 {
        format!(
            "the run {} has {} numbers, and six are wanted",
            shown(run),
            parts.len()
        )
    } else {
        "there are not six numbers with a comma between each two".into()
    }
}

/// The text as Rust would write it, and of a long one the beginning.
fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}… ({} bytes)", &text[..end], text.len()),
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(text: &str, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `parse_pasv({})` panicked: {why}. {}",
        shown(text),
        if why.contains("shift left") {
            "`+` binds more tightly than `<<`: `a << 8 + b` is `a << (8 + b)`. Parentheses help, or \
             `from_be_bytes`"
        } else if why.contains("overflow") {
            "A server may send any number: is each one looked at before it is multiplied?"
        } else {
            "The text comes from a stranger: numbers may be missing, and characters longer than a \
             byte"
        }
    );
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
