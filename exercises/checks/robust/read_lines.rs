use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    io::{self, BufRead, Read},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// In pieces of how many bytes a stream arrives: TCP has no messages, so anything may happen.
const PIECES: [usize; 6] = [1_000_000, 1, 2, 3, 7, 64];

#[test]
fn lines_come_one_by_one() {
    gives(b"hello\n", &["hello"]);
    gives(b"first\nsecond\nthird\n", &["first", "second", "third"]);
    let word = random_word();
    gives(
        format!("{word}\nand {word}\n").as_bytes(),
        &[&word, &format!("and {word}")],
    );
    gives(b"", &[]);
}

#[test]
fn an_empty_line_is_a_line() {
    gives(b"\n", &[""]);
    gives(b"\r\n", &[""]);
    gives(b"a\n\n\r\nb\n\n", &["a", "", "", "b", ""]);
}

#[test]
fn a_line_ends_in_lf_or_in_cr_and_lf() {
    gives(b"one\r\ntwo\nthree\r\n", &["one", "two", "three"]);
    gives(b"\r\r\n", &["\r"]);
    gives(b"a\rb\r\r\n\rc\n", &["a\rb\r", "\rc"]);
    gives(b" a \t \n\t\n\0\n", &[" a \t ", "\t", "\0"]);
}

#[test]
fn a_letter_may_come_in_pieces() {
    gives(
        "Grüße aus Köln\n文件\r\n🦀\n".as_bytes(),
        &["Grüße aus Köln", "文件", "🦀"],
    );
    let long = "é".repeat(LONGEST_LINE / 2);
    gives(format!("{long}\r\n").as_bytes(), &[&long]);
}

#[test]
fn what_is_no_utf_8_is_refused() {
    for bytes in [
        &b"caf\xe9\n"[..],
        b"\xff\n",
        b"\xc3\r\n",
        b"a\x80b\n",
        b"\xed\xa0\x80\n",
    ] {
        fails(
            bytes,
            Then::Silence,
            io::ErrorKind::InvalidData,
            "these bytes are not UTF-8",
        );
    }
}

#[test]
fn half_a_line_is_none() {
    let why = "the stream ended in the middle of a line: nobody knows whether it was to go on";
    for bytes in [&b"hello"[..], b"h", b"a\r", b"\r", b" ", b"caf\xc3"] {
        fails(bytes, Then::End, io::ErrorKind::UnexpectedEof, why);
    }
    fails(
        &vec![b'x'; LONGEST_LINE],
        Then::End,
        io::ErrorKind::UnexpectedEof,
        why,
    );
    let (lines, end) = read_all(b"whole\nhal", 1_000_000, Then::End);
    assert_eq!(lines, ["whole"], "one whole line comes before the half one");
    compare_error(
        "the peer sends \"whole\\nhal\", and ends",
        end,
        io::ErrorKind::UnexpectedEof,
        why,
    );
}

#[test]
fn the_longest_line_is_read() {
    for length in [LONGEST_LINE - 1, LONGEST_LINE] {
        let line = "x".repeat(length);
        gives(format!("{line}\n").as_bytes(), &[&line]);
        gives(format!("{line}\r\n").as_bytes(), &[&line]);
        gives(format!("{line}\nnext\n").as_bytes(), &[&line, "next"]);
    }
    let with_cr = format!("{}\r", "x".repeat(LONGEST_LINE - 1));
    gives(
        format!("{with_cr}\n").as_bytes(),
        &[&with_cr[..LONGEST_LINE - 1]],
    );
    gives(format!("{with_cr}\r\n").as_bytes(), &[&with_cr]);
}

#[test]
fn a_longer_line_is_refused() {
    let why = "the line, without its end, has more than `LONGEST_LINE` bytes";
    for (more, end) in [
        (1, "\n"),
        (1, "\r\n"),
        (2, "\n"),
        (50, "\r\n"),
        (LONGEST_LINE, "\n"),
    ] {
        let line = format!("{}{end}next\n", "x".repeat(LONGEST_LINE + more));
        fails(
            line.as_bytes(),
            Then::Silence,
            io::ErrorKind::InvalidData,
            why,
        );
    }
    let bytes = "`LONGEST_LINE` counts bytes, and a letter may have several";
    for letters in [
        "é".repeat(LONGEST_LINE / 2 + 1),
        // As many letters as a line may have bytes, and one byte more.
        format!("é{}", "x".repeat(LONGEST_LINE - 1)),
    ] {
        let line = format!("{letters}\n");
        fails(
            line.as_bytes(),
            Then::Silence,
            io::ErrorKind::InvalidData,
            bytes,
        );
    }
}

#[test]
fn a_line_without_an_end_is_refused_in_time() {
    for piece in PIECES {
        let stream = Stream::new(b"", piece, Then::ForEver);
        let (result, stream) = learners_line(stream, "x for ever");
        let call = "the peer sends x, and never an LF";
        compare_error(
            call,
            result.map(|line| line.map(|_| "a line".into())),
            io::ErrorKind::InvalidData,
            "more than `LONGEST_LINE` bytes came",
        );
        took_no_more(call, &stream);
    }
}

#[test]
fn what_the_stream_says_is_handed_on() {
    for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::TimedOut] {
        for bytes in [&b""[..], b"hal"] {
            let why = "hand on what the stream says, with `?`: it has not ended";
            fails(bytes, Then::Fails(kind), kind, why);
        }
    }
}

#[test]
fn random_lines_come_through() {
    let mut random = Random(RandomState::new().hash_one(0) | 1);
    for _ in 0..200 {
        let mut sent = String::new();
        let mut lines = Vec::new();
        for _ in 0..random.below(8) {
            let mut line = String::new();
            for _ in 0..random.below(12) {
                line.push(['a', 'é', '\r', ' ', '🦀', '.'][random.below(6)]);
            }
            sent += &line;
            if random.below(2) == 0 {
                sent.push('\r');
            } else if line.ends_with('\r') {
                // This CR is right before an LF now, and so no longer a part of the line.
                line.pop();
            }
            sent.push('\n');
            lines.push(line);
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        gives(sent.as_bytes(), &lines);
    }
}

/// Sends bytes in pieces of several sizes, and wants these lines, each when its end is there.
fn gives(sent: &[u8], lines: &[&str]) {
    for piece in PIECES {
        let call = called(sent, piece);
        let mut stream = Stream::new(sent, piece, Then::Silence);
        for (at, wanted) in lines.iter().enumerate() {
            let (result, after) = learners_line(stream, &call);
            stream = after;
            let line = match result {
                Ok(Some(line)) => line,
                Ok(None) => panic!(
                    "{call}, and your call number {} gives no line, where {} is next: did a call before it take \
                     more than its line? A `BufReader` of your own keeps what it has read",
                    at + 1,
                    shown(wanted.as_bytes())
                ),
                Err(_) if stream.asked_for_more => panic!(
                    "{call}, and your call number {} reads on behind the LF, or has lost what an earlier call took: \
                     the peer says nothing more, so you would wait for ever. Each call takes one line, from the \
                     caller's `BufRead`; a `BufReader` of your own keeps what it has read",
                    at + 1
                ),
                Err(error) => panic!(
                    "{call}, and your call number {} gives the error {error:?}: {} is a good line. {}",
                    at + 1,
                    shown(wanted.as_bytes()),
                    if !wanted.is_ascii() {
                        "A letter of several bytes may come in pieces: make text of the whole line only"
                    } else {
                        "Its end does not count for `LONGEST_LINE`"
                    }
                ),
            };
            if line != *wanted {
                panic!(
                    "{call}, and your call number {} gives {}, not {}: {}",
                    at + 1,
                    shown(line.as_bytes()),
                    shown(wanted.as_bytes()),
                    what_is_wrong_with(&line, wanted)
                );
            }
            let end: usize = sent
                .split_inclusive(|byte| *byte == b'\n')
                .take(at + 1)
                .map(<[u8]>::len)
                .sum();
            assert_eq!(
                stream.given,
                end,
                "{call}, and your call number {} leaves the stream at byte {}, not behind the line's LF at {end}: the \
                 rest belongs to the next call. A `BufReader` of your own takes more than a line",
                at + 1,
                stream.given
            );
        }
        stream.then = Then::End;
        let (result, _) = learners_line(stream, &call);
        match result {
            Ok(None) => {}
            Ok(Some(line)) => panic!(
                "{call}, and ends; your last call gives the line {}: between two lines the stream may end, and then \
                 there is none, `Ok(None)`",
                shown(line.as_bytes())
            ),
            Err(error) => panic!(
                "{call}, and ends; your last call gives the error {error:?}: between two lines the stream may end, \
                 and then there is none, `Ok(None)`"
            ),
        }
    }
}

fn what_is_wrong_with(line: &str, wanted: &str) -> &'static str {
    if line.contains('\u{fffd}') {
        "a letter of several bytes may come in pieces: make text of the whole line only"
    } else if line.ends_with('\n') || line.strip_suffix('\r') == Some(wanted) {
        "the line's end, LF or CR and LF, is not part of the line"
    } else if wanted.starts_with(line) && wanted[line.len()..].chars().all(|c| c == '\r') {
        "one CR at most belongs to the line's end; any other is part of the line"
    } else if wanted.trim() == line.trim() {
        "nothing is trimmed but the line's end"
    } else if wanted.starts_with(line) {
        "a piece is not a line: only LF ends one"
    } else {
        "did a call before it take more than its line, or less?"
    }
}

/// Sends bytes in pieces of several sizes, and wants this error from the first call.
fn fails(sent: &[u8], then: Then, kind: io::ErrorKind, why: &str) {
    for piece in PIECES {
        let call = match then {
            Then::End => format!("{}, and ends", called(sent, piece)),
            Then::Fails(kind) => format!(
                "{}, and then reading fails with {kind:?}",
                called(sent, piece)
            ),
            _ => called(sent, piece),
        };
        let (result, stream) = learners_line(Stream::new(sent, piece, then), &call);
        compare_error(
            &call,
            result.map(|line| line.map(|line| shown(line.as_bytes()))),
            kind,
            why,
        );
        took_no_more(&call, &stream);
    }
}

fn compare_error(call: &str, result: io::Result<Option<String>>, kind: io::ErrorKind, why: &str) {
    match result {
        Err(error) if error.kind() == kind => {}
        Err(error) => panic!(
            "{call}, and you give an error of kind {:?}, not {kind:?}: {why}",
            error.kind()
        ),
        Ok(Some(line)) => {
            panic!("{call}, and you give {line}, not an error of kind {kind:?}: {why}")
        }
        Ok(None) => panic!(
            "{call}, and you give `None`, not an error of kind {kind:?}: {why}. `None` is for a stream that ends \
             between two lines"
        ),
    }
}

fn took_no_more(call: &str, stream: &Stream) {
    assert!(
        stream.given <= LONGEST_LINE + 2,
        "{call}, and you take {} bytes from the stream before you refuse: {} are enough to know, and a line's end \
         may never come",
        stream.given,
        LONGEST_LINE + 2
    );
}

/// All lines up to the first call that gives none.
fn read_all(sent: &[u8], piece: usize, then: Then) -> (Vec<String>, io::Result<Option<String>>) {
    let mut stream = Stream::new(sent, piece, then);
    let mut lines = Vec::new();
    loop {
        let (result, after) = learners_line(stream, &called(sent, piece));
        stream = after;
        match result {
            Ok(Some(line)) if lines.len() <= sent.len() => lines.push(line),
            end => return (lines, end),
        }
    }
}

/// Lets the learner's `read_line` read once, on a thread of its own.
fn learners_line(mut stream: Stream, call: &str) -> (io::Result<Option<String>>, Stream) {
    stream.asked_for_more = false;
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| read_line(&mut stream)));
        let _ = sender.send((result, stream));
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok((Ok(result), stream)) => (result, stream),
        Ok((Err(panic), _)) => match panic.downcast::<TooMuch>() {
            Ok(_) => panic!(
                "{call}, and you have taken {} bytes and still read on: the line is too long, and your memory has an \
                 end. `Read::take` sets a limit to what `read_until` may collect",
                20 * LONGEST_LINE
            ),
            Err(panic) => report_panic(call, panic),
        },
        Err(_) => panic!(
            "{call}, and `read_line` has not returned after {DEADLINE:?}: is there an endless loop? At the end of the \
             stream each read gives 0 bytes, again and again"
        ),
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
        "{call}, and your `read_line` panicked: {why}. A peer may send any bytes at all, or none: that is an error to \
         return, not a reason to panic"
    );
}

/// The end of a call that would never stop reading.
struct TooMuch;

/// What the connection does when all has been read.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// It is closed.
    End,
    /// It stays open and silent: a read would wait for ever.
    Silence,
    /// Each read fails so.
    Fails(io::ErrorKind),
    /// The letter x comes, and comes.
    ForEver,
}

/// A connection that never really waits.
struct Stream {
    bytes: Vec<u8>,
    piece: usize,
    then: Then,
    /// How many bytes have been taken out.
    given: usize,
    /// Whether more was asked for than the peer sends.
    asked_for_more: bool,
    /// How often it was asked for.
    vain_reads: usize,
}

impl Stream {
    fn new(bytes: &[u8], piece: usize, then: Then) -> Self {
        Stream {
            bytes: bytes.to_vec(),
            piece,
            then,
            given: 0,
            asked_for_more: false,
            vain_reads: 0,
        }
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given >= self.bytes.len() {
            self.asked_for_more = self.then == Then::Silence;
            self.vain_reads += 1;
            // An endless loop, which would fill the memory until its time is up: hold it here.
            if self.vain_reads > 1_000 && self.then != Then::ForEver {
                thread::sleep(2 * DEADLINE);
            }
            return match self.then {
                Then::End => Ok(&[]),
                Then::Silence => Err(io::ErrorKind::TimedOut.into()),
                Then::Fails(kind) => Err(kind.into()),
                Then::ForEver if self.given > 20 * LONGEST_LINE => {
                    panic::resume_unwind(Box::new(TooMuch))
                }
                Then::ForEver => Ok(&[b'x'; 5000][..self.piece.min(5000)]),
            };
        }
        let end = (self.given / self.piece + 1) * self.piece;
        Ok(&self.bytes[self.given..end.min(self.bytes.len())])
    }

    fn consume(&mut self, count: usize) {
        self.given += count;
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

fn called(sent: &[u8], piece: usize) -> String {
    match piece {
        1_000_000 => format!("the peer sends {}", shown(sent)),
        _ => format!("the peer sends {}, in pieces of {piece} bytes", shown(sent)),
    }
}

/// The bytes as Rust would write them, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 100;
    match bytes.len() {
        ..=MOST => format!("\"{}\"", bytes.escape_ascii()),
        count => format!("\"{}\"… ({count} bytes)", bytes[..MOST].escape_ascii()),
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("{:x}", RandomState::new().hash_one(0))
}

/// Random enough (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
