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

/// In pieces of how many bytes a reply arrives: TCP has no messages, so anything may happen.
const PIECES: [usize; 6] = [100_000, 1, 2, 3, 5, 17];

#[test]
fn a_reply_may_have_one_line() {
    gives(b"226 Transfer complete.\r\n", 226, &["Transfer complete."]);
    gives(b"331 Password, please.\r\n", 331, &["Password, please."]);
    let word = random_word();
    gives(
        format!("257 \"/{word}\"\r\n").as_bytes(),
        257,
        &[&format!("\"/{word}\"")],
    );
    gives(
        b"150 2 - 3 files, 226 follows\r\n",
        150,
        &["2 - 3 files, 226 follows"],
    );
    gives(b"200 \r\n", 200, &[""]);
    // Any three digits are a code, even if no RFC knows it.
    gives(b"000 Zero.\r\n", 0, &["Zero."]);
    gives(b"099-a\r\n099 b\r\n", 99, &["a", "b"]);
    gives(b"600 Six.\r\n", 600, &["Six."]);
    gives(b"999 Nines.\r\n", 999, &["Nines."]);
}

#[test]
fn a_hyphen_says_that_more_lines_follow() {
    gives(
        b"230-Welcome.\r\n230 Logged in.\r\n",
        230,
        &["Welcome.", "Logged in."],
    );
    let word = random_word();
    gives(
        format!("214-Commands:\r\n {word}\r\n\r\nRETR STOR\r\n214 \r\n").as_bytes(),
        214,
        &["Commands:", &format!(" {word}"), "", "RETR STOR", ""],
    );
    gives(b"211-\r\n211 End\r\n", 211, &["", "End"]);
}

#[test]
fn what_is_between_the_first_line_and_the_last_is_text() {
    // The code and a hyphen, as most servers write it.
    gives(b"230-a\r\n230-b\r\n230 c\r\n", 230, &["a", "230-b", "c"]);
    // Another code and a space.
    gives(b"230-a\r\n331 b\r\n230 c\r\n", 230, &["a", "331 b", "c"]);
    // The code, but not at the beginning.
    gives(b"230-a\r\n 230 b\r\n230 c\r\n", 230, &["a", " 230 b", "c"]);
    // The code, and no space.
    gives(b"230-a\r\n230\r\n230 c\r\n", 230, &["a", "230", "c"]);
    gives(b"230-a\r\n2300 b\r\n230 c\r\n", 230, &["a", "2300 b", "c"]);
    gives(b"230-a\r\n230\tb\r\n230 c\r\n", 230, &["a", "230\tb", "c"]);
    gives(
        b"230-a\r\n23\r\n-\r\n230 c\r\n",
        230,
        &["a", "23", "-", "c"],
    );
    gives(
        "230-a\r\nüñ\r\n2€\r\n230 c\r\n".as_bytes(),
        230,
        &["a", "üñ", "2€", "c"],
    );
}

#[test]
fn nothing_is_trimmed_but_the_end_of_the_line() {
    gives(b"200  two  spaces  \r\n", 200, &[" two  spaces  "]);
    gives(b"200 -\r\n", 200, &["-"]);
    gives(
        b"211-\t a\t\r\n \tb \r\n211  c\r\n",
        211,
        &["\t a\t", " \tb ", " c"],
    );
    gives(b"200 a\rb\r\n", 200, &["a\rb"]);
    gives(b"200 a\r\r\n", 200, &["a\r"]);
}

#[test]
fn an_lf_alone_ends_a_line_too() {
    gives(b"226 Done.\n", 226, &["Done."]);
    gives(b"230-a\nb\r\n230 c\n", 230, &["a", "b", "c"]);
}

#[test]
fn the_text_need_not_be_utf_8() {
    gives(b"257 \"caf\xe9\"\r\n", 257, &["\"caf\u{fffd}\""]);
    gives(b"257 \"caf\xc3\xa9\"\r\n", 257, &["\"café\""]);
    gives(
        b"230-\xff\r\n\x80\xfe 230\r\n230 \xc3\r\n",
        230,
        &["\u{fffd}", "\u{fffd}\u{fffd} 230", "\u{fffd}"],
    );
    gives(b"200 \0\x07\r\n", 200, &["\0\u{7}"]);
}

#[test]
fn the_next_reply_stays_in_the_stream() {
    let bytes = b"150 Here it comes.\r\n226-Done,\r\nand done well.\r\n226 Bye.\r\n221 Bye.\r\n";
    for piece in PIECES {
        let mut stream = Stream::new(bytes, piece, Then::Silence);
        for (code, lines) in [
            (150, vec!["Here it comes."]),
            (226, vec!["Done,", "and done well.", "Bye."]),
            (221, vec!["Bye."]),
        ] {
            let place = stream.given;
            let result;
            (result, stream) = learners_reply(stream);
            match result {
                Err(error) if place > 0 && error.kind() == io::ErrorKind::TimedOut => panic!(
                    "three replies are in the stream, in pieces of {piece} bytes, and \
                     `read_reply` is called three times; the reply {code} is not found, because a \
                     call before took bytes behind its own reply. Do you put a `BufReader` of \
                     your own around `stream`? What it has read and not given is lost with it"
                ),
                result => compare(
                    &shown(&bytes[place..]),
                    piece,
                    &stream,
                    result,
                    code,
                    &lines,
                ),
            }
        }
    }
}

#[test]
fn half_a_reply_is_none() {
    for whole in [
        "226 Transfer complete.\r\n",
        "230-Welcome.\r\n226 files\r\n230-\r\n230 Logged in.\r\n",
    ] {
        let whole = whole.as_bytes();
        // Without the LF at the end, it might still have become `complete.!`.
        for length in 0..whole.len() {
            let (result, _) = learners_reply(Stream::new(&whole[..length], 4, Then::End));
            let sent = shown(&whole[..length]);
            let ended_lines = whole[..length].iter().filter(|b| **b == b'\n').count();
            match result {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) if whole[..length].ends_with(b"\n") => panic!(
                    "the stream ends after {sent}, and the error's kind is {:?}: it must be \
                     `UnexpectedEof`. More lines were to follow, up to one that begins with the \
                     code of the first and a space; those between are text",
                    error.kind()
                ),
                Err(error) => panic!(
                    "the stream ends after {sent}, and the error's kind is {:?}: it must be \
                     `UnexpectedEof`. Only an LF ends a line; without it the stream has ended in \
                     the middle of one, whatever the line looks like so far",
                    error.kind()
                ),
                Ok(reply) if (1..=ended_lines).contains(&reply.lines.len()) => panic!(
                    "the stream ends after {sent}, and `read_reply` gives {reply:?}: the last line \
                     has not come, so the error `UnexpectedEof` is wanted. It begins with the code \
                     of the first, all three digits, and a space right behind them"
                ),
                Ok(reply) => panic!(
                    "the stream ends after {sent}, and `read_reply` gives {reply:?}: the reply \
                     has not ended, so the error `UnexpectedEof` is wanted. Only an LF ends a \
                     line"
                ),
            }
        }
    }
}

#[test]
fn what_does_not_begin_with_a_code_is_no_reply() {
    for line in [
        "",
        " ",
        "-",
        "2",
        "22",
        "226",
        "226.",
        "226\tDone.",
        "2260 Done.",
        "22 Done.",
        " 226 Done.",
        "+26 Done.",
        "-26 Done.",
        "2 6 Done.",
        "Done.",
        "HTTP/1.1 400 Bad Request",
        "２２６ Done.",
        "é26 Done.",
        "2€ Done.",
        "22é Done.",
        "22\u{fffd}- Done.",
        "٢٢٦ Done.",
        "0x1 Done.",
    ] {
        // The next line would be a reply: what comes first decides.
        let sent = format!("{line}\r\n226 Done.\r\n");
        let (result, _) = learners_reply(Stream::new(sent.as_bytes(), 100_000, Then::Silence));
        let problem = match result {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => continue,
            Err(error) => format!("the error {:?}", error.kind()),
            Ok(reply) => format!("{reply:?}"),
        };
        panic!(
            "the first line is {:?}, and `read_reply` gives {problem}: `InvalidData` is wanted, \
             because a reply begins with three digits 0 to 9 and then a space or a hyphen. {}",
            format!("{line}\r\n"),
            if line.starts_with(['+', '-']) {
                "(`parse` takes a sign: look at each byte)"
            } else {
                ""
            }
        );
    }
}

#[test]
fn the_longest_reply_is_read() {
    let text = "x".repeat(LONGEST_REPLY - "230 \r\n".len());
    gives(format!("230 {text}\r\n").as_bytes(), 230, &[&text]);
    let text = "y".repeat(LONGEST_REPLY - "230-\r\n\r\n230 \r\n".len());
    gives(
        format!("230-\r\n{text}\r\n230 \r\n").as_bytes(),
        230,
        &["", &text, ""],
    );
    let count = (LONGEST_REPLY - "230-\r\n230 \r\n".len()) / "z\r\n".len();
    let mut lines = vec!["z"; count + 2];
    (lines[0], lines[count + 1]) = ("", "");
    gives(
        format!("230-\r\n{}230 \r\n", "z\r\n".repeat(count)).as_bytes(),
        230,
        &lines,
    );
    // An LF alone is one byte.
    let count = (LONGEST_REPLY - "230-\n230 \n".len()) / "z\n".len();
    let mut lines = vec!["z"; count + 2];
    (lines[0], lines[count + 1]) = ("", "");
    let reply = format!("230-\n{}230 \n", "z\n".repeat(count));
    assert_eq!(reply.len(), LONGEST_REPLY);
    gives(reply.as_bytes(), 230, &lines);
}

#[test]
fn a_reply_that_never_ends_is_given_up() {
    const MUCH: usize = 1 << 20;
    for (what, head, body) in [
        ("a line without end", "230 ", "x"),
        ("a line without end, behind a hyphen", "230-", "230 "),
        ("lines without end", "230-a\r\n", "230-b\r\n"),
        ("empty lines without end", "230-a\r\n", "\n"),
        ("empty lines without end", "230-a\r\n", "\r\n"),
        ("no code and a line without end", "", "x"),
    ] {
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend(body.bytes().cycle().take(MUCH));
        let (result, stream) = learners_reply(Stream::new(&bytes, 1_000, Then::End));
        assert!(
            stream.given <= 2 * LONGEST_REPLY,
            "the server sends {what}, and `read_reply` has taken {} bytes of it: a stranger \
             decides how much memory you use. Is there a limit before each line is read, and is \
             it for the whole reply? Do line ends count? `read_until` alone reads until it finds an LF",
            stream.given
        );
        too_long(what, result);
    }
    let line = format!(
        "230 {}\r\n",
        "x".repeat(LONGEST_REPLY - "230 \r\n".len() + 1)
    );
    let (result, _) = learners_reply(Stream::new(line.as_bytes(), 1_000, Then::Silence));
    too_long(&format!("a reply of {} bytes", line.len()), result);
    let half = LONGEST_REPLY / 2;
    let lines = format!("230-{0}\r\n{0}\r\n230 end\r\n", "x".repeat(half));
    let (result, _) = learners_reply(Stream::new(lines.as_bytes(), 1_000, Then::Silence));
    too_long(&format!("lines of {} bytes together", lines.len()), result);
    // Mostly line ends, and one byte too many.
    let count = (LONGEST_REPLY - "230-\r\n230 \r\n".len()) / "z\r\n".len();
    let mut lines = format!("230-\r\n{}230 \r\n", "z\r\n".repeat(count));
    lines.insert_str(4, &"x".repeat(LONGEST_REPLY + 1 - lines.len()));
    let (result, _) = learners_reply(Stream::new(lines.as_bytes(), 1_000, Then::Silence));
    too_long(
        &format!("short lines of {} bytes together", lines.len()),
        result,
    );
}

#[test]
fn what_the_stream_says_is_handed_on() {
    for bytes in ["", "22", "226 Tran", "230-a\r\n", "230-a\r\nb\r\n230"] {
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionReset] {
            let (result, _) =
                learners_reply(Stream::new(bytes.as_bytes(), 100_000, Then::Fails(kind)));
            match result {
                Err(error) if error.kind() == kind => {}
                other => panic!(
                    "after {bytes:?} the stream gives the error {kind:?}, and `read_reply` gives \
                     {other:?}: hand on what the stream says, with `?`"
                ),
            }
        }
    }
}

#[test]
fn no_bytes_make_it_panic() {
    const BYTES: &[u8] = b"2223300-- \r\n\r\n\xc3\xa9\xff+a";
    let mut random = Random::new();
    for _ in 0..500 {
        let length = random.below(40);
        let bytes: Vec<u8> = (0..length)
            .map(|_| BYTES[random.below(BYTES.len())])
            .collect();
        // Whether it is a reply is asked elsewhere; here it only has to return.
        let _ = learners_reply(Stream::new(&bytes, 1 + random.below(9), Then::End));
    }
}

/// Sends a reply in pieces of several sizes, and wants it to be read.
fn gives(sent: &[u8], code: u16, lines: &[&str]) {
    for piece in PIECES {
        let (result, stream) = learners_reply(Stream::new(sent, piece, Then::Silence));
        compare(&shown(sent), piece, &stream, result, code, lines);
    }
}

fn compare(
    sent: &str,
    piece: usize,
    stream: &Stream,
    result: io::Result<Reply>,
    code: u16,
    lines: &[&str],
) {
    let call = match piece {
        100_000 => format!("the server sends {sent}"),
        _ => format!("the server sends {sent}, in pieces of {piece} bytes"),
    };
    let reply = match result {
        Ok(reply) => reply,
        Err(_) if stream.read_on => panic!(
            "{call}, and `read_reply` reads on: it would wait for ever, because the server says \
             nothing more before the next command. {}",
            if !stream
                .bytes
                .windows(2)
                .all(|two| two[1] != b'\n' || two[0] == b'\r')
            {
                "An LF without a CR ends a line, too"
            } else if lines.len() == 1 {
                "A space behind the code says that this line is the whole reply"
            } else {
                "The last line is the one that begins with the code of the first and a space"
            }
        ),
        Err(error) => panic!(
            "{call}, and `read_reply` gives the error {error:?}: this is a reply. {}",
            if str::from_utf8(&stream.bytes).is_err() {
                "It is not UTF-8, so read its lines as bytes (`read_until`, not `read_line`)"
            } else if !(100..600).contains(&code) {
                "Any three digits 0 to 9 are a code, even if you know of no such reply"
            } else if stream.bytes.len() > LONGEST_REPLY / 2 {
                "It has `LONGEST_REPLY` bytes at most. If that is your limit, does it count right?"
            } else {
                "Which of your conditions refuses it?"
            }
        ),
    };
    assert_eq!(
        reply.code, code,
        "{call}, and `read_reply` gives the code {}: the code is the first line's three digits",
        reply.code
    );
    let got: Vec<&str> = reply.lines.iter().map(String::as_str).collect();
    if got == lines {
        return;
    }
    let count = got.len();
    assert!(
        count >= lines.len(),
        "{call}, and `read_reply` gives {count} of its {} lines: {}",
        lines.len(),
        if count == 1 {
            "a hyphen behind the code says that more lines follow. What stays in the stream would \
             be taken for the reply to the next command"
        } else {
            "it took a line in the middle for the last one. The last line begins with the code of \
             the first, all three digits, and a space right behind them"
        }
    );
    if let Some(at) = (0..lines.len()).find(|&at| got[at] != lines[at]) {
        panic!(
            "{call}, and line {} of the text is {}, not {}: {}",
            at + 1,
            shown(got[at].as_bytes()),
            shown(lines[at].as_bytes()),
            what_is_wrong_with(got[at], lines[at], at == 0 || at + 1 == lines.len())
        );
    }
    panic!(
        "{call}, and `read_reply` gives {count} lines, not {}: {got:?}",
        lines.len()
    );
}

fn what_is_wrong_with(got: &str, wanted: &str, with_code: bool) -> &'static str {
    if got.ends_with(['\r', '\n']) && got.trim_end_matches(['\r', '\n']) == wanted {
        "the end of the line, CRLF or LF, is not part of the text"
    } else if got.trim() == wanted.trim() {
        "the only thing to take off a line's end is its LF and one CR before it; spaces and all \
         else are text, so `trim` takes too much"
    } else if got.len() > 3 && with_code && got.contains(wanted) {
        "on the first line and the last, the code and what follows it are not text"
    } else if wanted.contains('\u{fffd}') {
        "bytes that are not UTF-8 become �, each line by itself, as `String::from_utf8_lossy` \
         does it"
    } else if !got.is_empty() && got.len() < wanted.len() && wanted.ends_with(got) {
        "a line between the first and the last is text from its beginning, even if it begins with \
         a code"
    } else {
        "each line is the text that the server sent, unchanged"
    }
}

fn too_long(what: &str, result: io::Result<Reply>) {
    match result {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => panic!(
            "the server sends {what}, and the error's kind is UnexpectedEof: the stream did not \
             end, your limit was reached, and a `take` gives 0 bytes for both. If nothing of the \
             limit is left, it is `InvalidData`"
        ),
        Err(error) => panic!(
            "the server sends {what}, and the error's kind is {:?}: it must be `InvalidData`",
            error.kind()
        ),
        Ok(reply) => panic!(
            "the server sends {what}, and `read_reply` gives a reply of {} lines: more than \
             {LONGEST_REPLY} bytes, all lines and their ends together, are `InvalidData`",
            reply.lines.len()
        ),
    }
}

/// What the control connection does when all has been read.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// It is closed.
    End,
    /// It stays open and silent: a read would wait for ever.
    Silence,
    /// Each read fails so.
    Fails(io::ErrorKind),
}

/// A control connection that never really waits.
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

/// Lets the learner's `read_reply` read once, on a thread of its own.
fn learners_reply(mut stream: Stream) -> (io::Result<Reply>, Stream) {
    let sent = shown(&stream.bytes[stream.given..]);
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| read_reply(&mut stream)));
        let _ = sender.send((result, stream));
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok((Ok(result), stream)) => (result, stream),
        Ok((Err(panic), _)) => report_panic(&sent, panic),
        Err(_) => panic!(
            "`read_reply` has not returned after {DEADLINE:?}, and the server has sent {sent}: is \
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
        "your `read_reply` panicked when the server sent {sent}: {why}. A line may be shorter \
         than four bytes, and a byte is not a character: look at the bytes, with `get` or a slice \
         pattern"
    );
}

/// The bytes as Rust would write them, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 120;
    let begin = &bytes[..bytes.len().min(MOST)];
    let text = match str::from_utf8(begin) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("\"{}\"", begin.escape_ascii()),
    };
    match bytes.len() {
        ..=MOST => text,
        count => format!("{text}… ({count} bytes)"),
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
