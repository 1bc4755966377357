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

#[test]
fn ascii_stays_as_it_is() {
    judge(&[
        "",
        "Lunch?",
        "Re: the plan of 9 December (v2_final)",
        "a=b",
        "= ?",
        "100 % ~ !\"#$%&'()*+,-./:;<=>@[\\]^_`{|}",
        "two  spaces",
        &random_word(),
        &format!("{0} {0}", random_word()),
    ]);
}

#[test]
fn other_characters_are_encoded() {
    judge(&[
        "é",
        "Café",
        "文件",
        "👋",
        "Grüße aus Köln",
        "\u{80}",
        "a\u{7f}b",
        "a\u{a0}b",
        &format!("é{}", random_word()),
    ]);
}

#[test]
fn a_space_is_kept() {
    judge(&[
        "é é",
        "é  é",
        "Über Öl",
        "a é b é c é",
        "ein Café am Meer",
        "plain words and é",
    ]);
}

#[test]
fn signs_with_a_meaning_are_encoded() {
    judge(&[
        "é=E9",
        "é?",
        "é?=",
        "é_é",
        "a_b é",
        "é =?UTF-8?Q?x?=",
        "==??__ é",
    ]);
}

#[test]
fn what_looks_like_an_encoded_word_is_encoded() {
    judge(&[
        "=?UTF-8?Q?x?=",
        "=?",
        "a =?b",
        "=?=?=?",
        "x=?UTF-8?B?eA==?=",
    ]);
}

#[test]
fn a_line_end_cannot_begin_a_field() {
    judge(&[
        "x\r\nBcc: eve@elsewhere.example",
        "x\nBcc: eve@elsewhere.example",
        "x\rBcc: eve@elsewhere.example",
        "é\r\n\r\nbody",
        "x\r\n folded",
        "a\tb",
        "a\0b",
        "\u{1b}[31mred",
    ]);
}

#[test]
fn no_word_and_no_line_is_too_long() {
    for length in 1..=160 {
        judge(&[
            &"é".repeat(length),
            &format!("{}é", "x".repeat(length)),
            &format!("é{}", "x".repeat(length)),
            &format!("é{}x", " ".repeat(length)),
        ]);
    }
    judge(&[&"文".repeat(5_000), &format!("é{}", "x".repeat(5_000))]);
}

#[test]
fn a_character_is_not_split() {
    for before in 0..80 {
        let before = "x".repeat(before);
        for character in ["é", "文", "👋"] {
            judge(&[&format!("{before}{}", character.repeat(30))]);
        }
    }
}

#[test]
fn any_subject_can_be_read() {
    const PARTS: [&str; 14] = [
        "a", "word", " ", " ", "é", "文", "👋", "=", "?", "_", "=?", "?=", "\r\n", "Q",
    ];
    let mut random = Random::new();
    for _ in 0..300 {
        let text: String = (0..1 + random.below(40))
            .map(|_| PARTS[random.below(PARTS.len())])
            .collect();
        let text = text.trim_matches(' ');
        if !stays(text) || text.len() <= 60 {
            judge(&[text]);
        }
    }
}

fn judge(subjects: &[&str]) {
    ask(
        subjects.iter().map(|subject| subject.to_string()).collect(),
        |subject| subject_line(subject),
        |subject| format!("`subject_line({})`", shown(subject.as_bytes())),
        |subject, line| compare(subject, &line),
    );
}

fn stays(subject: &str) -> bool {
    subject.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !subject.contains("=?")
}

fn compare(subject: &str, field: &str) {
    let call = format!(
        "`subject_line({})` gives {}",
        shown(subject.as_bytes()),
        shown(field.as_bytes())
    );
    if stays(subject) {
        assert!(
            field == format!("Subject: {subject}\r\n"),
            "{call}: this one is visible ASCII, and must be `Subject: `, the text as it is, and CRLF"
        );
        return;
    }
    let Some(lines) = field.strip_suffix("\r\n") else {
        panic!("{call}: a line of the header ends in CRLF")
    };
    let Some(value) = lines.strip_prefix("Subject: ") else {
        panic!("{call}: it must begin with `Subject: `")
    };
    for (number, line) in lines.split("\r\n").enumerate() {
        let bad = line.chars().find(|c| !matches!(c, ' '..='~'));
        assert!(
            bad.is_none(),
            "{call}: there is {:?} in it, which is not visible ASCII, and must be encoded",
            bad.unwrap_or_default()
        );
        assert!(
            number == 0 || (line.starts_with(' ') && !line.trim().is_empty()),
            "{call}: a line does not begin with a space, so that it is another field of the header"
        );
        assert!(
            line.len() <= 76,
            "{call}: a line has {} characters, and 76 is the most. The first one begins with `Subject: `",
            line.len()
        );
    }
    // What a reader makes of it: words, and the white space between them.
    let mut read = String::new();
    let mut after_encoded = false;
    let mut rest = value;
    while !rest.is_empty() {
        let end = rest.find([' ', '\r']).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let text_begins = behind
            .find(|c: char| !" \r\n".contains(c))
            .unwrap_or(behind.len());
        let (space, next) = behind.split_at(text_begins);
        let decoded = decoded_word(word, &call);
        let next_is_encoded = next.starts_with("=?");
        match &decoded {
            Some(text) => read.push_str(text),
            None => read.push_str(word),
        }
        after_encoded = decoded.is_some();
        if !(after_encoded && next_is_encoded) {
            // Unfolding takes the CRLF alone away (RFC 5322 §2.2.3).
            read.push_str(&space.replace("\r\n", ""));
        }
        rest = next;
    }
    assert!(
        after_encoded || value.contains("=?"),
        "{call}: there is no encoded word in it, but the subject is not ASCII alone or has `=?` in it"
    );
    if read != subject {
        let solid = |text: &str| text.replace(' ', "");
        panic!(
            "{call}, which a reader takes for {}: {}",
            shown(read.as_bytes()),
            if solid(&read) == solid(subject) && read.len() < subject.len() {
                "a space is lost. The white space between two encoded words vanishes, so it must be \
                 inside of one"
            } else if solid(&read) == solid(subject) {
                "there is a space too many"
            } else if subject.contains('_') && read.replace(' ', "_") == subject.replace(' ', "_") {
                "a `_` stands for a space there, so the sign itself must be encoded"
            } else {
                "that is another text"
            }
        );
    }
}

/// The text of an encoded word; `None` for any other word.
fn decoded_word(word: &str, call: &str) -> Option<String> {
    if !word.contains("=?") {
        return None;
    }
    let Some(text) = word
        .strip_prefix("=?")
        .and_then(|word| word.strip_suffix("?="))
    else {
        panic!(
            "{call}: in {word:?} there is `=?`, but it is no encoded word. One begins with `=?`, ends \
             in `?=`, and stands alone: are `=`, `?` and spaces encoded?"
        )
    };
    let parts: Vec<&str> = text.split('?').collect();
    let [charset, encoding, text] = parts[..] else {
        panic!(
            "{call}: {word:?} has {} parts between its `?`, and three are needed: charset, encoding, \
             text. A `?` of the text must be encoded",
            parts.len()
        )
    };
    assert!(
        charset.eq_ignore_ascii_case("UTF-8") && encoding.eq_ignore_ascii_case("Q"),
        "{call}: {word:?} is not `=?UTF-8?Q?…?=`"
    );
    assert!(
        word.len() <= 75,
        "{call}: a word has {} characters, and 75 is the most",
        word.len()
    );
    assert!(!text.is_empty(), "{call}: an encoded word is empty");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'_', _) => bytes.push(b' '),
            (
                b'=',
                [
                    high @ (b'0'..=b'9' | b'A'..=b'F'),
                    low @ (b'0'..=b'9' | b'A'..=b'F'),
                    more @ ..,
                ],
            ) => {
                let digit = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
                bytes.push(digit(*high) * 16 + digit(*low));
                rest = more;
            }
            (b'=', _) => panic!(
                "{call}: in {word:?} a `=` has not two digits 0 to 9 or A to F behind it. Is each `=` \
                 of the text encoded, and each byte with two capital digits (`{{:02X}}`)?"
            ),
            (other, _) => bytes.push(*other),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(_) => panic!(
            "{call}: the bytes of {word:?} are no UTF-8 on their own. Is a character split over two \
             words, or its number taken for its bytes? Each word has whole characters, all their bytes"
        ),
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
    panic!("your {call} panicked: {why}. A subject may have any characters, and be empty");
}

/// The bytes as text where they are text, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    let text = bytes[..bytes.len().min(90)].escape_ascii();
    match bytes.len() {
        0..=90 => format!("\"{text}\""),
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
