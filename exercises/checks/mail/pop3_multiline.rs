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

/// In pieces of how many bytes an answer arrives: TCP has no messages, so anything may happen.
const PIECES: [usize; 6] = [1_000_000, 1, 2, 3, 5, 17];

#[test]
fn lines_follow_up_to_a_dot() {
    gives(
        b"+OK 15 octets\r\nHello, Grace.\r\n.\r\n",
        b"Hello, Grace.\r\n",
    );
    let word = random_word();
    gives(
        format!("+OK\r\nSubject: {word}\r\n\r\n{word}.\r\n\r\n.\r\n").as_bytes(),
        format!("Subject: {word}\r\n\r\n{word}.\r\n\r\n").as_bytes(),
    );
    gives(
        b"+OK 2 messages\r\n1 120\r\n2 -ERR\r\n.\r\n",
        b"1 120\r\n2 -ERR\r\n",
    );
    gives(b"+OK \r\n+OK\r\n-ERR no\r\n.\r\n", b"+OK\r\n-ERR no\r\n");
}

#[test]
fn there_may_be_no_lines() {
    gives(b"+OK\r\n.\r\n", b"");
    gives(b"+OK no messages\r\n.\r\n", b"");
    gives(b"+OK\r\n\r\n.\r\n", b"\r\n");
}

#[test]
fn one_dot_goes_from_each_line_that_begins_with_one() {
    gives(b"+OK\r\n..\r\n.\r\n", b".\r\n");
    gives(b"+OK\r\n...\r\n....\r\n.\r\n", b"..\r\n...\r\n");
    gives(
        b"+OK\r\n..a\r\nb..\r\n ..c\r\n.. \r\n.\r\n",
        b".a\r\nb..\r\n ..c\r\n. \r\n",
    );
    let word = random_word();
    gives(
        format!("+OK\r\n..{word}\r\n.\r\n").as_bytes(),
        format!(".{word}\r\n").as_bytes(),
    );
    // A server that forgot to put one there.
    gives(b"+OK\r\n.a\r\n. \r\n.\r\n", b"a\r\n \r\n");
}

#[test]
fn only_crlf_ends_a_line() {
    for (sent, body) in [
        (&b"+OK\r\na\nb\r\n.\r\n"[..], &b"a\nb\r\n"[..]),
        (b"+OK\r\na\n.\r\n.\r\n", b"a\n.\r\n"),
        (b"+OK\r\n\n.\r\n.\r\n", b"\n.\r\n"),
        (b"+OK\r\na\n.\n..b\r\n.\r\n", b"a\n.\n..b\r\n"),
        (b"+OK\r\n.\n\r\n.\r\n", b"\n\r\n"),
        (b"+OK\r\n.\n.\r\n.\r\n", b"\n.\r\n"),
        (
            b"+OK\r\na\rb\r\n\r\r\n.\r\r\n.\r\n",
            b"a\rb\r\n\r\r\n\r\r\n",
        ),
        (b"+OK\r\n\r.\r\n.\r\n", b"\r.\r\n"),
        (b"+OK a\nb\r\nc\r\n.\r\n", b"c\r\n"),
        (b"+OK a\n.\r\nc\r\n.\r\n", b"c\r\n"),
    ] {
        gives(sent, body);
    }
    refused(b"-ERR a\nb\r\n", "a\nb");
}

#[test]
fn the_body_is_bytes() {
    gives(b"+OK\r\ncaf\xe9\0\xff\r\n.\r\n", b"caf\xe9\0\xff\r\n");
    gives(
        "+OK é\r\nGrüße 文件\r\n.\r\n".as_bytes(),
        "Grüße 文件\r\n".as_bytes(),
    );
    gives(b"+OK \xff\r\n  x\t \r\n.\r\n", b"  x\t \r\n");
}

#[test]
fn behind_err_nothing_follows() {
    refused(b"-ERR no such message\r\n", "no such message");
    refused(b"-ERR\r\n", "");
    refused(b"-ERR \r\n", "");
    refused(b"-ERR  two  \r\n", " two  ");
    refused(b"-ERR +OK .\r\n", "+OK .");
    refused(b"-ERR caf\xe9\r\n", "caf\u{fffd}");
    let word = random_word();
    refused(
        format!("-ERR [{word}]\r\n").as_bytes(),
        &format!("[{word}]"),
    );
}

#[test]
fn what_begins_otherwise_is_no_answer() {
    for line in [
        "",
        " ",
        ".",
        "+",
        "-",
        "+O",
        "+OKAY",
        "+OK.",
        "+OK\t",
        "-ERRO",
        "-ERR:",
        "-OK",
        "+ERR",
        "OK",
        "ERR",
        " +OK",
        "+ok",
        "-err",
        "+Ok",
        "220 post.example",
        "* OK",
        "+OK\n",
        "+OK\rx",
        "-ERR\n",
        "+öK",
        "+ OK",
    ] {
        let sent = format!("{line}\r\n.\r\n");
        let (result, _) = learners_answer(Stream::new(sent.as_bytes(), 1_000_000, Then::Silence));
        let got = match result {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => continue,
            Err(error) => format!("the error {:?}", error.kind()),
            Ok(answer) => described(&answer),
        };
        panic!(
            "the first line is {:?}, and you give {got}: `InvalidData` is wanted. An answer begins \
             with `+OK` or `-ERR`, in capitals, and behind that is CRLF or a space",
            format!("{line}\r\n")
        );
    }
}

#[test]
fn the_next_answer_stays_in_the_stream() {
    let bytes = b"+OK\r\na\r\n.\r\n-ERR no\r\n+OK\r\n.\r\n+OK b\r\n..\r\n.\r\n";
    let answers = [
        Answer::Ok(b"a\r\n".to_vec()),
        Answer::Err("no".into()),
        Answer::Ok(vec![]),
        Answer::Ok(b".\r\n".to_vec()),
    ];
    for piece in PIECES {
        let mut stream = Stream::new(bytes, piece, Then::Silence);
        for wanted in &answers {
            let place = stream.given;
            let result;
            (result, stream) = learners_answer(stream);
            assert!(
                result.as_ref().is_ok_and(|answer| answer == wanted),
                "the stream has four answers, {}, in pieces of {piece} bytes, and the one from \
                 byte {place} on is read as {}, not as {}: did this call, or one before it, take \
                 too much or too little? A `BufReader` of your own reads ahead, and what it has \
                 read is lost with it; behind `-ERR` there are no lines",
                shown(bytes),
                result.map_or_else(|error| format!("{error:?}"), |answer| described(&answer)),
                described(wanted)
            );
        }
    }
}

#[test]
fn half_an_answer_is_none() {
    for whole in [
        &b"+OK 9 octets\r\nHello\r\n..\r\n\r\nx.\r\n.\r\n"[..],
        b"-ERR no such message\r\n",
        b"+OK\r\na\n.\r\nb\r\n.\r\n",
    ] {
        for length in 0..whole.len() {
            let sent = shown(&whole[..length]);
            match learners_answer(Stream::new(&whole[..length], 4, Then::End)).0 {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => panic!(
                    "the stream ends after {sent}, and the error's kind is {:?}: it must be \
                     `UnexpectedEof`; nothing is wrong but that it has ended",
                    error.kind()
                ),
                Ok(answer) => panic!(
                    "the stream ends after {sent}, and you give {}: the answer has not ended, so \
                     the error `UnexpectedEof` is wanted. A program would store half a letter, and \
                     delete the whole one from the server",
                    described(&answer)
                ),
            }
        }
    }
}

#[test]
fn the_largest_answer_is_read() {
    for (head, line, end) in [
        ("+OK\r\n", "x\r\n", "\r\n.\r\n"),
        ("+OK\r\n", "\r\n", "\r\n.\r\n"),
        ("+OK\r\n", "..\r\n", "\r\n.\r\n"),
        ("+OK\r\n", "x", "\r\n.\r\n"),
        ("+OK ", "x", "\r\n.\r\n"),
    ] {
        let mut sent = head.as_bytes().to_vec();
        let room = LARGEST_ANSWER - head.len() - end.len();
        sent.extend(line.repeat(room / line.len()).bytes());
        sent.resize(LARGEST_ANSWER - end.len(), b'y');
        sent.extend(end.bytes());
        let text = String::from_utf8_lossy(&sent).replace("\r\n.", "\r\n");
        let body = match text.split_once("\r\n").map(|(_, body)| body) {
            Some(body) => body.strip_suffix("\r\n").unwrap_or_default().to_owned(),
            None => String::new(),
        };
        for piece in [1_000_000, 999] {
            let (result, stream) = learners_answer(Stream::new(&sent, piece, Then::Silence));
            compare(
                &sent,
                piece,
                &stream,
                result,
                &Answer::Ok(body.clone().into_bytes()),
            );
        }
    }
    let text = "e".repeat(LARGEST_ANSWER - "-ERR \r\n".len());
    let (result, stream) = learners_answer(Stream::new(
        format!("-ERR {text}\r\n").as_bytes(),
        999,
        Then::Silence,
    ));
    compare(
        &stream.bytes.clone(),
        999,
        &stream,
        result,
        &Answer::Err(text),
    );
}

#[test]
fn an_answer_that_never_ends_is_given_up() {
    const MUCH: usize = 1 << 18;
    for (what, head, body) in [
        ("a first line without end", "+OK ", "x"),
        ("a first line without end", "-ERR ", "x"),
        ("no answer, and no line end", "", "x"),
        ("a line without end", "+OK\r\n", "x"),
        ("lines without end", "+OK\r\n", "x\r\n"),
        ("empty lines without end", "+OK\r\n", "\r\n"),
        ("LFs without end", "+OK\r\n", "\n"),
        ("dots without end", "+OK\r\n", "..\r\n"),
        ("LFs in the first line without end", "+OK ", "\n"),
    ] {
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend(body.bytes().cycle().take(MUCH));
        let (result, stream) = learners_answer(Stream::new(&bytes, 1_000, Then::End));
        assert!(
            stream.given <= 2 * LARGEST_ANSWER,
            "the server sends {what}, and you have taken {} bytes of it: a stranger decides how \
             much memory you use. Is there a limit before each read, and is it for the whole answer?",
            stream.given
        );
        too_large(what, result);
    }
    for (head, line, end) in [
        ("+OK\r\n", "x", "\r\n.\r\n"),
        ("+OK\r\n", "..\r\n", "\r\n.\r\n"),
        ("-ERR ", "x", "\r\n"),
    ] {
        for excess in [1, 2, 3] {
            let mut sent = head.as_bytes().to_vec();
            sent.extend(line.repeat((LARGEST_ANSWER - 20) / line.len()).bytes());
            sent.resize(LARGEST_ANSWER + excess - end.len(), b'y');
            sent.extend(end.bytes());
            let (result, _) = learners_answer(Stream::new(&sent, 1_000, Then::Silence));
            too_large(&format!("an answer of {} bytes", sent.len()), result);
        }
    }
}

#[test]
fn what_the_stream_says_is_handed_on() {
    for bytes in [
        "",
        "+O",
        "+OK\r\n",
        "+OK\r\na\r",
        "+OK\r\na\n",
        "+OK\r\na\r\n.",
        "-ERR n",
    ] {
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionReset] {
            match learners_answer(Stream::new(bytes.as_bytes(), 1_000_000, Then::Fails(kind))).0 {
                Err(error) if error.kind() == kind => {}
                other => panic!(
                    "after {bytes:?} the stream gives the error {kind:?}, and you give {other:?}: \
                     hand on what the stream says, with `?`"
                ),
            }
        }
    }
}

#[test]
fn random_letters_come_through() {
    let mut random = Random::new();
    for _ in 0..300 {
        let mut sent = b"+OK\r\n".to_vec();
        let mut body = Vec::new();
        for _ in 0..random.below(6) {
            let length = random.below(6);
            let line: Vec<u8> = (0..length)
                .map(|_| b"..a\xff\n\r"[random.below(6)])
                .collect();
            // Random bytes may have a CRLF of their own, and its next line may begin with a dot.
            if line.windows(2).any(|two| two == b"\r\n") {
                continue;
            }
            if line.starts_with(b".") {
                sent.push(b'.');
            }
            for bytes in [&mut sent, &mut body] {
                bytes.extend(&line);
                bytes.extend(b"\r\n");
            }
        }
        sent.extend(b".\r\n");
        let piece = 1 + random.below(9);
        let (result, stream) = learners_answer(Stream::new(&sent, piece, Then::Silence));
        compare(&sent, piece, &stream, result, &Answer::Ok(body));
    }
}

/// Sends an answer in pieces of several sizes, and wants this body.
fn gives(sent: &[u8], body: &[u8]) {
    for piece in PIECES {
        let (result, stream) = learners_answer(Stream::new(sent, piece, Then::Silence));
        compare(sent, piece, &stream, result, &Answer::Ok(body.to_vec()));
    }
}

/// Sends a refusal in pieces of several sizes, and wants this text.
fn refused(sent: &[u8], text: &str) {
    for piece in PIECES {
        let (result, stream) = learners_answer(Stream::new(sent, piece, Then::Silence));
        compare(sent, piece, &stream, result, &Answer::Err(text.into()));
    }
}

fn compare(
    sent: &[u8],
    piece: usize,
    stream: &Stream,
    result: io::Result<Answer>,
    wanted: &Answer,
) {
    let call = match piece {
        1_000_000 => format!("the server sends {}", shown(sent)),
        _ => format!(
            "the server sends {}, in pieces of {piece} bytes",
            shown(sent)
        ),
    };
    let got = match result {
        Ok(got) => got,
        Err(_) if stream.read_on => panic!(
            "{call}, and you read on: you would wait for ever, because the server says nothing \
             more before the next command. {}",
            if matches!(wanted, Answer::Err(_)) {
                "Behind `-ERR` nothing follows"
            } else {
                "The line that is a dot and CRLF is the end, also right behind the first line"
            }
        ),
        Err(error) => panic!(
            "{call}, and you give the error {error:?}: this is a good answer. {}",
            if str::from_utf8(sent).is_err() {
                "It is not UTF-8, so read its lines as bytes (`read_until`, not `read_line`)"
            } else if sent.len() > LARGEST_ANSWER / 2 {
                "It has `LARGEST_ANSWER` bytes at most. Does your limit count right?"
            } else {
                "Which of your conditions refuses it?"
            }
        ),
    };
    if got == *wanted {
        assert_eq!(
            stream.given,
            sent.len(),
            "{call}, and you take {} bytes of it: the rest would be read as the next answer",
            stream.given
        );
        return;
    }
    let why = match (&got, wanted) {
        (Answer::Ok(got), Answer::Ok(wanted)) => what_is_wrong_with(got, wanted),
        (Answer::Err(_), Answer::Err(_)) => {
            "the text is all that is between the space and CRLF, bytes that are not UTF-8 as �"
        }
        _ => "`+OK` or `-ERR` at its beginning says which it is",
    };
    panic!(
        "{call}, and you give {}, not {}: {why}",
        described(&got),
        described(wanted)
    );
}

fn what_is_wrong_with(got: &[u8], wanted: &[u8]) -> &'static str {
    let dots = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'.').count();
    let has_bare_lf = |bytes: &[u8]| {
        (0..bytes.len()).any(|at| bytes[at] == b'\n' && (at == 0 || bytes[at - 1] != b'\r'))
    };
    if has_bare_lf(wanted) {
        "an LF alone is a byte of its line: it ends none, and what is behind it begins none"
    } else if got.windows(3).any(|three| three == "\u{fffd}".as_bytes()) {
        "a letter is bytes, and need not be UTF-8"
    } else if got.starts_with(b"+OK") && !wanted.starts_with(b"+OK") {
        "the first line is not part of the body"
    } else if got.ends_with(b".\r\n") && got.len() == wanted.len() + 3 {
        "the line that is a dot alone is not part of the body"
    } else if dots(got) > dots(wanted) {
        "the server put a dot before each line that begins with one; take it off again"
    } else if got.len() < wanted.len() && dots(got) < dots(wanted) {
        "of a line that begins with dots, one goes, and of any other line none"
    } else if got.len() < wanted.len() && wanted.windows(2).any(|two| two == b"\r\n") {
        "each line keeps its CRLF, empty lines and the last one too, and nothing is trimmed"
    } else {
        "the body is all lines between the first and the dot, as the letter's writer had them"
    }
}

fn too_large(what: &str, result: io::Result<Answer>) {
    match result {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
        Err(error) => panic!(
            "the server sends {what}, and the error's kind is {:?}: it must be `InvalidData`. The \
             stream did not end, your limit was reached, and a `take` gives 0 bytes for both",
            error.kind()
        ),
        Ok(answer) => panic!(
            "the server sends {what}, and you give {}: more than {LARGEST_ANSWER} bytes, all lines \
             and their ends as they came, are `InvalidData`",
            described(&answer)
        ),
    }
}

fn described(answer: &Answer) -> String {
    match answer {
        Answer::Ok(body) => format!("`Ok` with the body {}", shown(body)),
        Answer::Err(text) => format!("`Err` with the text {}", shown(text.as_bytes())),
    }
}

/// Lets the learner's `read_answer` read once, on a thread of its own.
fn learners_answer(mut stream: Stream) -> (io::Result<Answer>, Stream) {
    let sent = shown(&stream.bytes[stream.given..]);
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| read_answer(&mut stream)));
        let _ = sender.send((result, stream));
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok((Ok(result), stream)) => (result, stream),
        Ok((Err(panic), _)) => report_panic(&sent, panic),
        Err(_) => panic!(
            "`read_answer` has not returned after {DEADLINE:?}, and the server has sent {sent}: is \
             there an endless loop? At the end of the stream each read gives 0 bytes, again and \
             again"
        ),
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(sent: &str, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `read_answer` panicked when the server sent {sent}: {why}. A line may be shorter than \
         you think, and a byte is not a character: look at the bytes, with `get` or a slice pattern"
    );
}

/// What the connection does when all has been read.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// It is closed.
    End,
    /// It stays open and silent: a read would wait for ever.
    Silence,
    /// Each read fails so.
    Fails(io::ErrorKind),
}

/// A connection that never really waits.
struct Stream {
    bytes: Vec<u8>,
    piece: usize,
    then: Then,
    /// How many bytes have been taken out.
    given: usize,
    /// Whether more was asked for than the server sends.
    read_on: bool,
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
            read_on: false,
            vain_reads: 0,
        }
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given == self.bytes.len() {
            self.read_on = self.then == Then::Silence;
            self.vain_reads += 1;
            // An endless loop, which would fill the memory until its time is up: hold it here.
            if self.vain_reads > 1_000 {
                thread::sleep(2 * DEADLINE);
            }
            return match self.then {
                Then::End => Ok(&[]),
                Then::Silence => Err(io::ErrorKind::TimedOut.into()),
                Then::Fails(kind) => Err(kind.into()),
            };
        }
        let end = (self.given / self.piece + 1) * self.piece;
        Ok(&self.bytes[self.given..end.min(self.bytes.len())])
    }

    fn consume(&mut self, count: usize) {
        self.given = (self.given + count).min(self.bytes.len());
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
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
