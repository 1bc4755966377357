use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// What a PNG file begins with, for the very reason of this exercise.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\n\0\0\r\n\x08\x06\0\0\0";

#[test]
fn lf_becomes_crlf_on_the_wire() {
    whole(
        Side::ToWire,
        [
            &b"one\ntwo\nthree\n"[..],
            b"\n",
            b"\n\n\n",
            b"no line end",
            b"",
            b"\na",
            b"a\n",
        ],
    );
    whole(
        Side::ToWire,
        [
            random_word().as_bytes(),
            format!("{0}\n{0}\n", random_word()).as_bytes(),
        ],
    );
}

#[test]
fn crlf_becomes_lf_in_the_file() {
    whole(
        Side::FromWire,
        [
            &b"one\r\ntwo\r\nthree\r\n"[..],
            b"\r\n",
            b"\r\n\r\n\r\n",
            b"no line end",
            b"",
            b"\r\na",
            b"a\r\n",
        ],
    );
    whole(
        Side::FromWire,
        [
            random_word().as_bytes(),
            format!("{0}\r\n{0}\r\n", random_word()).as_bytes(),
        ],
    );
}

#[test]
fn a_crlf_in_the_file_stays_one() {
    whole(
        Side::ToWire,
        [
            &b"one\r\ntwo\nthree\r\n"[..],
            b"\r\n",
            b"\r\n\n",
            b"\n\r\n",
            b"\r\r\n",
            b"\r\n\r\n\n\n",
        ],
    );
}

#[test]
fn an_lf_alone_on_the_wire_stays() {
    whole(
        Side::FromWire,
        [&b"one\ntwo\r\n"[..], b"\n", b"\n\r\n", b"\n\n"],
    );
}

#[test]
fn a_cr_alone_stays() {
    for side in [Side::ToWire, Side::FromWire] {
        whole(
            side,
            [
                &b"a\rb"[..],
                b"\ra",
                b"a\r",
                b"\r",
                b"\r\r",
                b"\r\r\r\r",
                b"a\r\rb",
                b"50 %\r100 %\r\n",
            ],
        );
        whole(
            side,
            [
                &b"\r\r\n"[..],
                b"\r\r\r\n\n",
                b"\n\r",
                b"\r\n\r",
                b"\n\r\n\r\r\n",
            ],
        );
    }
}

#[test]
fn bytes_that_are_no_text_stay() {
    let all: Vec<u8> = (0..=255).collect();
    let backwards: Vec<u8> = (0..=255).rev().collect();
    for side in [Side::ToWire, Side::FromWire] {
        whole(
            side,
            [
                &all[..],
                &backwards,
                PNG,
                b"\0\n\0\r\n\0",
                b"caf\xe9\n",
                b"\xff\r\n\xc3",
                "é\n文件\r\n".as_bytes(),
            ],
        );
    }
}

#[test]
fn a_line_end_may_be_split_over_two_pieces() {
    for text in [
        &b"one\ntwo\n"[..],
        b"one\r\ntwo\r\n",
        b"\r\n",
        b"\r\r\n\n\r\r",
        b"a\r",
        b"\ra\n\r\n",
        PNG,
    ] {
        for side in [Side::ToWire, Side::FromWire] {
            judge(
                (0..=text.len()).map(|at| (side, vec![text[..at].to_vec(), text[at..].to_vec()])),
            );
            judge([(side, text.iter().map(|&byte| vec![byte]).collect())]);
        }
    }
}

#[test]
fn an_empty_piece_changes_nothing() {
    for text in [&b"\r\n"[..], b"\r\r\n", b"\ra", b"\n\r\n", b"a\r"] {
        for side in [Side::ToWire, Side::FromWire] {
            let mut pieces = vec![vec![]];
            for &byte in text {
                pieces.extend([vec![byte], vec![], vec![]]);
            }
            judge([(side, pieces)]);
        }
    }
    judge([Side::ToWire, Side::FromWire].map(|side| (side, vec![])));
    judge([Side::ToWire, Side::FromWire].map(|side| (side, vec![vec![], vec![]])));
}

#[test]
fn a_long_file_comes_through() {
    const LONG: usize = 50_000;
    let line = format!("{}\r\n{}\n\r", random_word(), random_word());
    let text: Vec<u8> = line.bytes().cycle().take(LONG).collect();
    for side in [Side::ToWire, Side::FromWire] {
        judge([4_096, 1_000, 77].map(|size| (side, text.chunks(size).map(Vec::from).collect())));
    }
}

#[test]
fn any_bytes_in_any_pieces_come_through() {
    const BYTES: &[u8] = b"\r\r\r\n\n\nab\xff\0";
    let mut random = Random::new();
    for side in [Side::ToWire, Side::FromWire] {
        let cases: Vec<_> = (0..1_000)
            .map(|_| {
                let count = random.below(6);
                let piece = |random: &mut Random| {
                    let length = random.below(5);
                    (0..length)
                        .map(|_| BYTES[random.below(BYTES.len())])
                        .collect()
                };
                (side, (0..count).map(|_| piece(&mut random)).collect())
            })
            .collect();
        judge(cases);
    }
}

/// Which of the two is judged.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    ToWire,
    FromWire,
}

type Pieces = Vec<Vec<u8>>;

/// What the learner's side gave for each piece, and at the end.
type Outputs = Vec<Vec<u8>>;

/// Gives each text in one piece.
fn whole<'a>(side: Side, texts: impl IntoIterator<Item = &'a [u8]>) {
    judge(texts.into_iter().map(|text| (side, vec![text.to_vec()])));
}

/// The task's rules for everything that has come so far. Without `ended` a CR at its end is kept back.
fn expected(side: Side, bytes: &[u8], ended: bool) -> Vec<u8> {
    let mut given = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let behind = bytes.get(at + 1);
        match (side, byte) {
            (Side::ToWire, b'\n') if before != Some(b'\r') => given.extend(b"\r\n"),
            (Side::FromWire, b'\r') if behind == Some(&b'\n') => {}
            (Side::FromWire, b'\r') if behind.is_none() && !ended => {}
            _ => given.push(byte),
        }
    }
    given
}

/// Gives all pieces to the learner's code, on a thread of its own, and fails at the first wrong
/// output, at a panic, and when the time is up.
fn judge(cases: impl IntoIterator<Item = (Side, Pieces)>) {
    let cases: Vec<(Side, Pieces)> = cases.into_iter().collect();
    let asked = cases.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for (side, pieces) in asked {
            let answer = panic::catch_unwind(|| learners_outputs(side, &pieces));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for (side, pieces) in &cases {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(outputs)) => compare(*side, pieces, &outputs),
            Ok(Err(panic)) => report_panic(*side, pieces, panic),
            Err(_) => panic!(
                "{} has not returned after {DEADLINE:?}: is there an endless loop?",
                call(*side, pieces)
            ),
        }
    }
}

fn learners_outputs(side: Side, pieces: &[Vec<u8>]) -> Outputs {
    match side {
        Side::ToWire => {
            let mut side = ToWire::default();
            pieces.iter().map(|piece| side.piece(piece)).collect()
        }
        Side::FromWire => {
            let mut side = FromWire::default();
            let mut outputs: Outputs = pieces.iter().map(|piece| side.piece(piece)).collect();
            outputs.push(side.end());
            outputs
        }
    }
}

fn call(side: Side, pieces: &[Vec<u8>]) -> String {
    let name = match side {
        Side::ToWire => "ToWire",
        Side::FromWire => "FromWire",
    };
    match pieces {
        [] => format!("`{name}` without any piece"),
        [one] => format!("`{name}` with the piece {}", shown(one)),
        [pieces @ .., last] if pieces.len() < 6 => {
            let pieces: Vec<String> = pieces.iter().map(|piece| shown(piece)).collect();
            format!(
                "`{name}` with the pieces {} and {}",
                pieces.join(", "),
                shown(last)
            )
        }
        [first, second, ..] => format!(
            "`{name}` with the {} pieces {}, {}, …",
            pieces.len(),
            shown(first),
            shown(second)
        ),
    }
}

fn compare(side: Side, pieces: &[Vec<u8>], outputs: &[Vec<u8>]) {
    let input = pieces.concat();
    let (wanted, got) = (expected(side, &input, true), outputs.concat());
    let call = call(side, pieces);
    if wanted != got {
        // Long ones are shown from shortly before their difference.
        let at = wanted
            .iter()
            .zip(&got)
            .take_while(|(a, b)| a == b)
            .count()
            .saturating_sub(10);
        let place = if at == 0 {
            String::new()
        } else {
            format!(", from byte {at} on,")
        };
        panic!(
            "{call} must give{place} {} and gives {}: {}",
            shown(&wanted[at..]),
            shown(&got[at.min(got.len())..]),
            what_is_wrong_with(side, pieces, &wanted, outputs)
        );
    }
    // All is there in the end. Did it come as soon as it could? Of many pieces a few are looked at.
    let step = pieces.len() / 8 + 1;
    for count in (1..=pieces.len()).step_by(step) {
        let so_far = pieces[..count].concat();
        let out: usize = outputs[..count].iter().map(Vec::len).sum();
        let known = expected(side, &so_far, false).len();
        assert!(
            out >= known,
            "{call} has given {out} bytes after {} of them had come, and {known} were known by \
             then: a file may be larger than the memory. Each call gives what it can; at most a \
             CR waits",
            so_far.len()
        );
    }
}

/// What the learner's code gives for one piece, if it gives anything.
fn output_for(side: Side, piece: Vec<u8>) -> Option<Vec<u8>> {
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || sender.send(learners_outputs(side, &[piece]).concat()));
    answer.recv_timeout(DEADLINE).ok()
}

fn what_is_wrong_with(
    side: Side,
    pieces: &[Vec<u8>],
    wanted: &[u8],
    outputs: &[Vec<u8>],
) -> String {
    let got = &outputs.concat()[..];
    let count = |bytes: &[u8], byte| bytes.iter().filter(|b| **b == byte).count();
    let missing = |byte| count(wanted, byte) > count(got, byte);
    let input = pieces.concat();
    if pieces.len() > 1 && output_for(side, input.clone()).as_deref() == Some(wanted) {
        let hint = match side {
            Side::ToWire => "Was the last byte of the piece before a CR?",
            Side::FromWire => "Is the CR at the end of a piece kept until the next byte is known?",
        };
        let empty = match pieces.iter().any(Vec::is_empty) {
            true => " (An empty piece has no last byte: what was known before it is still so.)",
            false => "",
        };
        return format!(
            "in one piece it would be right. What must be known of the piece before? {hint}{empty}"
        );
    }
    let text = match side {
        _ if got == input => "this is what came in, unchanged. That is TYPE I",
        Side::ToWire
            if got.windows(3).any(|three| three == b"\r\r\n")
                && !missing(b'\r')
                && !missing(b'\n') =>
        {
            "an LF behind a CR is a CRLF already, and needs no other CR"
        }
        Side::FromWire
            if got.len() + 1 == wanted.len()
                && wanted.ends_with(b"\r")
                && outputs.last().is_none_or(Vec::is_empty) =>
        {
            "the CR at the very end has no LF behind it, so it is part of the file. Does `end` \
             give it?"
        }
        Side::FromWire if input.windows(2).any(|two| two == b"\r\r") && missing(b'\r') => {
            "only the CR right before an LF goes. Behind a CR there may be another CR"
        }
        _ if missing(b'\r') && count(got, b'\n') > count(wanted, b'\n') => {
            "a CR alone is no line end, and does not become one"
        }
        _ if missing(b'\r') && input.ends_with(b"\r") => {
            "a CR at the end, too, is part of the file"
        }
        Side::ToWire if missing(b'\r') && missing(b'\n') => "a line end is lost",
        Side::ToWire if missing(b'\r') => {
            "each LF has one CR before it on the wire, and a CR alone stays"
        }
        Side::FromWire if missing(b'\r') => "a CR without an LF behind it stays",
        _ if got.windows(3).any(|three| three == "\u{fffd}".as_bytes()) => {
            "bytes that are no UTF-8 are changed. Do you go through a `String`?"
        }
        _ if missing(b'\n') => {
            "an LF is lost. Does each line end come out, also the last, also where lines are empty?"
        }
        _ if count(got, b'\n') > count(wanted, b'\n') => {
            "there is an LF too many. A file need not end with one"
        }
        _ => "all bytes but line ends stay as they are",
    };
    text.into()
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(side: Side, pieces: &[Vec<u8>], panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your {} panicked: {why}. A piece may be empty or a single byte, and need not be text",
        call(side, pieces)
    );
}

/// The bytes as Rust would write them, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 40;
    match bytes.len() {
        ..=MOST => format!("b\"{}\"", bytes.escape_ascii()),
        count => format!("b\"{}\"… ({count} bytes)", bytes[..MOST].escape_ascii()),
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
