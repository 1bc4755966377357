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
fn the_field_bcc_is_not_sent() {
    judge(&[
        "To: grace@loopback.example\r\nBcc: eve@elsewhere.example\r\nSubject: x\r\n\r\nbody\r\n",
        "Bcc: eve@elsewhere.example\r\nTo: grace@loopback.example\r\n\r\nbody\r\n",
        "To: grace@loopback.example\r\nBcc: eve@elsewhere.example\r\n\r\nbody\r\n",
        "Bcc: eve@elsewhere.example\r\n\r\nbody\r\n",
        "Bcc:eve@elsewhere.example\r\n\r\nbody\r\n",
    ]);
    let word = random_word();
    judge(&[&format!(
        "To: a@{word}.example\r\nBcc: b{word}@elsewhere.example\r\nSubject: {word}\r\n\r\n{word}\r\n"
    )]);
}

#[test]
fn a_letter_without_bcc_stays() {
    judge(&[
        "To: grace@loopback.example\r\nSubject: x\r\n\r\nbody\r\n",
        "Subject: nobody\r\n\r\nbody\r\n",
        "To: grace@loopback.example\r\nCc: ada@loopback.example\r\n\r\n",
    ]);
}

#[test]
fn folded_lines_belong_to_their_field() {
    judge(&[
        "Bcc: eve@elsewhere.example,\r\n mallory@elsewhere.example\r\nSubject: x\r\n\r\nbody",
        "Bcc: eve@elsewhere.example,\r\n\tmallory@elsewhere.example,\r\n  trent@loopback.example\r\n\r\nbody",
        "Bcc:\r\n eve@elsewhere.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "To: grace@loopback.example,\r\n ada@loopback.example\r\nBcc: eve@elsewhere.example\r\n\r\nbody",
        "Subject: one\r\n Bcc: is a word here\r\nTo: grace@loopback.example\r\n\r\nbody",
        "To: Grace\r\n <grace@loopback.example>\r\nBcc: Eve\r\n\t<eve@elsewhere.example>\r\n\r\nbody",
        "Bcc: eve@elsewhere.example,\r\n \r\n mallory@elsewhere.example\r\n\r\nbody",
    ]);
}

#[test]
fn capitals_make_no_other_name() {
    for name in ["BCC", "bcc", "bCC", "Bcc"] {
        judge(&[&format!(
            "To: grace@loopback.example\r\n{name}: eve@elsewhere.example\r\n\r\nbody"
        )]);
    }
    judge(&[
        "TO: a@x.example\r\nCC: b@x.example\r\n\r\nbody",
        "to: a@x.example\r\ncc: b@x.example\r\n\r\nbody",
    ]);
}

#[test]
fn blanks_before_the_colon_are_not_part_of_the_name() {
    judge(&[
        "Bcc : eve@elsewhere.example\r\n\r\nbody",
        "To: grace@loopback.example\r\nbcc\t: eve@elsewhere.example\r\n\r\nbody",
        "To : grace@loopback.example\r\nCc  : ada@loopback.example\r\n\r\nbody",
    ]);
}

#[test]
fn other_names_are_other_fields() {
    judge(&[
        "Bcc-Note: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "X-Bcc: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "Bccc: not@an.example\r\nBc: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "Subject: Bcc: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "Reply-To: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "From: ada@loopback.example\r\nSender: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
        "Tone: not@an.example\r\nX-Cc: not@an.example\r\nTo: grace@loopback.example\r\n\r\nbody",
    ]);
}

#[test]
fn the_body_stays_as_it_is() {
    judge(&[
        "To: a@x.example\r\n\r\nBcc: is a line of the body\r\n folded?\r\nTo: b@x.example\r\n",
        "To: a@x.example\r\n\r\n\r\n\r\nBcc: x\r\n\r\nCc: y\r\n",
        "\r\nBcc: x@x.example\r\n",
        "Bcc: a@x.example\r\n\r\nBcc: b@x.example\r\n",
        "To: a@x.example\r\n\r\n no line end",
        "To: a@x.example\r\n\r\nlf alone\nBcc: x\n\n.\r\n\r\n",
    ]);
    for body in [
        &b"\xff\xfe\x80"[..],
        b"\0\r\n\xc3",
        b"caf\xe9\r\nBcc: x\r\n",
    ] {
        judge_bytes(&[[b"Bcc: a@x.example\r\nTo: b@x.example\r\n\r\n", body].concat()]);
    }
}

#[test]
fn there_may_be_no_body() {
    judge(&[
        "",
        "\r\n",
        "To: a@x.example\r\n",
        "To: a@x.example",
        "Bcc: a@x.example\r\n",
        "Bcc: a@x.example",
        "To: a@x.example\r\nBcc: b@x.example\r\n c@x.example",
        "To: a@x.example\r\nBcc: b@x.example\r\n",
        "To: a@x.example\r\nBcc: b@x.example\r\n\r\n",
    ]);
}

#[test]
fn there_may_be_several_fields() {
    judge(&[
        "Bcc: a@x.example\r\nBcc: b@x.example\r\nTo: c@x.example\r\nBCC: d@x.example\r\n\r\nbody",
        "To: a@x.example\r\nTo: b@x.example\r\nCc: c@x.example\r\nCc: d@x.example\r\n\r\nbody",
        "Cc: z@x.example\r\nBcc: y@x.example\r\nTo: x@x.example\r\n\r\nbody",
    ]);
}

#[test]
fn a_field_may_be_empty() {
    judge(&[
        "Bcc:\r\nTo: a@x.example\r\n\r\nbody",
        "Bcc: \r\nTo: a@x.example\r\n\r\nbody",
        "Bcc:\r\n \r\nTo: a@x.example\r\nCc:\r\n\r\nbody",
        "To: ,a@x.example, ,b@x.example,\r\n\r\nbody",
    ]);
}

#[test]
fn a_name_is_no_address() {
    judge(&[
        "To: Grace <grace@loopback.example>\r\n\r\nbody",
        "To: Grace Hopper <grace@loopback.example>, Ada <ada@loopback.example>\r\n\r\nbody",
        "To: <grace@loopback.example>\r\n\r\nbody",
        "To:Grace<grace@loopback.example>,ada@loopback.example\r\n\r\nbody",
        "Bcc: \"Eve\" <eve@elsewhere.example>\r\n\r\nbody",
        "To:  \t grace@loopback.example \t , < ada@loopback.example > \r\n\r\nbody",
    ]);
}

#[test]
fn what_is_in_quotes_means_nothing() {
    judge(&[
        "To: \"Lovelace, Ada\" <ada@loopback.example>\r\n\r\nbody",
        "Bcc: \"Lovelace, Ada\" <ada@loopback.example>, \"a, b, c\" <abc@x.example>\r\n\r\nbody",
        "To: \"not@an.example, really\" <ada@loopback.example>, b@x.example\r\n\r\nbody",
        "To: \"<not@an.example>\" <ada@loopback.example>\r\n\r\nbody",
        "To: \"Bcc: x\" <ada@loopback.example>\r\n\r\nbody",
        "To: \"Lovelace,\r\n Ada\" <ada@loopback.example>\r\n\r\nbody",
    ]);
}

#[test]
fn each_address_is_there_once() {
    judge(&[
        "To: a@x.example, a@x.example\r\n\r\nbody",
        "To: a@x.example\r\nCc: b@x.example\r\nBcc: a@x.example, b@x.example, c@x.example\r\n\r\nbody",
        "Bcc: Ada <a@x.example>\r\nTo: a@x.example, b@x.example\r\n\r\nbody",
        "To: c@x.example, a@x.example, b@x.example, a@x.example\r\n\r\nbody",
        "To: ada@x.example, a@x.example, ada@x.example.org\r\n\r\nbody",
    ]);
}

#[test]
fn many_recipients_are_read() {
    let all: Vec<String> = (0..500)
        .map(|n| format!("\"N, {n}\" <n{n}@x.example>"))
        .collect();
    judge(&[&format!(
        "To: a@x.example\r\nBcc: {}\r\n\r\nbody",
        all.join(",\r\n ")
    )]);
}

#[test]
fn any_letter_is_sent_right() {
    const NAMES: [&str; 9] = [
        "To", "Cc", "Bcc", "bcc", "BCC ", "Subject", "X-Bcc", "Bcc-To", "From",
    ];
    const ADDRESSES: [&str; 8] = [
        "a@x.example",
        "b@x.example",
        "Ada <ada@x.example>",
        "\"B, A\" <ba@x.example>",
        "<c@x.example>",
        "\r\n d@x.example",
        "E\r\n\t<e@x.example>",
        "",
    ];
    let mut random = Random::new();
    for _ in 0..200 {
        let mut letter = String::new();
        for _ in 0..random.below(6) {
            let count = 1 + random.below(3);
            let list: Vec<&str> = (0..count).map(|_| ADDRESSES[random.below(8)]).collect();
            letter += &format!("{}: {}\r\n", NAMES[random.below(9)], list.join(", "));
        }
        letter += [
            "",
            "\r\n",
            "\r\nbody",
            "\r\nBcc: body\r\n\r\nTo: z@x.example\r\n",
        ][random.below(4)];
        judge(&[&letter]);
    }
}

/// The fields as the task has them: name, whole text; and then what is behind the header.
fn fields(letter: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<u8>) {
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    let mut at = 0;
    while at < letter.len() && !letter[at..].starts_with(b"\r\n") {
        let end = (at..letter.len())
            .find(|end| letter[*end..].starts_with(b"\r\n"))
            .map_or(letter.len(), |end| end + 2);
        let line = &letter[at..end];
        at = end;
        match fields.last_mut() {
            Some((_, field)) if line[0] == b' ' || line[0] == b'\t' => field.extend(line),
            _ => {
                let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
                let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
                fields.push((name, line.to_vec()));
            }
        }
    }
    (fields, letter[at..].to_vec())
}

fn expected(letter: &[u8]) -> Outgoing {
    let (fields, body) = fields(letter);
    let mut recipients: Vec<String> = Vec::new();
    let mut message = Vec::new();
    for (name, field) in fields {
        if name != "bcc" {
            message.extend(&field);
        }
        if !["to", "cc", "bcc"].contains(&&*name) {
            continue;
        }
        let text = String::from_utf8_lossy(&field).into_owned();
        let value = text.split_once(':').map_or("", |(_, value)| value);
        // What stands between an odd quote and the next is a name.
        let unquoted: String = value.split('"').step_by(2).collect();
        for one in unquoted.split(',') {
            let address = match one.split_once('<') {
                Some((_, address)) => address.split('>').next().unwrap_or_default(),
                None => one,
            };
            let address = address.trim().to_owned();
            if !address.is_empty() && !recipients.contains(&address) {
                recipients.push(address);
            }
        }
    }
    message.extend(body);
    Outgoing {
        recipients,
        message,
    }
}

fn judge(letters: &[&str]) {
    let letters: Vec<Vec<u8>> = letters
        .iter()
        .map(|letter| letter.as_bytes().to_vec())
        .collect();
    judge_bytes(&letters);
}

fn judge_bytes(letters: &[Vec<u8>]) {
    ask(
        letters.to_vec(),
        |letter| outgoing(letter),
        |letter| format!("`outgoing({})`", shown(letter)),
        |letter, got| compare(letter, &got),
    );
}

fn compare(letter: &[u8], got: &Outgoing) {
    let wanted = expected(letter);
    let call = format!("`outgoing({})`", shown(letter));
    if got.message != wanted.message {
        panic!(
            "{call}: the message must be {} and is {}: {}",
            shown(&wanted.message),
            shown(&got.message),
            what_is_wrong_with(letter, &wanted.message, &got.message)
        );
    }
    if got.recipients == wanted.recipients {
        return;
    }
    let has = |list: &[String], address: &String| list.contains(address);
    let missing = wanted
        .recipients
        .iter()
        .find(|address| !has(&got.recipients, address));
    let foreign = got
        .recipients
        .iter()
        .find(|address| !has(&wanted.recipients, address));
    let why = match (missing, foreign) {
        (_, Some(foreign)) if foreign.is_empty() => {
            "an empty recipient is none. A field may be empty, and so may be what is between two commas"
                .to_owned()
        }
        (_, Some(foreign)) if foreign.contains(['<', '>', '"', ' ', '\t', '\r', '\n']) => format!(
            "{foreign:?} is no address. Name, `<`, `>` and white space do not belong to it, and what is \
             in quotes means nothing"
        ),
        (_, Some(foreign)) if foreign.contains('@') => {
            format!("{foreign:?} is none: who is asked are To, Cc and Bcc in the header, and no text in quotes")
        }
        (_, Some(foreign)) => format!("{foreign:?} is no address. Is a name in quotes cut at a comma?"),
        (Some(missing), None) => format!(
            "{missing:?} is missing, and does not get the letter. All fields To, Cc and Bcc count, \
             whatever their capitals, with all their lines"
        ),
        (None, None) if got.recipients.len() > wanted.recipients.len() => {
            "an address is there twice, and would get the letter twice".to_owned()
        }
        (None, None) => "the order is that of the letter".to_owned(),
    };
    panic!(
        "{call}: the recipients must be {:?} and are {:?}: {why}",
        wanted.recipients.iter().take(9).collect::<Vec<_>>(),
        got.recipients.iter().take(9).collect::<Vec<_>>()
    );
}

fn what_is_wrong_with(letter: &[u8], wanted: &[u8], got: &[u8]) -> &'static str {
    let (given, body) = fields(letter);
    let (kept, kept_body) = fields(got);
    let bccs =
        |fields: &[(String, Vec<u8>)]| fields.iter().filter(|(name, _)| name == "bcc").count();
    let others: Vec<_> = given.iter().filter(|(name, _)| name != "bcc").collect();
    if !got.ends_with(&body) {
        "the body is what is behind the first empty line, and stays byte for byte, whatever its lines \
         begin with"
    } else if bccs(&kept) > 0 {
        "there is still a Bcc in it, which every recipient can read"
    } else if bccs(&given) > 0 && got.len() > wanted.len() {
        "something of Bcc is still there. All lines of a field go with it, those that begin with a space \
         or a tab, too"
    } else if kept.len() < others.len() {
        "another field is gone. Only those go whose whole name is Bcc"
    } else if kept_body != body {
        "the empty line and the body stay as they are"
    } else {
        "all but Bcc stays, byte for byte"
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
    panic!("your {call} panicked: {why}. A letter may be empty, and its body need not be text");
}

/// The bytes as text where they are text, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    let text = bytes[..bytes.len().min(200)].escape_ascii();
    match bytes.len() {
        0..=200 => format!("\"{text}\""),
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
