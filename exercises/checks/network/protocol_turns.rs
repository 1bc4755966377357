use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// How long a test waits for something that a right answer does at once: with the tests that
/// wait after it, less than 2 s.
const DEADLINE: Duration = Duration::from_millis(1_500);

/// How long the other tests wait once one has waited in vain: they would learn nothing new.
const SHORT_WAIT: Duration = Duration::from_millis(100);
static WAITED_IN_VAIN: AtomicBool = AtomicBool::new(false);

type Line = (Side, Message);

/// How many questions a long conversation has: more than 8 bits can count.
const MANY: u32 = 300;

const READY: Line = (Side::Server, Message::Ready);
const CLIENT_BYE: Line = (Side::Client, Message::Bye);
const SERVER_BYE: Line = (Side::Server, Message::Bye);

const fn ask(number: u32) -> Line {
    (Side::Client, Message::Ask(number))
}

const fn reply(number: u32) -> Line {
    (Side::Server, Message::Reply(number))
}

#[test]
fn a_whole_conversation_is_complete() {
    wants(
        Verdict::Complete,
        &[READY, ask(1), reply(1), CLIENT_BYE, SERVER_BYE],
    );
    wants(
        Verdict::Complete,
        &[
            READY,
            ask(1),
            reply(1),
            ask(2),
            reply(2),
            CLIENT_BYE,
            SERVER_BYE,
        ],
    );
    // A client need not ask anything.
    wants(Verdict::Complete, &[READY, CLIENT_BYE, SERVER_BYE]);
}

#[test]
fn a_client_may_ask_ahead() {
    wants(
        Verdict::Complete,
        &[
            READY,
            ask(1),
            ask(2),
            reply(1),
            ask(3),
            reply(2),
            reply(3),
            CLIENT_BYE,
            SERVER_BYE,
        ],
    );
}

#[test]
fn a_client_may_ask_far_ahead() {
    let questions: Vec<Line> = (1..=MANY).map(ask).collect();
    let replies: Vec<Line> = (1..=MANY).map(reply).collect();
    wants(
        Verdict::Complete,
        &[
            &[READY],
            questions.as_slice(),
            &replies,
            &[CLIENT_BYE, SERVER_BYE],
        ]
        .concat(),
    );
}

#[test]
fn with_300_questions_the_rules_are_the_same() {
    let turns: Vec<Line> = (1..=MANY).flat_map(|n| [ask(n), reply(n)]).collect();
    let so_far = [&[READY], turns.as_slice()].concat();
    wants(Verdict::Unfinished, &so_far);
    wants(
        Verdict::Complete,
        &[so_far.as_slice(), &[CLIENT_BYE, SERVER_BYE]].concat(),
    );
    let line = so_far.len() + 1;
    for breach in [READY, ask(MANY), ask(1), reply(MANY), SERVER_BYE] {
        wants(
            Verdict::Broken { line },
            &[so_far.as_slice(), &[breach]].concat(),
        );
    }
}

#[test]
fn the_numbers_count_with_all_their_bits() {
    // Cut down to 8 or to 16 bits, these would be 1.
    for number in [257, 65_537] {
        wants(Verdict::Broken { line: 2 }, &[READY, ask(number)]);
        wants(
            Verdict::Broken { line: 3 },
            &[READY, ask(1), reply(number), CLIENT_BYE],
        );
    }
}

#[test]
fn owed_replies_come_after_the_clients_bye() {
    wants(
        Verdict::Complete,
        &[
            READY,
            ask(1),
            ask(2),
            CLIENT_BYE,
            reply(1),
            reply(2),
            SERVER_BYE,
        ],
    );
}

#[test]
fn what_is_not_over_is_unfinished() {
    wants(Verdict::Unfinished, &[]);
    wants(Verdict::Unfinished, &[READY]);
    wants(Verdict::Unfinished, &[READY, ask(1), reply(1)]);
    wants(Verdict::Unfinished, &[READY, ask(1), CLIENT_BYE]);
    wants(Verdict::Unfinished, &[READY, ask(1), CLIENT_BYE, reply(1)]);
}

#[test]
fn the_server_speaks_first_and_once() {
    wants(Verdict::Broken { line: 1 }, &[ask(1), READY, reply(1)]);
    wants(Verdict::Broken { line: 1 }, &[CLIENT_BYE, SERVER_BYE]);
    wants(Verdict::Broken { line: 1 }, &[reply(1)]);
    wants(Verdict::Broken { line: 2 }, &[READY, READY, ask(1)]);
    wants(Verdict::Broken { line: 3 }, &[READY, ask(1), READY]);
}

#[test]
fn each_line_belongs_to_one_side() {
    wants(
        Verdict::Broken { line: 1 },
        &[(Side::Client, Message::Ready), ask(1)],
    );
    wants(
        Verdict::Broken { line: 2 },
        &[READY, (Side::Server, Message::Ask(1)), reply(1)],
    );
    wants(
        Verdict::Broken { line: 3 },
        &[READY, ask(1), (Side::Client, Message::Reply(1))],
    );
}

#[test]
fn questions_are_numbered_in_order() {
    wants(Verdict::Broken { line: 2 }, &[READY, ask(2)]);
    wants(Verdict::Broken { line: 2 }, &[READY, ask(0), reply(0)]);
    wants(Verdict::Broken { line: 3 }, &[READY, ask(1), ask(1)]);
    wants(
        Verdict::Broken { line: 4 },
        &[READY, ask(1), reply(1), ask(3)],
    );
    wants(
        Verdict::Broken { line: 5 },
        &[READY, ask(1), ask(2), reply(1), ask(2), reply(2)],
    );
    wants(
        Verdict::Broken { line: 3 },
        &[READY, ask(1), ask(u32::MAX), reply(1)],
    );
}

#[test]
fn each_question_has_one_reply_in_its_turn() {
    wants(Verdict::Broken { line: 2 }, &[READY, reply(1), ask(1)]);
    wants(Verdict::Broken { line: 2 }, &[READY, reply(0), ask(1)]);
    wants(
        Verdict::Broken { line: 4 },
        &[READY, ask(1), ask(2), reply(2), reply(1)],
    );
    wants(
        Verdict::Broken { line: 4 },
        &[READY, ask(1), reply(1), reply(1)],
    );
    wants(
        Verdict::Broken { line: 5 },
        &[READY, ask(1), ask(2), reply(1), reply(1), reply(2)],
    );
    wants(
        Verdict::Broken { line: 3 },
        &[READY, ask(1), reply(u32::MAX), reply(1)],
    );
}

#[test]
fn after_its_bye_the_client_is_silent() {
    wants(
        Verdict::Broken { line: 5 },
        &[READY, ask(1), reply(1), CLIENT_BYE, ask(2)],
    );
    wants(
        Verdict::Broken { line: 4 },
        &[READY, ask(1), CLIENT_BYE, ask(2), reply(1), SERVER_BYE],
    );
    wants(
        Verdict::Broken { line: 3 },
        &[READY, CLIENT_BYE, CLIENT_BYE, SERVER_BYE],
    );
}

#[test]
fn the_servers_bye_waits_for_the_clients_and_for_its_own_replies() {
    wants(
        Verdict::Broken { line: 4 },
        &[READY, ask(1), reply(1), SERVER_BYE],
    );
    wants(Verdict::Broken { line: 2 }, &[READY, SERVER_BYE]);
    wants(
        Verdict::Broken { line: 4 },
        &[READY, ask(1), CLIENT_BYE, SERVER_BYE, reply(1)],
    );
    wants(
        Verdict::Broken { line: 6 },
        &[READY, ask(1), ask(2), reply(1), CLIENT_BYE, SERVER_BYE],
    );
}

#[test]
fn after_the_servers_bye_nobody_speaks() {
    let over = [READY, ask(1), reply(1), CLIENT_BYE, SERVER_BYE];
    for late in [READY, ask(2), reply(1), reply(2), CLIENT_BYE, SERVER_BYE] {
        wants(
            Verdict::Broken { line: 6 },
            &[over.as_slice(), &[late]].concat(),
        );
    }
}

#[test]
fn every_beginning_of_a_whole_conversation_is_unfinished() {
    let mut random = Random::new();
    for questions in 0..40 {
        let whole = random.conversation(questions % 8);
        wants(Verdict::Complete, &whole);
        for length in 0..whole.len() {
            wants(Verdict::Unfinished, &whole[..length]);
        }
    }
}

#[test]
fn a_conversation_with_one_change_is_judged_by_the_rules() {
    let mut random = Random::new();
    for round in 0..800 {
        let mut changed = random.conversation(round % 6);
        let at = random.below(changed.len());
        match random.below(4) {
            0 => changed[at] = random.line(),
            1 => changed.insert(at, random.line()),
            2 => drop(changed.remove(at)),
            _ => {
                let other = random.below(changed.len());
                changed.swap(at, other);
            }
        }
        wants(by_the_rules(&changed), &changed);
    }
}

/// Wants this verdict on this transcript, and says which rule the learner's own overlooks.
fn wants(right: Verdict, transcript: &[Line]) {
    let given = learners_verdict(transcript);
    if given == right {
        return;
    }
    let why = match (right, given) {
        (_, Verdict::Broken { .. }) if transcript.is_empty() => {
            "nothing has been said yet, so no rule is broken; READY is still to come".into()
        }
        (Verdict::Broken { line: right }, Verdict::Broken { line })
            if line < right && (right - line) % 256 == 0 =>
        {
            let what = explain_breach(transcript, right);
            format!("do you count the lines in only 8 or 16 bits? {what}")
        }
        (_, Verdict::Broken { line }) if line == 0 || line > transcript.len() => {
            format!("there is no line {line}: do you count the lines from 1?")
        }
        // This line may have been counted from 0, or the one before taken for a breach.
        (Verdict::Broken { line: right }, Verdict::Broken { line }) if line + 1 == right => {
            format!(
                "do you count the lines from 1, or do you forbid line {line}?\n  {}\n  {}",
                explain_allowed(transcript, line),
                explain_breach(transcript, right)
            )
        }
        (Verdict::Broken { line: right }, Verdict::Broken { line }) if line > right => format!(
            "line {right} comes first, and breaks a rule already: {}",
            explain_breach(transcript, right)
        ),
        (Verdict::Broken { line }, Verdict::Complete | Verdict::Unfinished) => {
            explain_breach(transcript, line)
        }
        (_, Verdict::Broken { line }) => explain_allowed(transcript, line),
        (Verdict::Unfinished, _) if transcript.is_empty() => {
            "nothing has been said, so no rule is broken; but nothing is complete either, \
             before the server's BYE"
                .into()
        }
        (Verdict::Unfinished, _) => {
            "no rule is broken, but the server's BYE, which ends every conversation, \
             is still to come"
                .into()
        }
        _ => "the server's BYE is its last line, and no rule is broken before: it is over".into(),
    };
    panic!(
        "`judge` says {given:?}, and right is {right:?}: {why}\n{}",
        written(transcript)
    );
}

/// Which rule this line, counted from 1, breaks.
fn explain_breach(transcript: &[Line], line: usize) -> String {
    let last = transcript[line - 1];
    let why = breach(&transcript[..line - 1], last).unwrap_or_default();
    let bits = match last.1 {
        Message::Ask(257 | 65_537) | Message::Reply(257 | 65_537) => {
            "; do you compare all bits of the number, or only the lowest 8 or 16?"
        }
        _ => "",
    };
    format!("line {line}, `{}`: {why}{bits}", spoken(last))
}

/// Why this line, counted from 1, breaks none.
fn explain_allowed(transcript: &[Line], line: usize) -> String {
    let (before, this) = (&transcript[..line - 1], transcript[line - 1]);
    let asked = count(before, |line| {
        matches!(line, (Side::Client, Message::Ask(_)))
    });
    let replied = count(before, |line| {
        matches!(line, (Side::Server, Message::Reply(_)))
    });
    let why = match this {
        (_, Message::Ask(_)) if asked > replied => {
            "a client may ask again before a reply has come (rule 2)"
        }
        (_, Message::Reply(_)) if before.contains(&CLIENT_BYE) => {
            "after the client's BYE, the server still sends the replies that it owes (rule 5)"
        }
        CLIENT_BYE if asked > replied => {
            "a client may say BYE while replies are owed; they come after it (rule 5)"
        }
        CLIENT_BYE if asked == 0 => "a client may say BYE without a question (rule 4)",
        (_, Message::Ask(_) | Message::Reply(_)) if line > 100 => {
            "no rule says how many questions there may be"
        }
        _ => "it is its turn, and no rule is against it",
    };
    format!("line {line}, `{}`, is allowed: {why}", spoken(this))
}

/// What the rules say, one line after the other.
fn by_the_rules(transcript: &[Line]) -> Verdict {
    for (index, &line) in transcript.iter().enumerate() {
        if breach(&transcript[..index], line).is_some() {
            return Verdict::Broken { line: index + 1 };
        }
    }
    if transcript.contains(&SERVER_BYE) {
        Verdict::Complete
    } else {
        Verdict::Unfinished
    }
}

/// The rule that `line` breaks, if it comes after `before`, in which none is broken.
fn breach(before: &[Line], line: Line) -> Option<String> {
    let asked = count(before, |line| {
        matches!(line, (Side::Client, Message::Ask(_)))
    });
    let replied = count(before, |line| {
        matches!(line, (Side::Server, Message::Reply(_)))
    });
    Some(match line {
        (Side::Client, Message::Ready | Message::Reply(_)) => {
            "only the server says this (rules 1 and 3): do you look at who speaks?".into()
        }
        (Side::Server, Message::Ask(_)) => {
            "only the client asks (rule 2): do you look at who speaks?".into()
        }
        _ if before.contains(&SERVER_BYE) => {
            "the server has said BYE, and after that nobody says anything (rule 5)".into()
        }
        READY if before.is_empty() => return None,
        _ if before.is_empty() => "the server speaks first, with READY (rule 1)".into(),
        READY => "the server has said READY already, and says it once (rule 1)".into(),

        (Side::Client, _) if before.contains(&CLIENT_BYE) => {
            "the client has said BYE, and after that it says nothing more (rule 4)".into()
        }
        (_, Message::Ask(number)) if number as usize != asked + 1 => format!(
            "the next question has the number {}: they are numbered 1, 2, 3 … (rule 2)",
            asked + 1
        ),
        (_, Message::Reply(number)) if number as usize > asked => {
            "this question has not been asked yet, so there is nothing to reply to (rule 3)".into()
        }
        (_, Message::Reply(0)) => "questions are numbered from 1, so none has this number".into(),
        (_, Message::Reply(number)) if number as usize <= replied => {
            "this question has its reply already, and each has exactly one (rule 3)".into()
        }
        (_, Message::Reply(number)) if number as usize != replied + 1 => format!(
            "question {} was asked before it and still waits: replies come in the order of the \
             questions (rule 3)",
            replied + 1
        ),
        SERVER_BYE if !before.contains(&CLIENT_BYE) => {
            "the client has not said BYE, and the server's own comes after it (rule 5)".into()
        }
        SERVER_BYE if replied < asked => format!(
            "the server says BYE while it owes the reply to question {} (rule 5)",
            replied + 1
        ),
        _ => return None,
    })
}

fn count(lines: &[Line], what: impl Fn(&Line) -> bool) -> usize {
    lines.iter().filter(|line| what(line)).count()
}

/// A line as people write it.
fn spoken((side, message): Line) -> String {
    let side = match side {
        Side::Server => "server",
        Side::Client => "client",
    };
    match message {
        Message::Ready => format!("{side}: READY"),
        Message::Ask(number) => format!("{side}: ASK {number}"),
        Message::Reply(number) => format!("{side}: REPLY {number}"),
        Message::Bye => format!("{side}: BYE"),
    }
}

fn written(transcript: &[Line]) -> String {
    const SHOWN: usize = 16;
    if transcript.is_empty() {
        return "  the transcript has no line".into();
    }
    let mut lines: Vec<String> = (1..=SHOWN)
        .zip(transcript)
        .map(|(number, &line)| format!("  {number:2}  {}", spoken(line)))
        .collect();
    if transcript.len() > SHOWN {
        lines.push(format!("      … {} lines in all", transcript.len()));
    }
    lines.join("\n")
}

/// Different at each run, so that an answer cannot be written down beforehand. A library of property
/// tests would take longer to build than everything else here, and these inputs are small as they are.
struct Random {
    state: RandomState,
    drawn: u64,
}

impl Random {
    fn new() -> Self {
        Random {
            state: RandomState::new(),
            drawn: 0,
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.drawn += 1;
        (self.state.hash_one(self.drawn) % end as u64) as usize
    }

    /// Some line, by the rules or not.
    fn line(&mut self) -> Line {
        let side = [Side::Server, Side::Client][self.below(2)];
        let number = [0, 1, 2, 3, 4, 5, u32::MAX][self.below(7)];
        let message = [
            Message::Ready,
            Message::Ask(number),
            Message::Reply(number),
            Message::Bye,
        ][self.below(4)];
        (side, message)
    }

    /// A whole conversation with so many questions, each reply as early or late as it may be.
    fn conversation(&mut self, questions: u32) -> Vec<Line> {
        let (mut lines, mut asked, mut replied) = (vec![READY], 0, 0);
        let mut client_done = false;
        while !client_done || replied < asked {
            if replied < asked && (client_done || self.below(2) == 0) {
                replied += 1;
                lines.push(reply(replied));
            } else if asked < questions {
                asked += 1;
                lines.push(ask(asked));
            } else {
                client_done = true;
                lines.push(CLIENT_BYE);
            }
        }
        lines.push(SERVER_BYE);
        lines
    }
}

fn learners_verdict(transcript: &[Line]) -> Verdict {
    let (verdict, wait) = mpsc::channel();
    let lines = transcript.to_vec();
    thread::spawn(move || {
        let _ = verdict.send(std::panic::catch_unwind(|| judge(&lines)));
    });
    match wait.recv_timeout(patience()) {
        Ok(Ok(given)) => given,
        Ok(Err(panic)) => report_panic(panic, transcript),
        Err(_) => {
            WAITED_IN_VAIN.store(true, Ordering::Relaxed);
            panic!(
                "`judge` does not return: is there an endless loop?\n{}",
                written(transcript)
            )
        }
    }
}

/// How long to wait for the learner's answer.
fn patience() -> Duration {
    if WAITED_IN_VAIN.load(Ordering::Relaxed) {
        SHORT_WAIT
    } else {
        DEADLINE
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>, transcript: &[Line]) -> ! {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "no text",
    };
    if text.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    let why = if text.contains("overflow") && transcript.len() > 100 {
        "no rule says how many questions there may be: count them in more bits"
    } else {
        "the lines come from a network: none may end the program"
    };
    panic!(
        "your `judge` panicked: {text}\n  ({why})\n{}",
        written(transcript)
    );
}
