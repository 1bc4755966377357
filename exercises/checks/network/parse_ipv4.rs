use super::*;
use std::{
    any::Any,
    net::Ipv4Addr,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn an_address_gives_its_four_bytes() {
    judge([
        "192.168.1.20",
        "8.8.8.8",
        "1.2.3.4",
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "10.20.30.40",
        "100.200.0.99",
    ]);
    // Every number at every place.
    judge((0..4).flat_map(|place| {
        (0..=255).map(move |number| {
            let mut parts = ["11", "22", "33", "44"].map(String::from);
            parts[place] = number.to_string();
            parts.join(".")
        })
    }));
}

#[test]
fn a_part_is_at_most_255() {
    // Each of the large ones is a small number again when only its last bits are kept.
    let large = ["256", "257", "300", "999", "1000", "65537", "4294967297"];
    let larger = [
        "18446744073709551617",
        "340282366920938463463374607431768211457",
    ];
    for part in large.into_iter().chain(larger) {
        judge([
            format!("{part}.2.3.4"),
            format!("1.{part}.3.4"),
            format!("1.2.3.{part}"),
        ]);
    }
}

#[test]
fn there_are_four_parts_with_a_digit_in_each() {
    judge(["", ".", "..", "...", "....", "1", "1.2", "1.2.3"]);
    judge(["1.2.3.4.5", "1.2.3.4.5.6.7.8", "16909060", "1.2.772"]);
    judge([".2.3.4", "1..3.4", "1.2..4", "1.2.3.", "..3.4", "1.2.."]);
    judge([".1.2.3.4", "1..2.3.4", "1.2.3..4", "1.2.3.4.", "1.2.3.4.."]);
}

#[test]
fn a_zero_stands_before_no_other_digit() {
    judge(["01.2.3.4", "1.02.3.4", "1.2.003.4", "1.2.3.04", "1.2.3.010"]);
    judge(["00.0.0.0", "0.0.0.00", "0.0.000.0", "127.0.0.001"]);
    judge(["1.2.3.08", "1.2.3.0377", "1.2.3.0255", "0000000000.0.0.0"]);
}

#[test]
fn there_are_digits_and_dots_and_nothing_else() {
    judge([" 1.2.3.4", "1.2.3.4 ", "1. 2.3.4", "1.2 .3.4", "1.2.3.4\n"]);
    judge([
        "\t1.2.3.4",
        "1.2.3.4\r\n",
        "1.2.3.4\0",
        " ",
        "\n",
        "1 2 3 4",
    ]);
    judge(["+1.2.3.4", "1.2.3.+4", "1.+2.3.4", "-1.2.3.4", "1.2.3.-0"]);
    judge(["1.2.3.+", "1.2.3.-", "1.2.3.0x4", "0x1.2.3.4", "1.2.3.a"]);
    judge(["1.2.3.4:80", "1.2.3.4/24", "1,2,3,4", "a.b.c.d", "::1"]);
    judge([
        "localhost",
        "1.2.3.4x",
        "x1.2.3.4",
        "1.2.3.4e0",
        "1.2.3.1_0",
    ]);
}

#[test]
fn the_text_need_not_be_ascii() {
    // Digits, but of other scripts: Arabic, Devanagari, full width; and ², a number all the same.
    judge(["١.٢.٣.٤", "1.2.3.४", "１.2.3.4", "1.2.3.²", "1.2.3.½"]);
    // Spaces and dots of other scripts, and characters of two to four bytes at every place.
    judge(["1.2.3.4\u{a0}", "\u{3000}1.2.3.4", "1。2。3。4", "1·2·3·4"]);
    judge([
        "é",
        "é.2.3.4",
        "1.é.3.4",
        "1.2.3.é",
        "1.2.3.4é",
        "25é.1.1.1",
    ]);
    judge([
        "👋",
        "👋.2.3.4",
        "1.2.3.👋",
        "1👋2.3.4",
        "你好",
        "\u{feff}1.2.3.4",
    ]);
}

#[test]
fn the_text_may_be_very_long() {
    const LONG: usize = 2_000;
    judge(["1".repeat(LONG), "0".repeat(LONG), ".".repeat(LONG)]);
    judge(["1.".repeat(LONG), "255.".repeat(LONG), "é".repeat(LONG)]);
    judge([
        "1".repeat(LONG) + ".2.3.4",
        "1.2.3.".to_owned() + &"9".repeat(LONG),
        "1.2.3.".to_owned() + &"0".repeat(LONG) + "4",
        "1.2.3.4".to_owned() + &" ".repeat(LONG),
    ]);
}

#[test]
fn it_agrees_with_the_standard_library() {
    const CHARACTERS: [char; 16] = [
        '0', '0', '1', '2', '5', '5', '6', '9', '.', '.', '.', '.', '+', ' ', 'x', '٣',
    ];
    let mut random = Random(0x6943);
    // Addresses, and what is left of them after one, two or three slips of the finger.
    judge((0..2_000).map(|_| {
        let number = random.below(1 << 32) as u32;
        let mut text: Vec<char> = Ipv4Addr::from_bits(number).to_string().chars().collect();
        for _ in 0..random.below(4) {
            let place = random.below(text.len());
            let character = CHARACTERS[random.below(CHARACTERS.len())];
            match random.below(3) {
                0 => text[place] = character,
                1 => text.insert(place, character),
                _ => drop(text.remove(place)),
            }
        }
        text.into_iter().collect::<String>()
    }));
    // Anything at all.
    judge((0..1_000).map(|_| {
        let length = random.below(12);
        let characters = (0..length).map(|_| CHARACTERS[random.below(CHARACTERS.len())]);
        characters.collect::<String>()
    }));
}

/// Gives each text to the learner's `parse_ipv4`, on a thread of its own, and fails at the first
/// answer that is not the standard library's, at a panic, and when the time is up.
fn judge<T: Into<String>>(texts: impl IntoIterator<Item = T>) {
    let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
    let asked = texts.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for text in asked {
            let answer = std::panic::catch_unwind(|| parse_ipv4(&text));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for text in &texts {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(text, answer),
            Ok(Err(panic)) => report_panic(text, panic),
            Err(_) => panic!(
                "`parse_ipv4({})` has not returned after {DEADLINE:?}: is there an endless loop?",
                shown(text)
            ),
        }
    }
}

fn compare(text: &str, answer: Option<[u8; 4]>) {
    let expected = text
        .parse::<Ipv4Addr>()
        .ok()
        .map(|address| address.octets());
    let call = format!("`parse_ipv4({})`", shown(text));
    match (expected, answer) {
        (None, None) => {}
        (Some(bytes), Some(got)) if bytes == got => {}
        (None, Some(bytes)) => panic!(
            "{call} must be None and is Some({bytes:?}): {}",
            what_is_wrong_with(text)
        ),
        (Some(bytes), None) => panic!(
            "{call} must be Some({bytes:?}) and is None: it is an address. {}",
            if bytes.contains(&0) {
                "Do you refuse `0`? Alone it is a number; it may only not stand before another digit"
            } else if bytes.contains(&255) {
                "Do you refuse `255`? It is the largest number that a byte can hold"
            } else {
                "Which of your conditions refuses it?"
            }
        ),
        (Some(mut bytes), Some(got)) => {
            let wanted = format!("{bytes:?}");
            bytes.reverse();
            panic!(
                "{call} must be Some({wanted}) and is Some({got:?}): {}",
                if got == bytes {
                    "the bytes are in the order of the text, the first number first"
                } else {
                    "each byte is the number of one part, in the order of the text"
                }
            );
        }
    }
}

/// Why a text is no address: the first reason that a reader would see.
fn what_is_wrong_with(text: &str) -> String {
    let stranger = text.chars().find(|c| !c.is_ascii_digit() && *c != '.');
    let parts: Vec<&str> = text.split('.').collect();
    if text.is_empty() {
        "an empty text has no numbers".into()
    } else if let Some(character) = stranger {
        let why = match character {
            _ if character.is_whitespace() => {
                "white space is not part of an address, not at its ends either: who wants it \
                 gone trims it before"
            }
            '+' | '-' => {
                "a number here has no sign, but `\"+1\".parse::<u8>()` is Ok(1): look at the \
                 bytes of each part before you parse it"
            }
            _ if character.is_numeric() => {
                "it is a digit in another script; `u8::is_ascii_digit` and \
                 `char::is_ascii_digit` know only 0 to 9"
            }
            _ => "there are digits and dots in an address and nothing else",
        };
        format!("there is a {character:?} in it: {why}")
    } else if parts.len() != 4 {
        format!(
            "it has {} part{} between its dots{}, and an address has four",
            parts.len(),
            if parts.len() == 1 { "" } else { "s" },
            if parts.contains(&"") {
                " (an empty part counts)"
            } else {
                ""
            }
        )
    } else if let Some(place) = parts.iter().position(|part| part.is_empty()) {
        format!("part {} is empty, and each needs a digit", place + 1)
    } else if let Some(part) = parts
        .iter()
        .find(|part| part.len() > 1 && part.starts_with('0'))
    {
        format!(
            "the part {} begins with a zero that stands before another digit; some programs \
             would read it in octal, so it is refused",
            shown(part)
        )
    } else {
        let large = parts.iter().find(|part| part.parse::<u8>().is_err());
        format!(
            "the part {} is more than 255, and one byte holds no more. (Is it kept in a larger \
             type and then cut down with `as u8`?)",
            shown(large.unwrap_or(&text))
        )
    }
}

/// The text as Rust would write it, and of a long one the beginning.
fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
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
        std::panic::resume_unwind(panic);
    }
    panic!(
        "your `parse_ipv4({})` panicked: {why}. A text that is no address is `None`",
        shown(text)
    );
}

/// Random enough (xorshift), and the same at each run: what failed before is tried again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
