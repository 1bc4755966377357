use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn a_reply_may_have_one_line() {
    gives(b"250 Fine.\r\n", 250, &["Fine."]);
    gives(b"354 Go on.\r\n", 354, &["Go on."]);
    let word = random_word();
    gives(
        format!("220 {word} ESMTP\r\n").as_bytes(),
        220,
        &[&format!("{word} ESMTP")],
    );
    gives(b"221 250-x 354 y\r\n", 221, &["250-x 354 y"]);
    gives(b"250 -\r\n", 250, &["-"]);
    gives(b"250 \r\n", 250, &[""]);
}

#[test]
fn the_last_line_may_be_the_code_alone() {
    gives(b"250\r\n", 250, &[""]);
    gives(b"250-a\r\n250\r\n", 250, &["a", ""]);
}

#[test]
fn a_hyphen_says_that_more_lines_follow() {
    gives(
        b"250-post.example greets you\r\n250-SIZE 10000000\r\n250 PIPELINING\r\n",
        250,
        &["post.example greets you", "SIZE 10000000", "PIPELINING"],
    );
    let word = random_word();
    gives(
        format!("550-{word}\r\n550-\r\n550-250 no\r\n550  end \r\n").as_bytes(),
        550,
        &[&word, "", "250 no", " end "],
    );
    gives(b"421-\r\n421-\r\n421 \r\n", 421, &["", "", ""]);
}

#[test]
fn the_text_is_given_as_it_came() {
    gives(b"250  two  spaces  \r\n", 250, &[" two  spaces  "]);
    gives(b"250-\ta\t\r\n250 --\r\n", 250, &["\ta\t", "--"]);
    gives(b"250 caf\xe9\r\n", 250, &["caf\u{fffd}"]);
    gives("250-é\r\n250 文件\r\n".as_bytes(), 250, &["é", "文件"]);
    gives(
        b"250-\xc3\r\n250 \xa9\0\r\n",
        250,
        &["\u{fffd}", "\u{fffd}\0"],
    );
}

#[test]
fn the_first_digit_says_what_is_next() {
    for (first, next) in [
        (2, Next::Done),
        (3, Next::GoOn),
        (4, Next::TryLater),
        (5, Next::GiveUp),
    ] {
        for others in [0, 1, 20, 21, 50, 52, 54, 55, 77, 99] {
            let code = first * 100 + others;
            let sent = format!("{code} Words.\r\n");
            let reply = whole(sent.as_bytes());
            assert_eq!(
                reply.next, next,
                "the server replies {sent:?}, and your `next` is {:?}: the first digit, {first}, \
                 says {next:?}, whatever the other two are, and even if no RFC knows the code",
                reply.next
            );
        }
    }
}

#[test]
fn an_enhanced_status_code_is_found() {
    status("250 2.1.5 Recipient fine.", Some([2, 1, 5]));
    status("550 5.1.1 Nobody here.", Some([5, 1, 1]));
    status("451 4.3.0", Some([4, 3, 0]));
    status("452 4.123.999 x", Some([4, 123, 999]));
    status("550 5.10.0  two spaces", Some([5, 10, 0]));
    // On the first line, not on a later one.
    status("550-5.7.1 One\r\n550 5.1.1 Two", Some([5, 7, 1]));
    status("550-One\r\n550 5.1.1 Two", None);
}

#[test]
fn what_only_looks_like_a_status_code_is_text() {
    for line in [
        "250 Fine.",
        "250",
        "250 ",
        "250 2",
        "250 2.1",
        "250 2.1. x",
        "250 2..5 x",
        "250 .1.5 x",
        "250 2.1.5.1 x",
        "250 2.1.5x",
        "250 2.1.5-x",
        "250 2.1.5\tx",
        "250 2.1.5, x",
        "250  2.1.5 x",
        "250 x 2.1.5",
        "250 2.1.1234 x",
        "250 2.1234.1 x",
        "250 002.1.5 x",
        "250 22.1.5 x",
        "250 2.+1.5 x",
        "250 2.-1.5 x",
        "250 2.1.é x",
        "250 2.99999999999.1 x",
        // The class is another than the code's.
        "250 5.1.1 x",
        "450 5.1.1 x",
        "550 4.2.2 x",
        "250 192.0.2.7 x",
        // There is no class 3.
        "354 3.0.0 x",
        "354 2.0.0 x",
    ] {
        status(line, None);
    }
}

#[test]
fn a_reply_that_has_not_come_whole_is_none_yet() {
    for whole in [
        "250 2.1.5 Fine.\r\n",
        "250\r\n",
        "250-a\r\n250-\r\n250-bc\r\n250 \r\n",
    ] {
        let whole = whole.as_bytes();
        for length in 0..whole.len() {
            not_yet(&whole[..length]);
        }
    }
    // Not judged before its CRLF: nobody knows what it will be.
    not_yet(b"No code");
    not_yet(b"250-a\r\n550 b");
    not_yet(b"250 a\n");
    not_yet(b"250 a\n250 b\n");
    not_yet(b"250 a\r");
    not_yet(b"\r");
}

#[test]
fn one_reply_is_taken_and_the_next_stays() {
    let word = random_word();
    let replies: [(String, u16, Vec<&str>); 4] = [
        ("250-a\r\n250 b\r\n".into(), 250, vec!["a", "b"]),
        ("550 c\r\n".into(), 550, vec!["c"]),
        ("250\r\n".into(), 250, vec![""]),
        (format!("354-{word}\r\n354 d\r\n"), 354, vec![&word, "d"]),
    ];
    let all: String = replies.iter().map(|(bytes, ..)| &bytes[..]).collect();
    let mut taken = 0;
    for (bytes, code, lines) in &replies {
        let buffer = &all.as_bytes()[taken..];
        // The rest in the buffer may also be half a reply, or something else.
        for behind in ["", "25", "250 x", "\r\n", "\0\n\r", "250\r\n"] {
            let buffer = [buffer, behind.as_bytes()].concat();
            compare(&buffer, learners_reply(&buffer), bytes.len(), *code, lines);
        }
        taken += bytes.len();
    }
}

#[test]
fn each_line_has_the_same_code() {
    for lines in [
        "250-a\r\n550 b\r\n",
        "250-a\r\n250-b\r\n251 c\r\n",
        "250-a\r\n251-b\r\n250 c\r\n",
        "250-a\r\n350 b\r\n250 c\r\n",
        "451-a\r\n451-b\r\n551\r\n",
    ] {
        let result = learners_reply(lines.as_bytes());
        assert!(
            result == Err(BadReply::Malformed),
            "the server sends {lines:?}, and you give {result:?}: each line has the code of the \
             first, or else nobody knows what the reply says, so `Malformed` is wanted"
        );
    }
}

#[test]
fn a_line_without_a_code_is_malformed() {
    for line in [
        "",
        " ",
        "-",
        "2",
        "25",
        "25 a",
        "2 50 a",
        " 250 a",
        "+50 a",
        "2+5 a",
        "-25 a",
        "a50 a",
        "2a0 a",
        "25a a",
        "2500 a",
        "2500",
        "250.",
        "250\ta",
        "250_a",
        "250a",
        "000 a",
        "150 a",
        "199 a",
        "650 a",
        "999 a",
        "+OK a",
        "HTTP/1.1 400 Bad Request",
        "é50 a",
        "2€",
        "25é a",
        "２５０ a",
        "٢٥٠ a",
    ] {
        malformed(&format!("{line}\r\n"), "");
        malformed(&format!("{line}\r\n250 Fine.\r\n"), "");
        malformed(&format!("250-a\r\n{line}\r\n250 Fine.\r\n"), "");
    }
    malformed(" text\r\n250 a\r\n", "");
    malformed(
        "250-a\r\n text between\r\n250 b\r\n",
        "In FTP that would be text; in SMTP each line has the code. ",
    );
}

#[test]
fn only_crlf_ends_a_line() {
    for line in [
        "250 a\nb\r\n",
        "250 a\n\r\n",
        "250-a\n250 b\r\n",
        "250 a\rb\r\n",
        "250 a\r\r\n",
        "250\r\r\n",
        "250\n\r\n",
        "\n250 a\r\n",
        "250-a\r\n\n250 b\r\n",
        "250-a\r250 b\r\n",
        "250 a\n250 b\r\n",
    ] {
        malformed(line, "A CR or an LF by itself is no line end and no text. ");
    }
}

#[test]
fn the_longest_reply_is_read() {
    let text = "x".repeat(LONGEST_REPLY - "250 \r\n".len());
    gives(format!("250 {text}\r\n").as_bytes(), 250, &[&text]);
    let count = (LONGEST_REPLY - "250 \r\n".len()) / "250-y\r\n".len();
    let filler = "z".repeat(LONGEST_REPLY - "250 \r\n".len() - count * "250-y\r\n".len());
    let reply = format!("{}250 {filler}\r\n", "250-y\r\n".repeat(count));
    assert_eq!(reply.len(), LONGEST_REPLY);
    let mut lines = vec!["y"; count];
    lines.push(&filler);
    gives(reply.as_bytes(), 250, &lines);
    not_yet(&reply.as_bytes()[..LONGEST_REPLY - 1]);
    // The limit is the reply's, not the buffer's.
    let buffer = ["250 a\r\n", &reply, &reply].concat();
    compare(
        buffer.as_bytes(),
        learners_reply(buffer.as_bytes()),
        7,
        250,
        &["a"],
    );
    let buffer = [&reply[..], "250 more\r\n"].concat();
    compare(
        buffer.as_bytes(),
        learners_reply(buffer.as_bytes()),
        LONGEST_REPLY,
        250,
        &lines,
    );
}

#[test]
fn a_reply_that_never_ends_is_too_long() {
    for (what, head, body) in [
        ("a line without end", "250 ", "x"),
        ("lines without end", "", "250-x\r\n"),
        ("lines without end", "", "250-\r\n"),
        ("LFs without end", "250 ", "\n"),
        ("no code, and no line end", "", "x"),
    ] {
        for length in [LONGEST_REPLY, LONGEST_REPLY + 1, 3 * LONGEST_REPLY, 1 << 20] {
            let mut bytes = head.as_bytes().to_vec();
            bytes.extend(body.bytes().cycle().take(length - head.len()));
            too_long(what, &bytes);
        }
    }
    // One byte too many: a CRLF that lies half behind the limit ends nothing.
    for excess in [1, 2, 3] {
        let text = "x".repeat(LONGEST_REPLY - "250 \r\n".len() + excess);
        too_long("one line", format!("250 {text}\r\n").as_bytes());
        let text = "x".repeat(LONGEST_REPLY - "250-\r\n250\r\n".len() + excess);
        too_long("two lines", format!("250-{text}\r\n250\r\n").as_bytes());
    }
    // What is wrong first counts.
    let rest = "x".repeat(2 * LONGEST_REPLY);
    malformed(&format!("No code\r\n{rest}"), "");
    malformed(&format!("250-a\r\n550-b\r\n{rest}"), "");
}

#[test]
fn random_replies_are_read() {
    let mut random = Random::new();
    for _ in 0..300 {
        let code = 200 + random.below(400) as u16;
        let lines: Vec<String> = (0..=random.below(5))
            .map(|_| {
                let length = random.below(9);
                (0..length)
                    .map(|_| *random.of(&['a', ' ', '-', '2', '5', '0', '.', 'é', '\t']))
                    .collect()
            })
            .collect();
        let mut bytes = String::new();
        for (at, line) in lines.iter().enumerate() {
            let sign = if at + 1 == lines.len() { ' ' } else { '-' };
            bytes += &format!("{code}{sign}{line}\r\n");
        }
        let length = bytes.len();
        bytes += *random.of(&["", "2", "250-", "x\r\n", "550 no\r\n"]);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let bytes = bytes.as_bytes();
        compare(bytes, learners_reply(bytes), length, code, &lines);
    }
}

#[test]
fn no_bytes_make_it_panic() {
    const BYTES: &[u8] = b"22255500-- ..\r\n\r\n\r\n\xc3\xa9\xff+";
    let mut random = Random::new();
    let inputs: Vec<Vec<u8>> = (0..3_000)
        .map(|_| {
            let length = random.below(40);
            (0..length).map(|_| *random.of(BYTES)).collect()
        })
        .collect();
    // Whether it is a reply is asked elsewhere; here it only has to return.
    let shared = inputs.clone();
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        for input in shared {
            let result = panic::catch_unwind(|| parse_reply(&input));
            let over = result.is_err();
            if sender.send(result).is_err() || over {
                break;
            }
        }
    });
    for input in inputs {
        match verdict.recv_timeout(DEADLINE) {
            Ok(Ok(_)) => {}
            Ok(Err(panic)) => report_panic(&input, panic),
            Err(_) => report_endless(&input),
        }
    }
}

/// Wants the whole of `sent` to be one reply.
fn gives(sent: &[u8], code: u16, lines: &[&str]) {
    compare(sent, learners_reply(sent), sent.len(), code, lines);
}

/// The reply that all of `sent` is.
fn whole(sent: &[u8]) -> Reply {
    match learners_reply(sent) {
        Ok(Some((reply, _))) => reply,
        other => panic!(
            "the server sends {}, and you give {other:?}: this is a whole reply",
            shown(sent)
        ),
    }
}

fn compare(
    sent: &[u8],
    result: Result<Option<(Reply, usize)>, BadReply>,
    length: usize,
    code: u16,
    lines: &[&str],
) {
    let call = format!("the server sends {}", shown(sent));
    let (reply, taken) = match result {
        Ok(Some(found)) => found,
        Ok(None) => panic!(
            "{call}, and you give `None`: a whole reply is there. {}",
            if sent[..length].ends_with(b"250\r\n") {
                "On the last line the space may be missing"
            } else {
                "The first line whose code has no hyphen behind it is the last one, whatever is \
                 behind that line"
            }
        ),
        Err(problem) => panic!(
            "{call}, and you give {problem:?}: its first {length} bytes are a reply. {}",
            if problem == BadReply::TooLong {
                "It has `LONGEST_REPLY` bytes at most; the limit is the reply's, not the buffer's"
            } else if str::from_utf8(sent).is_err() {
                "Its text is not UTF-8, so look at bytes"
            } else if sent[..length].ends_with(b"250\r\n") {
                "On the last line the space may be missing"
            } else if length < sent.len() {
                "What is behind the reply belongs to the next one"
            } else {
                "Which of your conditions refuses it?"
            }
        ),
    };
    assert_eq!(
        reply.code, code,
        "{call}, and your code is {}: it is the three digits of each line",
        reply.code
    );
    for (at, (got, wanted)) in reply.lines.iter().zip(lines).enumerate() {
        assert!(
            got == wanted,
            "{call}, and line {} of your text is {got:?}, not {wanted:?}: {}",
            at + 1,
            if got.trim() == wanted.trim() {
                "nothing is trimmed but the CRLF"
            } else {
                "the text is what is behind the code and its hyphen or space, to the line's end, \
                 and bytes that are not UTF-8 become �, as `String::from_utf8_lossy` does it"
            }
        );
    }
    assert_eq!(
        reply.lines.len(),
        lines.len(),
        "{call}, and you give {} lines of text: {:?}. A hyphen says that more follow, anything \
         else that the reply ends here",
        reply.lines.len(),
        reply.lines
    );
    assert_eq!(
        taken, length,
        "{call}, and you say that the reply has {taken} bytes: it has {length}, line ends \
         counted. The caller takes as many out of the buffer, and finds the next reply there"
    );
}

fn status(lines: &str, wanted: Option<[u16; 3]>) {
    let sent = format!("{lines}\r\n");
    let reply = whole(sent.as_bytes());
    let why = match (wanted, reply.status) {
        (Some(_), None) => {
            "the first line's text begins with three numbers with dots between, the first of them \
             the code's first digit, and a space or the line's end is behind them"
        }
        (None, Some(_)) if lines.contains("\r\n") => "only the first line's text is looked at",
        (None, Some(_)) if lines.starts_with("354") => {
            "the first number is 2, 4 or 5, and the code's first digit is the same"
        }
        (None, Some([class, ..])) if u16::from(lines.as_bytes()[0]) != class + u16::from(b'0') => {
            "its first number is not the code's first digit, so it is text that looks like one"
        }
        (None, Some(_)) => {
            "this is text: an enhanced status code is at the text's very beginning, has three \
             numbers, the first one digit, the others one to three digits and nothing else, and \
             has a space or the line's end behind it"
        }
        _ => "these are other numbers",
    };
    assert!(
        reply.status == wanted,
        "the server sends {sent:?}, and your `status` is {:?}, not {wanted:?}: {why}",
        reply.status
    );
    let text: Vec<&str> = lines
        .split("\r\n")
        .map(|line| line.get(4..).unwrap_or_default())
        .collect();
    assert!(
        reply.lines == text,
        "the server sends {sent:?}, and your `lines` are {:?}: the enhanced status code, if there \
         is one, stays in the text",
        reply.lines
    );
}

fn not_yet(received: &[u8]) {
    match learners_reply(received) {
        Ok(None) => {}
        Ok(Some((reply, _))) => panic!(
            "so far {} has come, and you give {reply:?}: the reply has not ended. Its last line \
             has no hyphen behind the code, and only CRLF ends a line",
            shown(received)
        ),
        Err(problem) => panic!(
            "so far {} has come, and you give {problem:?}: more may come, so `Ok(None)` is \
             wanted. A line is judged when its CRLF is there, not before",
            shown(received)
        ),
    }
}

fn malformed(sent: &str, why: &str) {
    let result = learners_reply(sent.as_bytes());
    assert!(
        result == Err(BadReply::Malformed),
        "the server sends {}, and you give {result:?}: a line breaks the rules, so `Malformed` is \
         wanted. {why}Each line begins with three digits, the first of them 2 to 5, and behind \
         them is a hyphen, a space, or the line's end",
        shown(sent.as_bytes())
    );
}

fn too_long(what: &str, received: &[u8]) {
    let result = learners_reply(received);
    assert!(
        result == Err(BadReply::TooLong),
        "the server sends {what}, {} bytes by now ({}), and you give {}: `TooLong` is wanted as \
         soon as {LONGEST_REPLY} bytes have come and the reply has not ended among them; the \
         caller would read on, and a stranger decide how much memory that takes",
        received.len(),
        shown(received),
        match result {
            Ok(Some((reply, taken))) => {
                format!("a reply of {} lines and {taken} bytes", reply.lines.len())
            }
            other => format!("{other:?}"),
        }
    );
}

/// Asks the learner's `parse_reply`, on a thread of its own.
fn learners_reply(received: &[u8]) -> Result<Option<(Reply, usize)>, BadReply> {
    let bytes = received.to_vec();
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| parse_reply(&bytes)));
        let _ = sender.send(result);
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => report_panic(received, panic),
        Err(_) => report_endless(received),
    }
}

fn report_endless(received: &[u8]) -> ! {
    panic!(
        "`parse_reply` has not returned after {DEADLINE:?}, and {} has come: is there an endless \
         loop? It cannot wait for more; that is what `None` says",
        shown(received)
    );
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(received: &[u8], panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `parse_reply` panicked when {} had come: {why}. A line may be shorter than four \
         bytes, and a byte is not a character: look at the bytes, with `get` or a slice pattern",
        shown(received)
    );
}

/// The bytes as Rust would write them, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 100;
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

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
