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
fn plain_text_stays() {
    encodes(&[
        b"",
        b"hello",
        b"one line\r\n",
        b"two\r\nlines\r\n",
        b"\r\n",
        b"\r\n\r\n\r\nx",
        b"a\tb c!\"#$%&'()*+,-./:;<>?@[\\]^_`{|}~",
        b"From here to .there",
        random_word().as_bytes(),
    ]);
}

#[test]
fn other_bytes_are_encoded() {
    encodes(&[
        "café".as_bytes(),
        "文件\r\n".as_bytes(),
        b"1+1=2",
        b"====",
        b"=C3=A9",
        b"\x00\x01\x1f\x7f\x80\xff",
        b"\x0b\x0c\x1b[31m",
    ]);
    let all: Vec<u8> = (0..=255).collect();
    for &byte in &all {
        encodes(&[&[b'a', byte, b'b']]);
    }
    encodes(&[&all]);
}

#[test]
fn cr_and_lf_alone_are_encoded() {
    encodes(&[
        b"a\nb",
        b"a\rb",
        b"\n",
        b"\r",
        b"\n\r",
        b"\r\r\n",
        b"\r\n\n",
        b"\r\r\n\n\r\n\r",
    ]);
}

#[test]
fn a_blank_at_a_line_end_is_encoded() {
    encodes(&[
        b"a ",
        b"a\t",
        b" ",
        b"\t",
        b"   ",
        b"a  \r\n",
        b"a \t\r\nb\t \r\n",
        b" \r\n",
        b" a\r\n\tb",
        b"a \n",
        b"a \r",
    ]);
}

#[test]
fn no_line_is_longer_than_76() {
    for length in 70..=160 {
        let plain = "x".repeat(length);
        encodes(&[
            plain.as_bytes(),
            format!("{plain}\r\n{plain}\r\n").as_bytes(),
            format!("{plain}é").as_bytes(),
            format!("{plain}=").as_bytes(),
            format!("{plain} ").as_bytes(),
            format!("{plain} x").as_bytes(),
            format!("{plain}\t\r\nx").as_bytes(),
        ]);
        encodes(&[
            "é".repeat(length).as_bytes(),
            &vec![b' '; length],
            &vec![b'='; length],
        ]);
    }
    encodes(&[&vec![b'x'; 20_000], &vec![0xff; 20_000]]);
}

#[test]
fn any_text_can_be_encoded() {
    const BYTES: &[u8] = b"abcdefghi  \t=.\xc3\xa9\0";
    let mut random = Random::new();
    for _ in 0..200 {
        let mut text = Vec::new();
        for _ in 0..random.below(300) {
            match random.below(30) {
                0 => text.extend(b"\r\n"),
                1 => text.push(b'\r'),
                2 => text.push(b'\n'),
                _ => text.push(BYTES[random.below(BYTES.len())]),
            }
        }
        encodes(&[&text]);
    }
}

#[test]
fn two_digits_are_a_byte() {
    decodes(&[
        (b"caf=C3=A9", "café".as_bytes()),
        (b"=00=01=7F=80=FF", b"\x00\x01\x7f\x80\xff"),
        (b"1=3D1", b"1=1"),
        (b"=3D41", b"=41"),
        (b"=41=0D=0A=42", b"A\r\nB"),
        (b"=20", b" "),
        (b"a=20\r\n", b"a \r\n"),
        (b"a=09=20", b"a\t "),
    ]);
    for byte in 0..=255_u8 {
        decodes(&[(format!("a={byte:02X}b").as_bytes(), &[b'a', byte, b'b'])]);
    }
}

#[test]
fn small_digits_are_digits() {
    decodes(&[
        (b"caf=c3=a9", "café".as_bytes()),
        (b"=cA=Ca=ff", b"\xca\xca\xff"),
        (b"1=3d1", b"1=1"),
    ]);
}

#[test]
fn a_soft_break_is_nothing() {
    decodes(&[
        (b"one =\r\nline", b"one line"),
        (b"a=\r\nb=\r\nc\r\n", b"abc\r\n"),
        (b"=\r\n=\r\n=\r\n", b""),
        (b"caf=C3=\r\n=A9", "café".as_bytes()),
        (b"=\r\n\r\n", b"\r\n"),
        (b"a=3D=\r\nb", b"a=b"),
        (b"=\r\n41", b"41"),
        (b"a=\r\n.", b"a."),
        (b"a=\r\n b", b"a b"),
    ]);
}

#[test]
fn a_soft_break_at_the_end_is_nothing() {
    decodes(&[
        (b"=", b""),
        (b"a=", b"a"),
        (b"a=\r\n", b"a"),
        (b"a\r\n=", b"a\r\n"),
        (b"a= ", b"a"),
        (b"a=\t \t", b"a"),
    ]);
}

#[test]
fn blanks_may_follow_a_soft_break() {
    decodes(&[
        (b"a= \r\nb", b"ab"),
        (b"a=\t \r\nb", b"ab"),
        (b"a = \r\n b", b"a  b"),
    ]);
}

#[test]
fn blanks_at_a_line_end_go() {
    decodes(&[
        (b"a \r\nb", b"a\r\nb"),
        (b"a\t \t\r\nb  ", b"a\r\nb"),
        (b" \r\n\t\r\n", b"\r\n\r\n"),
        (b" ", b""),
        (b" a b\tc", b" a b\tc"),
        (b"a=20 \r\n", b"a \r\n"),
        (b"a =20\r\n", b"a  \r\n"),
        // These are blanks for nobody here.
        (b"a\x0b\r\n", b"a\x0b\r\n"),
        (b"a\x0c", b"a\x0c"),
        ("a\u{a0}\r\n".as_bytes(), "a\u{a0}\r\n".as_bytes()),
    ]);
}

#[test]
fn what_is_no_encoding_stays() {
    decodes(&[
        (b"a=b", b"a=b"),
        (b"=zz", b"=zz"),
        (b"=4", b"=4"),
        (b"=4\r\n", b"=4\r\n"),
        (b"=4x=41", b"=4xA"),
        (b"=x=41", b"=xA"),
        (b"==41", b"=A"),
        (b"===41", b"==A"),
        (b"= x", b"= x"),
        (b"=+4", b"=+4"),
        (b"=-1", b"=-1"),
        (b"=0x41", b"=0x41"),
        (b"= 41", b"= 41"),
        (b"=4 1", b"=4 1"),
        (b"==", b"="),
        (b"==\r\nx", b"=x"),
        (b"=\xc3\xa9", b"=\xc3\xa9"),
        (b"=4\xff", b"=4\xff"),
        (b"\xff\xfe\x80", b"\xff\xfe\x80"),
        ("é=文".as_bytes(), "é=文".as_bytes()),
        (b"\0\x1b", b"\0\x1b"),
    ]);
}

#[test]
fn a_long_text_is_decoded() {
    let word = random_word();
    let line = format!("{word}=\r\n=3D{word}\r\n");
    let text = format!("{word}={word}\r\n");
    decodes(&[
        (line.repeat(500).as_bytes(), text.repeat(500).as_bytes()),
        (&vec![b'x'; 20_000], &vec![b'x'; 20_000]),
        ("=\r\n".repeat(5_000).as_bytes(), b""),
    ]);
}

#[test]
fn anything_has_an_answer() {
    const PARTS: [&[u8]; 14] = [
        b"=", b"=", b"=", b"\r\n", b"\r\n", b" ", b"\t", b"4", b"A", b"f", b"g", b"=41", b"\xff",
        b"x",
    ];
    let mut random = Random::new();
    for _ in 0..100 {
        let cases: Vec<(Vec<u8>, Vec<u8>)> = (0..20)
            .map(|_| {
                let text = (0..random.below(12))
                    .flat_map(|_| PARTS[random.below(PARTS.len())])
                    .copied()
                    .collect::<Vec<u8>>();
                let wanted = decoded(&text);
                (text, wanted)
            })
            .collect();
        let cases: Vec<(&[u8], &[u8])> = cases.iter().map(|(a, b)| (&a[..], &b[..])).collect();
        decodes(&cases);
    }
}

/// The task's rules for `decode`, looked up from each byte on.
fn decoded(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let from = usize::from(rest[0] == b'=');
        let blanks = rest[from..]
            .iter()
            .take_while(|b| b" \t".contains(b))
            .count();
        let line_ends = from + blanks == rest.len() || rest[from + blanks..].starts_with(b"\r\n");
        if rest[0] == b'=' && line_ends {
            at = (at + 1 + blanks + 2).min(bytes.len());
        } else if rest[0] == b'=' && rest.len() > 2 && rest[1..3].iter().all(u8::is_ascii_hexdigit)
        {
            let digits = str::from_utf8(&rest[1..3]).unwrap();
            text.push(u8::from_str_radix(digits, 16).unwrap());
            at += 3;
        } else if blanks > 0 && from == 0 && line_ends {
            at += blanks;
        } else {
            text.push(rest[0]);
            at += 1;
        }
    }
    text
}

fn encodes(texts: &[&[u8]]) {
    ask(
        texts.iter().map(|text| text.to_vec()).collect(),
        |text| encode(text),
        |text| format!("`encode({})`", shown(text)),
        |text, encoded| judge_encoded(text, &encoded),
    );
}

/// What the text gives is looked at, line by line, and then decoded: there are several right answers.
fn judge_encoded(text: &[u8], encoded: &str) {
    let call = format!(
        "`encode({})` gives {}",
        shown(text),
        shown(encoded.as_bytes())
    );
    for line in encoded.split("\r\n") {
        if let Some(bad) = line.chars().find(|c| !matches!(c, ' '..='~' | '\t')) {
            panic!(
                "{call}: there is {bad:?} in it. {}",
                if bad == '\n' || bad == '\r' {
                    "A CR or LF alone is no line end, and must be encoded"
                } else {
                    "It must be encoded"
                }
            );
        }
        assert!(
            line.len() <= 76,
            "{call}: a line has {} characters, and 76 is the most. Do you count the `=` of the soft \
             break, and all three of `=C3`?",
            line.len()
        );
        assert!(
            !line.ends_with([' ', '\t']),
            "{call}: a line ends in a blank, which may be lost on the way. It must be encoded"
        );
        let line = line.strip_suffix('=').unwrap_or(line);
        for (at, _) in line.match_indices('=') {
            let digits = line.get(at + 1..at + 3).unwrap_or(&line[at + 1..]);
            assert!(
                digits.len() == 2
                    && digits
                        .bytes()
                        .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')),
                "{call}: behind a `=` are two digits 0 to 9 or A to F, and here it is {digits:?}. {}",
                if digits.bytes().any(|b| b.is_ascii_lowercase()) {
                    "Small letters are none (`{:02X}`)"
                } else if digits.len() < 2 && line.len() > 70 {
                    "A soft break must not stand within `=C3`"
                } else {
                    "`{:02X}` always gives two"
                }
            );
        }
    }
    let back = decoded(encoded.as_bytes());
    if back != text {
        let lines = |text: &[u8]| text.windows(2).filter(|two| two == b"\r\n").count();
        panic!(
            "{call}, which means {}: {}",
            shown(&back),
            if lines(&back) < lines(text) {
                "a line end is lost"
            } else if lines(&back) > lines(text) {
                "there is a line end too many. A soft break begins with `=`"
            } else {
                "that is another text. Is each `=` encoded, and no byte lost at a soft break?"
            }
        );
    }
    // A byte of the text or a soft break, one after the other: what needed no encoding, and what cut?
    for line in encoded.replace("=\r\n", "\u{1}").split("\r\n") {
        let whole = line.replace('\u{1}', "");
        assert!(
            whole.len() > 76 || whole.len() == line.len(),
            "{call}: there is a soft break in a line of {} characters. It fits as it is, up to 76",
            whole.len()
        );
        for (at, _) in line.match_indices('=') {
            let byte = u8::from_str_radix(&line[at + 1..at + 3], 16).unwrap();
            let behind = &line[at + 3..];
            let may_stay = match byte {
                b' ' | b'\t' => !behind.is_empty() && !behind.starts_with('\u{1}'),
                _ => byte.is_ascii_graphic() && byte != b'=',
            };
            assert!(
                !may_stay,
                "{call}: `={byte:02X}` is {:?}, which stays as it is here, so that the text can be read",
                char::from(byte)
            );
        }
    }
    assert!(
        !encoded.replace("=\r\n", "").contains("=0D=0A"),
        "{call}: a CRLF of the text stays a line end, and here one is encoded"
    );
}

fn decodes(cases: &[(&[u8], &[u8])]) {
    ask(
        cases
            .iter()
            .map(|(encoded, text)| (encoded.to_vec(), text.to_vec()))
            .collect(),
        |(encoded, _)| decode(encoded),
        |(encoded, _)| format!("`decode({})`", shown(encoded)),
        |(encoded, wanted), got| {
            assert!(
                *wanted == got,
                "`decode({})` must give {} and gives {}: {}",
                shown(encoded),
                shown(wanted),
                shown(&got),
                what_is_wrong_with(encoded, wanted, &got)
            );
        },
    );
}

fn what_is_wrong_with(encoded: &[u8], wanted: &[u8], got: &[u8]) -> &'static str {
    let text = encoded.escape_ascii().to_string();
    let blank_end = |bytes: &[u8]| {
        bytes.ends_with(b" ")
            || bytes.ends_with(b"\t")
            || bytes
                .windows(3)
                .any(|three| b" \t".contains(&three[0]) && &three[1..] == b"\r\n")
    };
    if encoded.ends_with(b"=") && got.ends_with(b"=") && !wanted.ends_with(b"=") {
        "a `=` at the very end is a soft break, too"
    } else if text.contains("= ") || text.contains("=\\t") {
        "behind the `=` of a soft break may be blanks, up to the line's end; and a blank is no digit"
    } else if got.windows(3).any(|three| three == b"=\r\n") {
        "a `=` at the end of a line is a soft break"
    } else if wanted.len() > got.len()
        && blank_end(wanted)
        && encoded.windows(2).any(|two| two == b"=2" || two == b"=0")
    {
        "`=20` at the end of a line is a space that somebody meant. The blanks go that were blanks \
         before the decoding"
    } else if blank_end(got) {
        "blanks at the end of a line, or of the text, go"
    } else if got.contains(&b'=')
        && encoded.iter().any(u8::is_ascii_lowercase)
        && !wanted.contains(&b'=')
    {
        "small letters are digits, too, for whoever reads"
    } else if text.contains("=+") || text.contains("=-") {
        "a digit has no sign (`from_str_radix` takes a `+`)"
    } else if wanted.contains(&b'=') {
        "a `=` that begins no encoding stays, and what is behind it is read as if it stood alone; what \
         was decoded is not decoded again"
    } else if wanted.len() > got.len() && encoded == wanted {
        "these bytes are what they are, and stay"
    } else {
        "each `=` and two digits is one byte, a soft break is nothing, all else stays"
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
    panic!(
        "your {call} panicked: {why}. A stranger wrote the text: it may end behind a `=`, and its bytes need not be characters"
    );
}

/// The bytes as text where they are text, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    let text = bytes[..bytes.len().min(80)].escape_ascii();
    match bytes.len() {
        0..=80 => format!("\"{text}\""),
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
