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
fn text_without_dots_gets_its_end() {
    sends(&[
        b"Hello\r\n",
        b"one\r\ntwo\r\n\r\nthree\r\n",
        b"end.\r\na.b\r\n .\r\n",
        b"\r\n",
        format!("{}\r\n", random_word()).as_bytes(),
    ]);
}

#[test]
fn each_line_that_begins_with_a_dot_gets_another() {
    sends(&[
        b"a\r\n.\r\nb\r\n",
        b"a\r\n..\r\nb\r\n",
        b"a\r\n...x\r\n....\r\n",
        b"a\r\n.profile\r\n",
        b"a\r\n. \r\n.\t\r\n",
        format!("a\r\n.{}\r\n", random_word()).as_bytes(),
    ]);
}

#[test]
fn the_first_line_may_begin_with_a_dot() {
    sends(&[b".\r\n", b"..\r\n", b".x\r\ny\r\n", b".x", b"."]);
}

#[test]
fn a_letter_without_a_last_line_end_gets_one() {
    sends(&[
        b"a", b"a\r\nb", b"a\r", b"a\n", b"a\r\n.", b"\r", b"\n", b"a\r\n\r", b"a\n\r",
    ]);
}

#[test]
fn an_empty_letter_is_its_end_alone() {
    sends(&[b""]);
}

#[test]
fn an_lf_or_cr_alone_begins_no_line() {
    sends(&[
        b"a\n.b\r\n",
        b"a\r.b\r\n",
        b"a\n.\nb\r\n",
        b"a\n\r.\r\n",
        b"a\n.\r\nb\r\n",
        b"\n.\r\n.\r\n",
    ]);
    reads(&[
        b"a\n.b\r\n.\r\n",
        b"a\n.\nb\r\n.\r\n",
        b"a\n.\r\nMAIL FROM:<eve@elsewhere.example>\r\n.\r\n",
        b"a\r.\r\nb\r\n.\r\n",
        b"a\r.\rb\r\n.\r\n",
        b"a\r\n.\nb\r\n.\r\n",
        b"a\r\n.\rb\r\n.\r\n",
        b"a\r\n.\r\r\n.\r\n",
        b"\n.\r\n\r\n.\r\n",
        b".\n.\r\n.\n\r\n.\r\n",
        b"a\n\r.\r\n\r\n.\r\n",
        b"a\r\r\n..\r\n.\r\n",
    ]);
}

#[test]
fn a_letter_is_read_up_to_its_end() {
    reads(&[
        b"Hello\r\n.\r\n",
        b"one\r\ntwo\r\n\r\nthree\r\n.\r\n",
        b"\r\n.\r\n",
        b"end.\r\na.b\r\n .\r\n.\r\n",
        format!("{0}\r\n{0}\r\n.\r\n", random_word()).as_bytes(),
    ]);
}

#[test]
fn one_dot_is_taken_away() {
    reads(&[
        b"..\r\n.\r\n",
        b"a\r\n..\r\nb\r\n.\r\n",
        b"a\r\n...x\r\n....\r\n.\r\n",
        b"..x\r\n..\r\n.\r\n",
        // A client that forgot to stuff: one dot goes all the same.
        b"a\r\n.profile\r\n.\r\n",
        b".x\r\n. \r\n.\r\n",
        b"a\r\n. .\r\n.\r\n",
    ]);
}

#[test]
fn an_empty_letter_is_read() {
    reads(&[b".\r\n", b".\r\nQUIT\r\n", b".\r\n.\r\n"]);
}

#[test]
fn what_is_behind_the_end_stays() {
    reads(&[
        b"Hello\r\n.\r\nQUIT\r\n",
        b"Hello\r\n.\r\n.\r\n",
        b"Hello\r\n.\r\nMAIL FROM:<ada@loopback.example>\r\nRCPT TO",
        b"..\r\n.\r\n..\r\n.\r\n",
        b"a\r\n.\r\n\n",
    ]);
}

#[test]
fn a_letter_that_is_cut_short_is_an_error() {
    reads(&[
        b"",
        b"Hello",
        b"Hello\r\n",
        b"Hello\r\n.",
        b"Hello\r\n.\r",
        b"Hello\r\n.\n",
        b"Hello.\r\n",
        b"Hello\n.\r\n",
        b".",
        b".\r",
        b".\n",
        b"a\r\n..\r\n",
        b"a\r\n.x",
        b"\r",
    ]);
}

#[test]
fn bytes_that_are_no_text_stay() {
    let all: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    sends(&[&all, b"\xff\r\n.\xff\r\n", b"caf\xe9", b"\0\r\n.\0"]);
    reads(&[
        &[&all[..], b"\r\n.\r\nx"].concat(),
        b"\xff\r\n..\xff\r\n.\r\n",
    ]);
}

#[test]
fn a_letter_may_be_as_long_as_the_limit() {
    for lines in [1, 2, 1_000] {
        // All but the last line are dots alone: twice as long on the wire.
        let mut letter = b".\r\n".repeat(lines - 1);
        letter.resize(LONGEST_MESSAGE - 2, b'x');
        letter.extend(b"\r\n");
        reads(&[&[wire(&letter), b"QUIT\r\n".to_vec()].concat()]);
        sends(&[&letter]);
    }
    let dots = [b".\r\n".repeat(LONGEST_MESSAGE / 3 - 1), b"xx\r\n".to_vec()].concat();
    assert_eq!(dots.len(), LONGEST_MESSAGE);
    reads(&[&wire(&dots)]);
}

#[test]
fn a_longer_letter_is_refused() {
    for more in [1, 2, 3, 1_000, LONGEST_MESSAGE] {
        let mut letter = vec![b'x'; LONGEST_MESSAGE + more - 2];
        letter.extend(b"\r\n");
        reads(&[&wire(&letter)]);
    }
    reads(&[&wire(&b"x\r\n".repeat(LONGEST_MESSAGE))]);
}

#[test]
fn a_line_that_never_ends_is_refused() {
    reads(&[
        &vec![b'x'; 40 * LONGEST_MESSAGE],
        &vec![b'.'; 40 * LONGEST_MESSAGE],
        &vec![b'\n'; 40 * LONGEST_MESSAGE],
    ]);
}

#[test]
fn an_error_of_the_stream_is_handed_on() {
    ask(
        vec![()],
        |()| {
            let mut stream = io::BufReader::new(b"Hello\r\n".chain(Refuses));
            read_data(&mut stream).map_err(|error| error.kind())
        },
        |()| "`read_data` of a stream that fails".to_owned(),
        |(), answer| {
            assert!(
                answer == Err(io::ErrorKind::ConnectionReset),
                "the stream failed with ConnectionReset behind a first line, and `read_data` gives \
                 {answer:?}: an error of the stream is handed on (`?`)"
            );
        },
    );
}

#[test]
fn any_letter_comes_back() {
    const PARTS: [&[u8]; 10] = [
        b".", b".", b"..", b"\r\n", b"\r\n", b"\r", b"\n", b"x", b"\xff", b"\r\n.",
    ];
    let mut random = Random::new();
    for _ in 0..300 {
        let mut some = || {
            (0..random.below(9))
                .flat_map(|_| PARTS[random.below(PARTS.len())])
                .copied()
                .collect::<Vec<u8>>()
        };
        let (letter, other) = (some(), some());
        sends(&[&letter, &other]);
        reads(&[
            &wire(&letter),
            &[wire(&letter), other.clone()].concat(),
            &other,
        ]);
    }
}

/// A stream that breaks.
struct Refuses;

impl Read for Refuses {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

/// The task's rules for `stuff`.
fn wire(letter: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for (at, &byte) in letter.iter().enumerate() {
        if byte == b'.' && (at == 0 || letter[..at].ends_with(b"\r\n")) {
            wire.push(b'.');
        }
        wire.push(byte);
    }
    if !letter.is_empty() && !letter.ends_with(b"\r\n") {
        wire.extend(b"\r\n");
    }
    wire.extend(b".\r\n");
    wire
}

/// The task's rules for `read_data`: the letter, and how many bytes were used for it.
fn letter_of(wire: &[u8]) -> Result<(Vec<u8>, usize), io::ErrorKind> {
    let mut letter: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < wire.len() && letter.len() <= LONGEST_MESSAGE {
        if letter.is_empty() && at == 0 || wire[..at].ends_with(b"\r\n") {
            if wire[at..].starts_with(b".\r\n") {
                return Ok((letter, at + 3));
            }
            at += usize::from(wire[at] == b'.');
        }
        letter.extend(wire.get(at));
        at += 1;
    }
    match letter.len() {
        0..=LONGEST_MESSAGE => Err(io::ErrorKind::UnexpectedEof),
        _ => Err(io::ErrorKind::InvalidData),
    }
}

fn sends(letters: &[&[u8]]) {
    ask(
        letters.iter().map(|letter| letter.to_vec()).collect(),
        |letter| stuff(letter),
        |letter| format!("`stuff({})`", shown(letter)),
        |letter, got| {
            let wanted = wire(letter);
            if wanted == got {
                return;
            }
            let at = differs_at(&wanted, &got);
            let why = if !got.ends_with(b".\r\n") || got.len() + 3 == wanted.len() {
                "the end is missing: a line with one dot"
            } else if letter.is_empty() {
                "an empty letter has no line, and needs no CRLF: a dot and CRLF are all"
            } else if !letter.ends_with(b"\r\n") && !got.ends_with(b"\r\n.\r\n") {
                "the last line has no CRLF of its own and needs one, so that the dot is on a line of its own"
            } else if got.len() > wanted.len() && wanted.starts_with(&got[..got.len() - 5]) {
                "there is a line end too many before the end"
            } else if wanted.get(at) == Some(&b'.') && letter.starts_with(b".") && at < 3 {
                "the first line, too, may begin with a dot"
            } else if wanted.get(at) == Some(&b'.') {
                "each line that begins with a dot gets another one, whatever is behind it"
            } else if got.get(at) == Some(&b'.') {
                "that dot is not at the beginning of a line: one begins behind CRLF alone"
            } else {
                "all else stays"
            };
            panic!(
                "`stuff({})` must give{} and gives {}: {why}",
                shown(letter),
                from(at, &wanted),
                from(at, &got)
            );
        },
    );
}

/// How the bytes come: so many at a time.
const PIECES: [usize; 4] = [8_192, 1, 2, 7];

fn reads(wires: &[&[u8]]) {
    for size in PIECES {
        let wires: Vec<(Vec<u8>, usize)> = wires
            .iter()
            .filter(|wire| size == PIECES[0] || wire.len() < 5_000)
            .map(|wire| (wire.to_vec(), size))
            .collect();
        ask(wires, read_one, call, compare);
    }
}

type Question = (Vec<u8>, usize);

/// What `read_data` gave, and what it left in the stream.
type Answer = (Result<Vec<u8>, io::ErrorKind>, usize);

fn read_one((wire, size): &Question) -> Answer {
    let mut stream = io::BufReader::with_capacity(*size, &wire[..]);
    let got = read_data(&mut stream).map_err(|error| error.kind());
    let left = stream.buffer().len() + stream.get_ref().len();
    (got, left)
}

fn call((wire, size): &Question) -> String {
    let pieces = match size {
        8_192 => String::new(),
        size => format!(", which comes in pieces of {size}"),
    };
    format!("`read_data` of {}{pieces}", shown(wire))
}

fn compare(question: &Question, (got, left): Answer) {
    let (wire, _) = question;
    let call = call(question);
    let wanted = letter_of(wire);
    let got = match (&wanted, got) {
        (Err(wanted), Err(got)) => {
            assert!(
                *wanted == got,
                "{call} must be the error {wanted:?} and is {got:?}"
            );
            assert!(
                got != io::ErrorKind::InvalidData || wire.len() - left < 2 * LONGEST_MESSAGE,
                "{call} is refused, but {} bytes were read before: a client could fill the memory. Stop \
                 when it is too long, and limit `read_until` by `take`",
                wire.len() - left
            );
            return;
        }
        (Err(wanted), Ok(got)) => panic!(
            "{call} must be the error {wanted:?} and is Ok({}): {}",
            shown(&got),
            match wanted {
                io::ErrorKind::InvalidData =>
                    "it is longer than LONGEST_MESSAGE. The limit is for what is returned",
                _ =>
                    "its end never came. That is a dot between two CRLF, and an LF alone is no line end",
            }
        ),
        (Ok((wanted, _)), Err(got)) => panic!(
            "{call} must be Ok({}) and is the error {got:?}: {}",
            shown(wanted),
            if got == io::ErrorKind::InvalidData {
                "it is not too long. The stuffed dots and the end are not counted"
            } else {
                "its end is there: a line with one dot, which may be the first"
            }
        ),
        (Ok(_), Ok(got)) => got,
    };
    let Ok((wanted, used)) = wanted else { return };
    if wanted != got {
        let at = differs_at(&wanted, &got);
        let why = if got.len() < wanted.len() && wanted.starts_with(&got) {
            if [&got[..], b"\r\n"].concat() == wanted {
                "the last CRLF is a part of the letter"
            } else {
                "it ends too early. The end is a dot between two CRLF, and an LF or CR alone is no line end"
            }
        } else if got.len() > wanted.len() && got.starts_with(&wanted) {
            "it goes on behind its end"
        } else if got.get(at) == Some(&b'.') {
            "of each line that begins with a dot, that one dot goes"
        } else if wanted.get(at) == Some(&b'.') {
            "a dot is lost. One goes, and only at the beginning of a line, which is behind CRLF alone"
        } else {
            "all but the stuffed dots stays"
        };
        panic!(
            "{call} must give{} and gives {}: {why}",
            from(at, &wanted),
            from(at, &got)
        );
    }
    assert!(
        wire.len() - left == used,
        "{call}: the letter is right, but {} bytes were taken from the stream, and {used} were its own. \
         What is behind belongs to the next command (is there another `BufReader`?)",
        wire.len() - left
    );
}

fn differs_at(wanted: &[u8], got: &[u8]) -> usize {
    wanted.iter().zip(got).take_while(|(a, b)| a == b).count()
}

/// Long ones are shown from shortly before their difference.
fn from(at: usize, bytes: &[u8]) -> String {
    match at.saturating_sub(20) {
        0 => format!(" {}", shown(bytes)),
        at => format!(
            ", from byte {at} on, {}",
            shown(&bytes[at.min(bytes.len())..])
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
    panic!(
        "your {call} panicked: {why}. A stranger sends the letter: it may be empty, and its bytes need not be text"
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
