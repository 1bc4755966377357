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

const HELLO: (&str, Want) = ("EHLO pc.example\r\n", Want::Code(250));
const MAIL: (&str, Want) = ("MAIL FROM:<ada@loopback.example>\r\n", Want::Code(250));
const RCPT: (&str, Want) = ("RCPT TO:<grace@loopback.example>\r\n", Want::Code(250));
const DATA: (&str, Want) = ("DATA\r\n", Want::Code(354));
const ADA: &str = "ada@loopback.example";
const GRACE: &str = "grace@loopback.example";

#[test]
fn a_letter_is_accepted_with_its_envelope() {
    letter(b"Subject: Hello\r\n\r\nHello, Grace.\r\n");
    let word = random_word();
    letter(format!("Subject: {word}\r\n\r\n{word}\r\n").as_bytes());
    session(
        "Every RCPT adds a recipient, in their order, also one who is there already",
        &[
            HELLO,
            (
                &format!("mail from:<{word}@x.example> SIZE=9\r\n"),
                Want::Code(250),
            ),
            (&format!("RCPT to:<b{word}@y.example>\r\n"), Want::Code(250)),
            (&format!("rcpt TO:<a{word}@y.example>\r\n"), Want::Code(250)),
            RCPT,
            RCPT,
            ("data\r\n", Want::Code(354)),
            ("x\r\n", Want::Nothing),
            (
                ".\r\n",
                Want::Letter(
                    &format!("{word}@x.example"),
                    &[
                        &format!("b{word}@y.example"),
                        &format!("a{word}@y.example"),
                        GRACE,
                        GRACE,
                    ],
                    b"x\r\n",
                ),
            ),
            ("QUIT\r\n", Want::Code(221)),
        ],
    );
}

#[test]
fn headers_are_not_the_envelope() {
    letter(
        b"From: boss@elsewhere.example\r\nTo: all@elsewhere.example\r\nCc: me@loopback.example\r\n\
          Bcc: <you@loopback.example>\r\nTo: <third@loopback.example>\r\n\r\nHello.\r\n",
    );
}

#[test]
fn a_command_needs_its_time() {
    session(
        "MAIL is right after EHLO or HELO",
        &[
            ("MAIL FROM:<a@x.example>\r\n", Want::Code(503)),
            HELLO,
            MAIL,
        ],
    );
    session(
        "HELO is a Hello, too",
        &[("HELO pc\r\n", Want::Code(250)), MAIL],
    );
    session(
        "RCPT is right when the envelope is begun, and MAIL begins it",
        &[
            ("RCPT TO:<a@x.example>\r\n", Want::Code(503)),
            HELLO,
            ("RCPT TO:<a@x.example>\r\n", Want::Code(503)),
            MAIL,
            RCPT,
        ],
    );
    session(
        "DATA is right when there is a recipient",
        &[
            ("DATA\r\n", Want::Code(503)),
            HELLO,
            ("DATA\r\n", Want::Code(503)),
            MAIL,
            ("DATA\r\n", Want::Code(503)),
            ("NOOP\r\n", Want::Code(250)),
            RCPT,
            DATA,
        ],
    );
    session(
        "NOOP, RSET and QUIT are right at any time",
        &[
            ("NOOP\r\n", Want::Code(250)),
            ("RSET\r\n", Want::Code(250)),
            ("QUIT\r\n", Want::Code(221)),
        ],
    );
    session(
        "What is unknown is answered 500",
        &[
            ("VRFY ada\r\n", Want::Code(500)),
            ("\r\n", Want::Code(500)),
            HELLO,
            MAIL,
        ],
    );
}

#[test]
fn a_refused_command_changes_nothing() {
    let hint = "A command at the wrong time changes nothing: the envelope stays as it was";
    session(
        hint,
        &[
            HELLO,
            MAIL,
            RCPT,
            ("MAIL FROM:<b@x.example>\r\n", Want::Code(503)),
            ("VRFY ada\r\n", Want::Code(500)),
            ("NOOP\r\n", Want::Code(250)),
            DATA,
            (".\r\n", Want::Letter(ADA, &[GRACE], b"")),
        ],
    );
    session(
        hint,
        &[
            HELLO,
            MAIL,
            ("DATA\r\n", Want::Code(503)),
            ("MAIL FROM:<b@x.example>\r\n", Want::Code(503)),
            RCPT,
            DATA,
            (".\r\n", Want::Letter(ADA, &[GRACE], b"")),
        ],
    );
    session(
        hint,
        &[
            HELLO,
            ("RCPT TO:<b@x.example>\r\n", Want::Code(503)),
            MAIL,
            RCPT,
            DATA,
            (".\r\n", Want::Letter(ADA, &[GRACE], b"")),
        ],
    );
}

#[test]
fn rset_and_hello_forget_the_envelope() {
    for (forget, hint) in [
        ("RSET\r\n", "RSET forgets the envelope, and only that"),
        (
            "EHLO again.example\r\n",
            "Another EHLO forgets the envelope (RFC 5321 §4.1.4)",
        ),
    ] {
        session(
            hint,
            &[
                HELLO,
                MAIL,
                RCPT,
                (forget, Want::Code(250)),
                ("DATA\r\n", Want::Code(503)),
                ("RCPT TO:<b@x.example>\r\n", Want::Code(503)),
                ("MAIL FROM:<b@x.example>\r\n", Want::Code(250)),
                ("DATA\r\n", Want::Code(503)),
                ("RCPT TO:<c@x.example>\r\n", Want::Code(250)),
                DATA,
                (".\r\n", Want::Letter("b@x.example", &["c@x.example"], b"")),
            ],
        );
    }
    session(
        "RSET does not greet, so MAIL still needs a Hello",
        &[
            ("RSET\r\n", Want::Code(250)),
            ("MAIL FROM:<a@x.example>\r\n", Want::Code(503)),
        ],
    );
}

#[test]
fn the_null_sender_is_a_sender() {
    let hint = "`<>` is the sender of a bounce: an empty address, but an envelope that is begun";
    session(
        hint,
        &[
            HELLO,
            ("MAIL FROM:<>\r\n", Want::Code(250)),
            ("MAIL FROM:<a@x.example>\r\n", Want::Code(503)),
            RCPT,
            DATA,
            ("x\r\n", Want::Nothing),
            (".\r\n", Want::Letter("", &[GRACE], b"x\r\n")),
            ("RCPT TO:<b@x.example>\r\n", Want::Code(503)),
        ],
    );
}

#[test]
fn the_envelope_ends_with_its_letter() {
    session(
        "A letter takes its envelope with it: the next one begins with MAIL, and needs no Hello",
        &[
            HELLO,
            MAIL,
            RCPT,
            DATA,
            ("x\r\n", Want::Nothing),
            (".\r\n", Want::Letter(ADA, &[GRACE], b"x\r\n")),
            ("DATA\r\n", Want::Code(503)),
            ("RCPT TO:<b@x.example>\r\n", Want::Code(503)),
            ("MAIL FROM:<b@x.example>\r\n", Want::Code(250)),
            ("RCPT TO:<c@x.example>\r\n", Want::Code(250)),
            DATA,
            ("y\r\n", Want::Nothing),
            (
                ".\r\n",
                Want::Letter("b@x.example", &["c@x.example"], b"y\r\n"),
            ),
            MAIL,
            RCPT,
            DATA,
            (".\r\n", Want::Letter(ADA, &[GRACE], b"")),
        ],
    );
}

#[test]
fn commands_in_a_letter_are_text() {
    letter(
        b"QUIT\r\nRSET\r\nDATA\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<b@x.example>\r\nEHLO x\r\n\
          VRFY x\r\n",
    );
}

#[test]
fn dots_are_unstuffed() {
    letter(b"");
    letter(b".\r\n");
    letter(b"..\r\n");
    letter(b".\r\n.\r\n...\r\n");
    letter(b".first line\r\n a.b .c\r\n.. \r\n. \r\n.profile\r\nx.\r\n");
    letter(format!("x\r\n.{}\r\n", random_word()).as_bytes());
}

#[test]
fn a_letter_is_bytes() {
    letter(b"caf\xe9\r\n\0\xff\r\n\r\n\r\n  x  \r\n");
    letter("Grüße 文件\r\n".as_bytes());
    // A CR alone is no line end, and no reason to refuse.
    letter(b"a\rb\r\n.\r\r\n\r\r\n");
}

#[test]
fn a_command_that_ends_in_lf_alone_is_refused() {
    let hint = "Only CRLF ends a command; with an LF alone it is answered 500 and not obeyed";
    session(
        hint,
        &[
            ("EHLO x\n", Want::Code(500)),
            ("MAIL FROM:<a@x.example>\r\n", Want::Code(503)),
            HELLO,
            ("MAIL FROM:<b@x.example>\n", Want::Code(500)),
            MAIL,
            ("RCPT TO:<b@x.example>\n", Want::Code(500)),
            RCPT,
            ("RSET\n", Want::Code(500)),
            ("DATA\n", Want::Code(500)),
            ("QUIT\n", Want::Code(500)),
            ("\n", Want::Code(500)),
            DATA,
            (".\r\n", Want::Letter(ADA, &[GRACE], b"")),
        ],
    );
}

#[test]
fn no_letter_can_be_smuggled() {
    let smuggled = "MAIL FROM:<boss@loopback.example>\r\n";
    for ends in [
        &["\n", ".\r\n"][..],
        &["x\n", ".\r\n"],
        &["x\r\n", ".\n"],
        &["x\n", ".\n"],
        &["\r\n", ".\n", "\r\n", ".\n", ".\r\n"],
        &["..\n", ".\r\n"],
        &[".\n", ".\r\n"],
        &[".x\n", ".\r\n"],
    ] {
        let mut steps = vec![HELLO, MAIL, RCPT, DATA, ("Hello.\r\n", Want::Nothing)];
        steps.extend(ends.iter().map(|line| (*line, Want::Nothing)));
        steps.extend([
            (smuggled, Want::Nothing),
            ("RCPT TO:<all@loopback.example>\r\n", Want::Nothing),
            ("DATA\r\n", Want::Nothing),
            ("QUIT\r\n", Want::Nothing),
        ]);
        session(
            "The letter has not ended: its end is a dot between two CRLF. What follows is not \
             commands, but the letter that somebody tries to smuggle in",
            &steps,
        );
        steps.extend([
            (".\r\n", Want::Code(554)),
            ("RCPT TO:<b@x.example>\r\n", Want::Code(503)),
            ("DATA\r\n", Want::Code(503)),
        ]);
        session(
            "A letter with an LF alone is refused at its end by 554, and its envelope is \
             forgotten",
            &steps,
        );
        steps.extend([
            MAIL,
            RCPT,
            DATA,
            ("fine\r\n", Want::Nothing),
            (".\r\n", Want::Letter(ADA, &[GRACE], b"fine\r\n")),
        ]);
        session("The next letter is judged by its own lines", &steps);
    }
    session(
        "Behind the dot that was none, the line has ended in CRLF, so the next dot is the end",
        &[
            HELLO,
            MAIL,
            RCPT,
            DATA,
            ("x\n", Want::Nothing),
            (".\r\n", Want::Nothing),
            (".\r\n", Want::Code(554)),
            ("NOOP\r\n", Want::Code(250)),
        ],
    );
    session(
        "An LF alone anywhere in the letter is a reason to refuse it, also long before its end",
        &[
            HELLO,
            MAIL,
            RCPT,
            DATA,
            ("\n", Want::Nothing),
            ("x\r\n", Want::Nothing),
            ("y\r\n", Want::Nothing),
            (".\r\n", Want::Code(554)),
        ],
    );
}

#[test]
fn random_letters_are_accepted() {
    let mut random = Random::new();
    for _ in 0..200 {
        let content: Vec<u8> = (0..random.below(6))
            .flat_map(|_| {
                let length = random.below(5);
                let mut line: Vec<u8> = (0..length)
                    .map(|_| b"..a \r\xff"[random.below(6)])
                    .collect();
                line.extend(b"\r\n");
                line
            })
            .collect();
        letter(&content);
    }
}

/// What a line must be answered with.
#[derive(Clone, Copy)]
enum Want<'a> {
    Nothing,
    Code(u16),
    /// A letter: from, to, content.
    Letter(&'a str, &'a [&'a str], &'a [u8]),
}

/// Sends one letter, stuffed, whose content is `content`.
fn letter(content: &[u8]) {
    let mut lines: Vec<Vec<u8>> = [HELLO, MAIL, RCPT, DATA]
        .map(|(line, _)| line.as_bytes().to_vec())
        .into();
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let dot: &[u8] = if line.starts_with(b".") { b"." } else { b"" };
        lines.push([dot, line].concat());
    }
    lines.push(b".\r\n".to_vec());
    let answers = learners_answers(&lines);
    for (at, answer) in answers.iter().enumerate() {
        let sent = said(&lines[..=at]);
        match (at, answer) {
            (0..=2, Answer::Reply(250)) | (3, Answer::Reply(354)) => {}
            (0..=3, _) => panic!(
                "{sent}, and the answer is {}: each command is in its place. EHLO, MAIL and RCPT \
                 get 250, and DATA 354",
                described(answer)
            ),
            _ if at + 1 < lines.len() => assert!(
                *answer == Answer::Nothing,
                "{sent}, and the answer is {}: this is a line of the letter, and the answer is \
                 `Nothing`, whatever is in it",
                described(answer)
            ),
            (_, Answer::Accept(letter)) => {
                assert!(
                    letter.from == ADA && letter.to == [GRACE],
                    "{sent}, and you accept a letter from {:?} for {:?}: only MAIL and RCPT say \
                     whom a letter is from and for. Headers are for people",
                    letter.from,
                    letter.to
                );
                assert!(
                    letter.content == content,
                    "{sent}, and you accept the letter {}, not {}: {}",
                    shown(&letter.content),
                    shown(content),
                    what_is_wrong_with(&letter.content, content)
                );
            }
            _ => panic!(
                "{sent}, and the answer is {}: the letter has ended, so accept it",
                described(answer)
            ),
        }
    }
}

fn what_is_wrong_with(got: &[u8], wanted: &[u8]) -> &'static str {
    let dots = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'.').count();
    if got.windows(3).any(|three| three == "\u{fffd}".as_bytes()) {
        "a letter is bytes, and need not be UTF-8"
    } else if dots(got) > dots(wanted) && got.ends_with(b".\r\n") && got.starts_with(wanted) {
        "the line that ends the letter is not part of it"
    } else if dots(got) > dots(wanted) {
        "the client put a dot before each line that begins with one; take it off again"
    } else if dots(got) < dots(wanted) {
        "of a line that begins with dots, one goes, and of any other line none"
    } else {
        "all other bytes stay as they are"
    }
}

/// Sends the lines one after the other, and wants each answer to be the one beside it.
fn session(hint: &str, steps: &[(&str, Want)]) {
    let lines: Vec<Vec<u8>> = steps
        .iter()
        .map(|(line, _)| line.as_bytes().to_vec())
        .collect();
    let answers = learners_answers(&lines);
    for (at, (answer, (_, want))) in answers.iter().zip(steps).enumerate() {
        let (right, wanted) = match (want, answer) {
            (Want::Nothing, answer) => (*answer == Answer::Nothing, "`Nothing`".to_owned()),
            (Want::Code(code), answer) => {
                (*answer == Answer::Reply(*code), format!("the reply {code}"))
            }
            (Want::Letter(from, to, content), answer) => {
                let letter = Letter {
                    from: (*from).into(),
                    to: to.iter().map(|to| (*to).to_owned()).collect(),
                    content: content.to_vec(),
                };
                let wanted = Answer::Accept(letter);
                (*answer == wanted, described(&wanted))
            }
        };
        assert!(
            right,
            "{}, and the answer is {}, not {wanted}. {hint}",
            said(&lines[..=at]),
            described(answer)
        );
    }
}

/// The last lines that the client sent.
fn said(lines: &[Vec<u8>]) -> String {
    const MOST: usize = 6;
    let begin = lines.len().saturating_sub(MOST);
    let shown: Vec<String> = lines[begin..].iter().map(|line| shown(line)).collect();
    let before = if begin == 0 { "" } else { "…, " };
    format!("the client sends {before}{}", shown.join(", "))
}

fn described(answer: &Answer) -> String {
    match answer {
        Answer::Nothing => "`Nothing`".into(),
        Answer::Reply(code) => format!("the reply {code}"),
        Answer::Accept(Letter { from, to, content }) => {
            format!(
                "`Accept` of a letter from {from:?} for {to:?}: {}",
                shown(content)
            )
        }
    }
}

/// Gives the lines to the learner's `Session`, on a thread of its own.
fn learners_answers(lines: &[Vec<u8>]) -> Vec<Answer> {
    let (sender, verdict) = mpsc::channel();
    let sent = lines.to_vec();
    thread::spawn(move || {
        let mut session = Session::default();
        for line in sent {
            let answer = panic::catch_unwind(AssertUnwindSafe(|| session.line(&line)));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    (0..lines.len())
        .map(|at| match verdict.recv_timeout(DEADLINE) {
            Ok(Ok(answer)) => answer,
            Ok(Err(panic)) => report_panic(&said(&lines[..=at]), panic),
            Err(_) => panic!(
                "{}, and `line` has not returned after {DEADLINE:?}: is there an endless loop?",
                said(&lines[..=at])
            ),
        })
        .collect()
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
        "{sent}, and your `line` panicked: {why}. A line may be an LF alone, and need not be text"
    );
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
