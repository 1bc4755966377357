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

/// The only name that may be asked for.
const VARIABLE: &str = "LOOPBACK_MAIL_PASSWORD";

#[test]
fn debug_shows_no_password() {
    shown_alike("{:?}", |credentials| format!("{credentials:?}"));
    shown_alike("{:#?}", |credentials| format!("{credentials:#?}"));
    shown_alike("{:?} in an Option", |credentials| {
        format!("{:?}", Some(credentials))
    });
}

#[test]
fn display_shows_no_password() {
    shown_alike("{}", |credentials| format!("{credentials}"));
    shown_alike("to_string()", |credentials| credentials.to_string());
}

#[test]
fn plain_is_nul_user_nul_password() {
    let mut questions = Vec::new();
    for user in users() {
        for password in passwords() {
            questions.push((user.clone(), Variable::Is(password)));
        }
    }
    ask(
        questions,
        |(user, variable)| {
            let credentials = made(user, variable)?;
            credentials.sasl_plain(true)
        },
        call,
        |question, answer| {
            let (user, Variable::Is(password)) = question else {
                return;
            };
            let wanted = [b"\0", user.as_bytes(), b"\0", password.as_bytes()].concat();
            match answer {
                Ok(got) => assert!(
                    got == wanted,
                    "`sasl_plain(true)` of {}must give {} and gives {}: {}",
                    of(question),
                    shown(&wanted),
                    shown(&got),
                    if got.first() != Some(&0) {
                        "the first part is the authorization identity. It is empty here, but the NUL \
                         behind it is there"
                    } else if password.trim() != password {
                        "a space is a part of the password, wherever it stands"
                    } else {
                        "NUL, user, NUL, password, and nothing else"
                    }
                ),
                Err(error) => panic!(
                    "with {}the connection is encrypted and nothing is amiss, but there is the \
                     error {error:?}",
                    of(question)
                ),
            }
        },
    );
}

#[test]
fn without_tls_nothing_is_given() {
    let questions = users()
        .into_iter()
        .flat_map(|user| passwords().map(|password| (user.clone(), Variable::Is(password))))
        .collect();
    ask(
        questions,
        |(user, variable)| made(user, variable).map(|credentials| credentials.sasl_plain(false)),
        call,
        |question, answer| match answer {
            Err(error) => panic!(
                "{}gives the error {error:?}, and is a good one",
                of(question)
            ),
            Ok(Ok(bytes)) => panic!(
                "`sasl_plain(false)` of {}must be an error and is {}: without TLS everybody on the \
                 way can read it. Base64 is no secret",
                of(question),
                shown(&bytes)
            ),
            Ok(Err(error)) => {
                let like = made(&question.0, &Variable::Is(random_word()))
                    .and_then(|credentials| credentials.sasl_plain(false))
                    .err();
                line(&error, "`sasl_plain(false)`");
                assert!(
                    like.as_ref() == Some(&error),
                    "`sasl_plain(false)` of {}gives the error {error:?}, and with another password \
                     {like:?}: an error tells nothing of the password",
                    of(question)
                );
            }
        },
    );
}

#[test]
fn a_password_that_is_not_set_is_an_error() {
    refused(vec![Variable::NotSet], "the variable is not set");
}

#[test]
fn an_empty_password_is_an_error() {
    refused(
        vec![Variable::Is(String::new())],
        "the variable is empty, and no password is empty",
    );
}

#[test]
fn a_password_that_is_not_utf_8_is_an_error() {
    let secret = random_word();
    refused(
        vec![
            Variable::NotUnicode("lovelace".into()),
            Variable::NotUnicode(secret.clone()),
            Variable::NotUnicode(format!("{secret}{secret}")),
        ],
        "the variable is not UTF-8",
    );
}

#[test]
fn a_nul_is_an_error() {
    let secret = random_word();
    refused(
        vec![
            Variable::Is("love\0lace".into()),
            Variable::Is(format!("{secret}\0")),
            Variable::Is(format!("\0{secret}{secret}")),
            Variable::Is("\0".into()),
        ],
        "there is a NUL in the password, and a NUL would end it",
    );
}

#[test]
fn a_user_is_not_empty_and_has_no_nul() {
    let questions = ["", "\0", "ada\0grace", "ada\0", "\0ada"]
        .map(|user| (user.to_owned(), Variable::Is(random_word())));
    ask(
        questions.into(),
        |(user, variable)| made(user, variable).map(|_| ()),
        call,
        |question, answer| {
            let Err(error) = answer else {
                panic!(
                    "{}must be an error: a user's name is not empty, and a NUL in it would end it, \
                     so that another user signs in",
                    call(question)
                )
            };
            line(&error, "`from_environment`");
            let other = (question.0.clone(), Variable::Is(random_word()));
            let like = made(&other.0, &other.1).err();
            assert!(
                like.as_ref() == Some(&error),
                "{}gives {error:?}, and with another password {like:?}: an error tells nothing of \
                 the password",
                call(question)
            );
        },
    );
}

#[test]
fn what_stands_behind_pass_is_not_logged() {
    let secret = random_word();
    log(&[
        ("PASS lovelace", "PASS ***"),
        ("pass lovelace", "pass ***"),
        ("Pass lovelace", "Pass ***"),
        ("PASS x", "PASS ***"),
        ("PASS a long one with spaces", "PASS ***"),
        ("PASS  lovelace", "PASS ***"),
        ("PASS PASS", "PASS ***"),
        ("PASS AUTH PLAIN x", "PASS ***"),
        ("PASS žluťoučký kůň", "PASS ***"),
        (&format!("PASS {secret}"), "PASS ***"),
        (&format!("PASS {}", secret.repeat(99)), "PASS ***"),
        ("PASS ***", "PASS ***"),
    ]);
}

#[test]
fn what_stands_behind_auth_and_a_mechanism_is_not_logged() {
    let secret = random_word();
    log(&[
        ("AUTH PLAIN AGFkYQBsb3ZlbGFjZQ==", "AUTH PLAIN ***"),
        ("auth plain AGFkYQBsb3ZlbGFjZQ==", "auth plain ***"),
        ("Auth Plain AGFkYQBsb3ZlbGFjZQ==", "Auth Plain ***"),
        ("AUTH LOGIN YWRh", "AUTH LOGIN ***"),
        ("AUTH SCRAM-SHA-256 bixhPWFkYQ==", "AUTH SCRAM-SHA-256 ***"),
        ("AUTH PLAIN =", "AUTH PLAIN ***"),
        ("AUTH PLAIN two words", "AUTH PLAIN ***"),
        (&format!("AUTH PLAIN {secret}"), "AUTH PLAIN ***"),
        (&format!("AUTH XOAUTH2 {secret}"), "AUTH XOAUTH2 ***"),
    ]);
}

#[test]
fn other_commands_are_logged_as_they_are() {
    let word = random_word();
    for command in [
        "EHLO client.example",
        "USER ada",
        "MAIL FROM:<ada@loopback.example> AUTH=<>",
        "RCPT TO:<pass@loopback.example>",
        "AUTH PLAIN",
        "AUTH LOGIN",
        "auth plain",
        "AUTH",
        "PASS",
        "STAT",
        "PASSIVE voice here",
        "AUTHOR of it",
        "NOOP PASS x",
        "NOOP AUTH PLAIN x",
        "XPASS x",
        "LIST 1",
        "",
        "é",
        // In capitals, as `to_uppercase` makes them, these begin with PASS.
        "paß word",
        "paſſ word",
        &word,
        &format!("TOP 1 {word}"),
    ] {
        log(&[(command, command)]);
    }
}

/// What the environment says of the variable.
#[derive(Clone, Debug)]
enum Variable {
    Is(String),
    NotSet,
    /// This, and a byte behind it that makes it no UTF-8.
    NotUnicode(String),
}

type Question = (String, Variable);

/// Asks the learner's `from_environment`, and fails where it asks for another variable.
fn made(user: &str, variable: &Variable) -> Result<Credentials, String> {
    let foreign = std::cell::RefCell::new(None);
    let count = std::cell::Cell::new(0);
    let answer = Credentials::from_environment(user, |name| {
        count.set(count.get() + 1);
        if name != VARIABLE {
            foreign.replace(Some(name.to_owned()));
            return Err(VarError::NotPresent);
        }
        match variable {
            Variable::Is(text) => Ok(text.clone()),
            Variable::NotSet => Err(VarError::NotPresent),
            Variable::NotUnicode(text) => Err(VarError::NotUnicode(not_unicode(text))),
        }
    });
    if let Some(name) = foreign.into_inner() {
        panic!(
            "`from_environment` asks for the variable {name:?}, and may ask for {VARIABLE} alone"
        );
    }
    assert!(
        count.get() > 0 || answer.is_err(),
        "`from_environment` never asked for {VARIABLE}: where does the password come from?"
    );
    answer
}

#[cfg(unix)]
fn not_unicode(text: &str) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec([text.as_bytes(), b"\xff"].concat())
}

/// Not every system has a way to make one; there the text alone stands for it.
#[cfg(not(unix))]
fn not_unicode(text: &str) -> std::ffi::OsString {
    text.into()
}

fn call((user, variable): &Question) -> String {
    format!("`from_environment({user:?}, …)` with the variable {variable:?} ")
}

fn of((user, variable): &Question) -> String {
    match variable {
        Variable::Is(password) => format!("user {user:?} and password {password:?} "),
        other => format!("user {user:?} and {other:?} "),
    }
}

fn users() -> Vec<String> {
    let word = random_word();
    vec![
        "ada".into(),
        "grace@loopback.example".into(),
        "józef".into(),
        format!("u{word}"),
    ]
}

/// Long and short ones; some are the name of a user, or look like a part of a text.
fn passwords() -> [String; 12] {
    let word = random_word();
    [
        "lovelace".into(),
        "lovelady".into(),
        "x".into(),
        "ada".into(),
        "***".into(),
        "two words".into(),
        " space before".into(),
        "space behind ".into(),
        "žluťoučký kůň".into(),
        "\"quoted\"\t\\".into(),
        word.repeat(20),
        word,
    ]
}

/// One format, for all users and passwords: the text shows the user, and does not depend on the
/// password.
fn shown_alike(format: &'static str, text: fn(&Credentials) -> String) {
    for user in users() {
        let (sender, texts) = mpsc::channel();
        let questions = passwords().map(|password| (user.clone(), Variable::Is(password)));
        let mut first = None;
        let asked = questions.clone();
        thread::spawn(move || {
            for (user, variable) in asked {
                let answer = panic::catch_unwind(AssertUnwindSafe(|| {
                    made(&user, &variable).map(|credentials| text(&credentials))
                }));
                let panicked = answer.is_err();
                if sender.send(answer).is_err() || panicked {
                    break;
                }
            }
        });
        for question in questions {
            let got = match texts.recv_timeout(DEADLINE) {
                Ok(Ok(Ok(got))) => got,
                Ok(Ok(Err(error))) => {
                    panic!(
                        "{}gives the error {error:?}, and nothing is amiss",
                        call(&question)
                    )
                }
                Ok(Err(panic)) => report_panic(&call(&question), panic),
                Err(_) => panic!("`{format}` has not returned after {DEADLINE:?}"),
            };
            let (_, Variable::Is(password)) = &question else {
                continue;
            };
            assert!(
                got.contains(&user),
                "`{format}` of {}is {got:?}, which does not name the user {user:?}",
                of(&question)
            );
            assert!(
                password.len() < 8 || !got.contains(password),
                "`{format}` of {}shows the password: {got:?}. Is its `Debug` derived?",
                of(&question)
            );
            let (other, before) = first.get_or_insert((password.clone(), got.clone()));
            assert!(
                *before == got,
                "`{format}` is {before:?} for the password {other:?}, and {got:?} for {password:?}: \
                 it depends on the password. The text must be the same for all, in its length, too"
            );
        }
    }
}

/// Each is an error that names the variable, and all have the same text.
fn refused(variables: Vec<Variable>, why: &'static str) {
    let questions: Vec<(Question, &str)> = variables
        .into_iter()
        .map(|variable| (("ada".into(), variable), why))
        .collect();
    let first = questions[0].0.clone();
    ask(
        questions.clone(),
        |((user, variable), _)| made(user, variable).map(|_| ()),
        |(question, _)| call(question),
        |(question, why), answer| {
            let Err(error) = answer else {
                panic!("{}must be an error and is none: {why}", call(question))
            };
            line(&error, &call(question));
            assert!(
                error.contains(VARIABLE),
                "{}gives the error {error:?}: does the user know what to set? It must name {VARIABLE}",
                call(question)
            );
        },
    );
    let text = |(user, variable): &Question| made(user, variable).err();
    for (question, _) in questions {
        let (one, other) = (text(&first), text(&question));
        assert!(
            one == other,
            "{}gives the error {}, and {}gives {}: it tells something of the value, which may be a \
             password. Does it print a `VarError`?",
            call(&first),
            one.unwrap_or_default(),
            call(&question),
            other.unwrap_or_default()
        );
    }
}

fn line(error: &str, call: &str) {
    assert!(
        !error.trim().is_empty() && !error.contains('\n'),
        "{call} gives the error {error:?}: an error is one line that says what is amiss"
    );
}

fn log(cases: &[(&str, &str)]) {
    let cases: Vec<(String, String)> = cases
        .iter()
        .map(|(command, wanted)| (command.to_string(), wanted.to_string()))
        .collect();
    ask(
        cases,
        |(command, _)| for_the_log(command),
        |(command, _)| format!("`for_the_log({command:?})`"),
        |(command, wanted), got| {
            assert!(
                *wanted == got,
                "`for_the_log({command:?})` must be {wanted:?} and is {got:?}: {}",
                if command == wanted {
                    "there is no secret in it, and the log must show what was sent"
                } else if got == *command {
                    "the secret is in the log"
                } else if got.chars().filter(|c| *c == '*').count() > 3 {
                    "the number of stars tells the length"
                } else if !got.contains(command.split(' ').next().unwrap_or_default()) {
                    "what is not hidden stays as it is"
                } else if command.len() > 5 && got.to_ascii_uppercase().starts_with("AUTH ***") {
                    "the mechanism is no secret"
                } else {
                    "everything behind is hidden, and three stars are there for it"
                }
            );
        },
    );
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
                "{} has not returned after {DEADLINE:?}: is there an endless loop?",
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
    // What the check itself found out on the learner's thread is handed on, too.
    if why.starts_with("not yet implemented") || why.starts_with("`from_environment` ") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your {call} panicked: {why}. What comes from outside may be missing or strange, and a panic would show it"
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
