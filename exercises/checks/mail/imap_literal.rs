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

/// What the tests write a response's parts with: a text, or a literal.
type Parts<'a> = &'a [&'a [u8]];

#[test]
fn the_line_with_the_tag_ends_the_answer() {
    gives(b"A1 OK done\r\n", "A1", &[], Status::Ok);
    gives(b"A1 NO no such folder\r\n", "A1", &[], Status::No);
    gives(b"A1 BAD what?\r\n", "A1", &[], Status::Bad);
    gives(b"A1 OK\r\n", "A1", &[], Status::Ok);
    gives(b"A1 NO \r\n", "A1", &[], Status::No);
    gives(b"A1 OK caf\xe9 NO BAD\r\n", "A1", &[], Status::Ok);
    let word = random_word();
    gives(
        format!("{word} NO OK\r\n").as_bytes(),
        &word,
        &[],
        Status::No,
    );
}

#[test]
fn untagged_lines_come_before_it() {
    gives(
        b"* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n* \r\nA1 OK done\r\n",
        "A1",
        &[&[b"* 3 EXISTS"], &[b"* FLAGS (\\Seen)"], &[b"* "]],
        Status::Ok,
    );
    let word = random_word();
    gives(
        format!("* LIST () \"/\" {word}\r\nb BAD x\r\n").as_bytes(),
        "b",
        &[&[format!("* LIST () \"/\" {word}").as_bytes()]],
        Status::Bad,
    );
    gives(
        b"* caf\xe9 \0\r\nA1 OK\r\n",
        "A1",
        &[&[b"* caf\xe9 \0"]],
        Status::Ok,
    );
}

#[test]
fn untagged_is_not_the_end() {
    for line in [
        "* OK still here",
        "* NO careful",
        "* BAD line too long",
        "* BYE ada",
        "* A1 OK done",
        "* OK A1 OK done",
        "* A1 OK",
    ] {
        gives(
            format!("{line}\r\n* 1 EXISTS\r\nA1 NO done\r\n").as_bytes(),
            "A1",
            &[&[line.as_bytes()], &[b"* 1 EXISTS"]],
            Status::No,
        );
    }
}

#[test]
fn a_literal_is_its_bytes() {
    gives(
        b"* 1 FETCH (BODY[] {14}\r\nHello, Grace.\n)\r\nA1 OK done\r\n",
        "A1",
        &[&[b"* 1 FETCH (BODY[] ", b"Hello, Grace.\n", b")"]],
        Status::Ok,
    );
    gives(
        b"* x {0}\r\n\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x ", b"", b""]],
        Status::Ok,
    );
    gives(
        b"* {1}\r\na\r\nA1 OK\r\n",
        "A1",
        &[&[b"* ", b"a", b""]],
        Status::Ok,
    );
    gives(
        b"* x {003}\r\nabc d\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x ", b"abc", b" d"]],
        Status::Ok,
    );
    gives(
        b"* x{2}\r\nab\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x", b"ab", b""]],
        Status::Ok,
    );
    gives(
        b"* x {4}\r\n\xff\0\xc3\xa9)\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x ", b"\xff\0\xc3\xa9", b")"]],
        Status::Ok,
    );
    let word = random_word();
    gives(
        format!("* {{{}}}\r\n{word}\r\nA1 OK\r\n", word.len()).as_bytes(),
        "A1",
        &[&[b"* ", word.as_bytes(), b""]],
        Status::Ok,
    );
}

#[test]
fn a_line_may_have_more_literals() {
    gives(
        b"* 1 FETCH (A {3}\r\nabc B {0}\r\n C {2}\r\nde)\r\n* 2 EXISTS\r\nA1 OK\r\n",
        "A1",
        &[
            &[b"* 1 FETCH (A ", b"abc", b" B ", b"", b" C ", b"de", b")"],
            &[b"* 2 EXISTS"],
        ],
        Status::Ok,
    );
    gives(
        b"* {1}\r\na{1}\r\nb{1}\r\nc\r\nA1 OK\r\n",
        "A1",
        &[&[b"* ", b"a", b"", b"b", b"", b"c", b""]],
        Status::Ok,
    );
}

#[test]
fn what_is_in_a_literal_means_nothing() {
    for literal in [
        "}",
        "{3}",
        "a{3}\r\n",
        "}\r\n{5}\r\n",
        "A1 OK done\r\n",
        "\r\nA1 OK done\r\n",
        "x\r\nA1 OK done\r\ny",
        "x\r\nA1 NO x\r\n* 2 EXISTS\r\n",
        "* 1 FETCH (BODY[] {9}\r\n",
        "\r\n",
        "\r",
        "\n",
        ")\r\nA1 OK done\r\n",
    ] {
        gives(
            format!(
                "* 1 FETCH (BODY[] {{{}}}\r\n{literal})\r\nA1 OK end\r\n",
                literal.len()
            )
            .as_bytes(),
            "A1",
            &[&[b"* 1 FETCH (BODY[] ", literal.as_bytes(), b")"]],
            Status::Ok,
        );
    }
}

#[test]
fn behind_a_literal_the_line_goes_on() {
    // It may look like the beginning of something else; it is the rest of its line.
    gives(
        b"* x {1}\r\naA1 OK\r\nA1 NO\r\n",
        "A1",
        &[&[b"* x ", b"a", b"A1 OK"]],
        Status::No,
    );
    gives(
        b"* x {2}\r\n\r\nA1 OK done\r\nA1 NO\r\n",
        "A1",
        &[&[b"* x ", b"\r\n", b"A1 OK done"]],
        Status::No,
    );
    gives(
        b"* x {1}\r\na* y\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x ", b"a", b"* y"]],
        Status::Ok,
    );
    gives(
        b"* x {1}\r\naA2 OK\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x ", b"a", b"A2 OK"]],
        Status::Ok,
    );
}

#[test]
fn braces_elsewhere_are_text() {
    for line in [
        "* LIST () \"/\" \"{3}\"",
        "* LIST () \"/\" \"a}\"",
        "* LIST () \"/\" a{3}b",
        "* x {3} ",
        "* x {3}\t",
        "* x {}",
        "* x {a}",
        "* x {3a}",
        "* x { 3}",
        "* x {3 }",
        "* x {+3}",
        "* x {-3}",
        "* x {3+}",
        "* x {3.0}",
        "* x {0x3}",
        "* x {{3}}",
        "* x {3",
        "* x 3}",
        "* x }",
        "* x {",
        "* }3{",
        "* x (3)",
        "* x {3}\n",
        "* x {3}\r",
        "* x {3\n}",
        "* x {３}",
        "* x {é}",
    ] {
        gives(
            format!("{line}\r\nA1 OK done\r\n").as_bytes(),
            "A1",
            &[&[line.as_bytes()]],
            Status::Ok,
        );
    }
    // In ISO 8859-1 this byte is `²`: numeric, and no digit.
    gives(
        b"* x {\xb2}\r\nA1 OK done\r\n",
        "A1",
        &[&[b"* x {\xb2}"]],
        Status::Ok,
    );
    // Only the last pair counts.
    gives(
        b"* \"{9}\" {3} {2}\r\nab\r\nA1 OK\r\n",
        "A1",
        &[&[b"* \"{9}\" {3} ", b"ab", b""]],
        Status::Ok,
    );
    gives(
        b"* {{2}\r\nab}\r\nA1 OK\r\n",
        "A1",
        &[&[b"* {", b"ab", b"}"]],
        Status::Ok,
    );
    gives(
        b"* }{2}\r\nab\r\nA1 OK\r\n",
        "A1",
        &[&[b"* }", b"ab", b""]],
        Status::Ok,
    );
    gives(
        b"* \xff{2}\r\nab\r\nA1 OK\r\n",
        "A1",
        &[&[b"* \xff", b"ab", b""]],
        Status::Ok,
    );
}

#[test]
fn the_line_with_the_tag_has_no_literals() {
    gives(b"A1 OK done {3}\r\n", "A1", &[], Status::Ok);
    gives(b"A1 NO {12}\r\n", "A1", &[], Status::No);
}

#[test]
fn the_tag_is_compared_whole_and_exactly() {
    for (tag, line) in [
        ("A1", "A10 OK done"),
        ("A1", "A1OK done"),
        ("A1", "A OK done"),
        ("A1", "a1 OK done"),
        ("A1", "A2 OK done"),
        ("A1", " A1 OK done"),
        ("A1", "A1"),
        ("A1", "A1\tOK"),
        ("A1", "BA1 OK"),
        ("A10", "A1 OK done"),
    ] {
        bad(tag, line);
    }
}

#[test]
fn what_is_no_answer_is_invalid() {
    for line in [
        "",
        " ",
        "*",
        "*1 EXISTS",
        " * 1 EXISTS",
        "+ go on",
        "** x",
        "OK done",
        "220 post.example",
        "+OK",
        "A1 ",
        "A1 ok done",
        "A1 Ok",
        "A1 OKAY",
        "A1 OK.",
        "A1 PREAUTH x",
        "A1 BYE",
        "A1 * OK",
        "A1  OK",
        "A1 FETCH x",
        "A1 OK\tdone",
        "A1 OK\n",
        "\nA1 OK",
        "é",
    ] {
        bad("A1", line);
    }
}

#[test]
fn only_crlf_ends_a_line() {
    gives(b"* a\nb\r\nA1 OK\r\n", "A1", &[&[b"* a\nb"]], Status::Ok);
    gives(
        b"* a\nA1 OK done\r\nA1 NO\r\n",
        "A1",
        &[&[b"* a\nA1 OK done"]],
        Status::No,
    );
    gives(
        b"* a\rb\r\r\nA1 OK\r\n",
        "A1",
        &[&[b"* a\rb\r"]],
        Status::Ok,
    );
    gives(
        b"* x {2}\nab\r\nA1 OK\r\n",
        "A1",
        &[&[b"* x {2}\nab"]],
        Status::Ok,
    );
    gives(b"A1 OK a\nb\r\n", "A1", &[], Status::Ok);
}

#[test]
fn the_next_answer_stays_in_the_stream() {
    let bytes = b"* 1 {3}\r\nabc\r\nA1 OK\r\nA2 NO {2}\r\n* 2\r\nA3 BAD\r\n";
    for piece in PIECES {
        let mut stream = Stream::new(bytes, piece, Then::Silence);
        for (tag, status) in [("A1", Status::Ok), ("A2", Status::No), ("A3", Status::Bad)] {
            let place = stream.given;
            let result;
            (result, stream) = learners_answer(stream, tag);
            assert!(
                result.as_ref().is_ok_and(|answer| answer.status == status),
                "the stream has three answers, {}, in pieces of {piece} bytes, and the one with \
                 the tag {tag}, from byte {place} on, is read as {result:?}: did this call, or one \
                 before it, take too much? A `BufReader` of your own reads ahead, and what it has \
                 read is lost with it",
                shown(bytes)
            );
        }
    }
}

#[test]
fn half_an_answer_is_none() {
    for whole in [
        &b"* 1 FETCH (BODY[] {20}\r\nA1 OK }\r\n* 2 EXISTS\n)\r\n* x\r\nA1 OK done\r\n"[..],
        b"* {2}\r\nab{0}\r\n\r\nA1 NO x\r\n",
    ] {
        for length in 0..whole.len() {
            let sent = shown(&whole[..length]);
            match learners_answer(Stream::new(&whole[..length], 4, Then::End), "A1").0 {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => panic!(
                    "the stream ends after {sent}, and the error's kind is {:?}: it must be \
                     `UnexpectedEof`; nothing is wrong but that it has ended",
                    error.kind()
                ),
                Ok(answer) => panic!(
                    "the stream ends after {sent}, and you give {answer:?}: the line with the tag \
                     has not come whole, so the error `UnexpectedEof` is wanted"
                ),
            }
        }
    }
}

#[test]
fn the_largest_answer_is_read() {
    let end = "\r\nA1 OK\r\n";
    let head = "* {65000}\r\n";
    let literal = "x".repeat(65_000);
    let text = "y".repeat(LARGEST_ANSWER - head.len() - literal.len() - end.len());
    gives(
        format!("{head}{literal}{text}{end}").as_bytes(),
        "A1",
        &[&[b"* ", literal.as_bytes(), text.as_bytes()]],
        Status::Ok,
    );
    let line = "z".repeat(LARGEST_ANSWER - "* ".len() - end.len());
    gives(
        format!("* {line}{end}").as_bytes(),
        "A1",
        &[&[format!("* {line}").as_bytes()]],
        Status::Ok,
    );
    let count = (LARGEST_ANSWER - end.len() + 2) / "* a\r\n".len();
    let line: Parts = &[b"* a"];
    let lines = vec![line; count];
    gives(
        format!("{}{}", "* a\r\n".repeat(count), &end[2..]).as_bytes(),
        "A1",
        &lines,
        Status::Ok,
    );
}

#[test]
fn an_answer_that_never_ends_is_given_up() {
    const MUCH: usize = 1 << 18;
    for (what, head, body) in [
        ("a line without end", "* ", "x"),
        ("a last line without end", "A1 OK ", "x"),
        ("no answer, and no line end", "", "x"),
        ("lines without end", "", "* a\r\n"),
        ("LFs without end", "* ", "\n"),
        ("empty literals without end", "* ", "{0}\r\n"),
        ("a line without end behind a literal", "* {1}\r\na", "x"),
        ("literals without end", "* ", "{9}\r\n123456789"),
    ] {
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend(body.bytes().cycle().take(MUCH));
        let (result, stream) = learners_answer(Stream::new(&bytes, 1_000, Then::End), "A1");
        assert!(
            stream.given <= 2 * LARGEST_ANSWER,
            "the server sends {what}, and you have taken {} bytes of it: a stranger decides how \
             much memory you use. Is there a limit before each read, for the whole answer, the \
             literals counted?",
            stream.given
        );
        too_large(what, result);
    }
    // One byte too many, in a line and in a literal.
    for excess in [1, 2, 3] {
        let text = "x".repeat(LARGEST_ANSWER - "* \r\nA1 OK\r\n".len() + excess);
        let sent = format!("* {text}\r\nA1 OK\r\n");
        let (result, _) = learners_answer(Stream::new(sent.as_bytes(), 999, Then::Silence), "A1");
        too_large(&format!("an answer of {} bytes", sent.len()), result);
        let text = "x".repeat(LARGEST_ANSWER - "* {65000}\r\n\r\nA1 OK\r\n".len() + excess);
        let sent = format!("* {{{}}}\r\n{text}\r\nA1 OK\r\n", text.len());
        let (result, _) = learners_answer(Stream::new(sent.as_bytes(), 999, Then::Silence), "A1");
        too_large(&format!("an answer of {} bytes", sent.len()), result);
    }
}

#[test]
fn a_literal_that_is_too_long_is_not_begun() {
    for length in [
        "65536",
        "65530",
        "100000",
        // None that a machine may try to set aside memory for, and end the program when it has none.
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999999999",
    ] {
        let head = format!("* 1 FETCH (BODY[] {{{length}}}\r\n");
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend("x".repeat(200_000).bytes());
        let (result, stream) = learners_answer(Stream::new(&bytes, 100, Then::End), "A1");
        too_large(&format!("a literal of {length} bytes"), result);
        assert!(
            stream.given <= head.len() + 100,
            "the server announces a literal of {length} bytes, and you have taken {} bytes of it: \
             it is longer than what is left of `LARGEST_ANSWER`, so its announcement is enough",
            stream.given - head.len()
        );
    }
    // What came before counts, too.
    let line = format!("* {}\r\n", "x".repeat(65_000));
    let bytes = format!("{line}* {{1000}}\r\n{}", "y".repeat(100_000));
    let (result, stream) = learners_answer(Stream::new(bytes.as_bytes(), 100, Then::End), "A1");
    too_large("a literal of 1000 bytes, when 500 are left", result);
    assert!(
        stream.given <= line.len() + 120,
        "the server announces a literal of 1000 bytes, when some 500 are left of \
         `LARGEST_ANSWER`, and you have begun to read it"
    );
}

#[test]
fn what_the_stream_says_is_handed_on() {
    for bytes in [
        "",
        "*",
        "* x {3}\r\n",
        "* x {3}\r\nab",
        "* x {3}\r\nabc",
        "* a\r\n",
        "A1 OK",
    ] {
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionReset] {
            let stream = Stream::new(bytes.as_bytes(), 1_000_000, Then::Fails(kind));
            match learners_answer(stream, "A1").0 {
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
fn random_answers_are_read() {
    let mut random = Random::new();
    for _ in 0..300 {
        let mut sent = Vec::new();
        let mut responses = Vec::new();
        for _ in 0..random.below(4) {
            let mut parts = vec![b"* ".to_vec()];
            sent.extend(b"* ");
            for _ in 0..random.below(4) {
                let length = random.below(8);
                let literal: Vec<u8> = (0..length)
                    .map(|_| b"{}1\r\n* \xff"[random.below(8)])
                    .collect();
                let text: Vec<u8> = (0..random.below(5))
                    .map(|_| b"{} A\"\xff"[random.below(6)])
                    .collect();
                sent.extend(format!("{{{length}}}\r\n").bytes());
                sent.extend(&literal);
                sent.extend(&text);
                parts.extend([literal, text]);
            }
            sent.extend(b"\r\n");
            responses.push(parts);
        }
        sent.extend(b"A1 OK {1}\r\n");
        let piece = 1 + random.below(9);
        let parts: Vec<Vec<&[u8]>> = responses
            .iter()
            .map(|parts| parts.iter().map(Vec::as_slice).collect())
            .collect();
        let parts: Vec<Parts> = parts.iter().map(Vec::as_slice).collect();
        let (result, stream) = learners_answer(Stream::new(&sent, piece, Then::Silence), "A1");
        compare(&sent, piece, &stream, result, &parts, Status::Ok);
    }
}

/// Sends an answer in pieces of several sizes, and wants it to be read.
fn gives(sent: &[u8], tag: &str, untagged: &[Parts], status: Status) {
    for piece in PIECES {
        // Long ones by bytes would take long.
        if sent.len() < 1_000 || piece > 10 {
            let (result, stream) = learners_answer(Stream::new(sent, piece, Then::Silence), tag);
            compare(sent, piece, &stream, result, untagged, status);
        }
    }
}

fn compare(
    sent: &[u8],
    piece: usize,
    stream: &Stream,
    result: io::Result<Answer>,
    untagged: &[Parts],
    status: Status,
) {
    let call = match piece {
        1_000_000 => format!("the server sends {}", shown(sent)),
        _ => format!(
            "the server sends {}, in pieces of {piece} bytes",
            shown(sent)
        ),
    };
    let answer = match result {
        Ok(answer) => answer,
        Err(_) if stream.read_on => panic!(
            "{call}, and you read on: you would wait for ever, because the server says nothing \
             more before the next command. {}",
            if untagged.is_empty() {
                "The line with the tag is the end, and has no literals"
            } else {
                "Only digits in braces, right before a line's CRLF, announce a literal"
            }
        ),
        Err(error) => panic!(
            "{call}, and you give the error {error:?}: this is a good answer. {}",
            if sent.len() > LARGEST_ANSWER / 2 {
                "It has `LARGEST_ANSWER` bytes at most. Does your limit count right?"
            } else if str::from_utf8(sent).is_err() && !sent.contains(&b'}') {
                "It is not UTF-8, so read its lines as bytes (`read_until`, not `read_line`)"
            } else if sent.contains(&b'}') && untagged.iter().all(|parts| parts.len() == 1) {
                "Only digits in braces, right before a line's CRLF, announce a literal"
            } else {
                "Is a literal read by its count, whatever is in it? And does its line go on behind \
                 it, whatever that looks like?"
            }
        ),
    };
    for (at, wanted) in untagged.iter().enumerate() {
        let wanted: Vec<Part> = wanted
            .iter()
            .enumerate()
            .map(|(at, bytes)| match at % 2 {
                0 => Part::Text(bytes.to_vec()),
                _ => Part::Literal(bytes.to_vec()),
            })
            .collect();
        let Some(got) = answer.untagged.get(at) else {
            panic!(
                "{call}, and you give {} untagged responses, not {}: a line with the tag at its \
                 beginning ends the answer, but one that begins with `*` does not, nor anything in \
                 a literal",
                answer.untagged.len(),
                untagged.len()
            );
        };
        assert!(
            *got == wanted,
            "{call}, and response {} has the parts {}, not {}: {}",
            at + 1,
            parts(got),
            parts(&wanted),
            what_is_wrong_with(got, &wanted)
        );
    }
    assert_eq!(
        answer.untagged.len(),
        untagged.len(),
        "{call}, and you give {} untagged responses, not {}. What is in a literal is no response, \
         and the line with the tag is not untagged",
        answer.untagged.len(),
        untagged.len()
    );
    assert!(
        answer.status == status,
        "{call}, and your status is {:?}, not {status:?}: it is the word behind the tag",
        answer.status
    );
    assert_eq!(
        stream.given,
        sent.len(),
        "{call}, and you take {} bytes of it: the rest would be read as the next answer",
        stream.given
    );
}

fn what_is_wrong_with(got: &[Part], wanted: &[Part]) -> &'static str {
    let bytes = |part: &Part| match part {
        Part::Text(bytes) | Part::Literal(bytes) => bytes.clone(),
    };
    let all = |parts: &[Part]| parts.iter().map(bytes).collect::<Vec<_>>().concat();
    match (got, wanted) {
        _ if got.len() > 1 && wanted.len() == 1 => {
            "only digits in braces, right before a line's CRLF, announce a literal. Braces anywhere \
             else are text"
        }
        _ if got.len() == 1 && wanted.len() > 1 => {
            "braces with digits at a line's end announce a literal, in every part of the line"
        }
        _ if got.iter().zip(wanted).any(|(got, wanted)| {
            matches!((got, wanted), (Part::Literal(got), Part::Literal(wanted)) if got != wanted)
        }) =>
        {
            "a literal has the bytes that were announced, exactly as many, in whatever pieces they \
             come. Is it `read_exact` that reads them?"
        }
        _ if all(got) == all(wanted) => {
            "a text stands before the first literal and behind each literal, even if it is empty"
        }
        _ if all(got).ends_with(b"\r\n") && !all(wanted).ends_with(b"\r\n") => {
            "a text is without its CRLF"
        }
        _ if all(got).contains(&b'{') && !all(wanted).contains(&b'{') => {
            "a text is without the braces that announce a literal"
        }
        _ if got.len() < wanted.len() => "a line may have more than one literal",
        _ => "a text is what is on its line, unchanged, and a literal what was announced",
    }
}

fn parts(parts: &[Part]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Text(bytes) => format!("Text {}", shown(bytes)),
            Part::Literal(bytes) => format!("Literal {}", shown(bytes)),
        })
        .collect();
    format!("[{}]", parts.join(", "))
}

/// Wants `InvalidData` for a line, first of all and behind an untagged one.
fn bad(tag: &str, line: &str) {
    for before in ["", "* 1 EXISTS\r\n"] {
        let sent = format!("{before}{line}\r\n{tag} OK done\r\n");
        let (result, _) =
            learners_answer(Stream::new(sent.as_bytes(), 1_000_000, Then::Silence), tag);
        let got = match result {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => continue,
            Err(error) => format!("the error {:?}", error.kind()),
            Ok(answer) => format!("{answer:?}"),
        };
        panic!(
            "the tag is {tag:?}, the server sends {sent:?}, and you give {got}: `InvalidData` is \
             wanted for the line {line:?}. A line begins with `* `, or with exactly the tag, a \
             space and `OK`, `NO` or `BAD`, with a space or CRLF behind it"
        );
    }
}

fn too_large(what: &str, result: io::Result<Answer>) {
    match result {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
        Err(error) => panic!(
            "the server sends {what}, and the error's kind is {:?}: it must be `InvalidData`. What \
             is larger than `LARGEST_ANSWER` is refused before it is read",
            error.kind()
        ),
        Ok(answer) => panic!(
            "the server sends {what}, and you give an answer with {} untagged responses: more than \
             {LARGEST_ANSWER} bytes on the wire are `InvalidData`",
            answer.untagged.len()
        ),
    }
}

/// Lets the learner's `read_answer` read once, on a thread of its own.
fn learners_answer(mut stream: Stream, tag: &str) -> (io::Result<Answer>, Stream) {
    let sent = shown(&stream.bytes[stream.given..]);
    let its_tag = tag.to_owned();
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| read_answer(&mut stream, &its_tag)));
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
        "your `read_answer` panicked when the server sent {sent}: {why}. A server may announce any \
         length, and a line may be shorter than you think"
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
