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

/// The messages in the mailbox, by their letters: 1, 22, 333 and 4444 bytes.
const MAILBOX: &str = "abcd";

#[test]
fn ada_signs_in() {
    session("ada signs in with her password", "abcd", &[]);
    session(
        "In TRANSACTION nobody signs in again",
        "abcd",
        &[
            (user("ada"), Reply::Err),
            (pass("lovelace"), Reply::Err),
            (Command::Noop, Reply::Ok),
        ],
    );
}

#[test]
fn nobody_else_signs_in() {
    let closed = [
        Command::Stat,
        Command::List(None),
        Command::List(Some(1)),
        Command::Retr(1),
        Command::Dele(1),
        Command::Rset,
        Command::Noop,
    ];
    for command in &closed {
        unsigned(
            "In AUTHORIZATION there is no such command, and nobody has signed in",
            &[
                (command.clone(), Reply::Err),
                (user("ada"), Reply::Ok),
                (command.clone(), Reply::Err),
            ],
        );
    }
    let word = random_word();
    for (name, password) in [
        ("ada", ""),
        ("ada", "Lovelace"),
        ("ada", "ada"),
        ("Ada", "lovelace"),
        ("", "lovelace"),
        ("", ""),
        (&word, "lovelace"),
        ("ada", &word),
    ] {
        unsigned(
            "`User` is `Ok` whatever the name, and `may_sign_in` decides at `Pass`. Whoever says at \
             USER which names there are, helps those who guess",
            &[
                (user(name), Reply::Ok),
                (pass(password), Reply::Err),
                (Command::Stat, Reply::Err),
                (Command::Retr(1), Reply::Err),
            ],
        );
    }
}

#[test]
fn pass_comes_right_behind_user() {
    let hint = "`Pass` comes right behind `User`; after anything else, also after a refused \
                `Pass`, `User` is needed again";
    unsigned(
        hint,
        &[(pass("lovelace"), Reply::Err), (Command::Stat, Reply::Err)],
    );
    unsigned(
        hint,
        &[
            (user("ada"), Reply::Ok),
            (pass("wrong"), Reply::Err),
            (pass("lovelace"), Reply::Err),
        ],
    );
    for between in [
        Command::Noop,
        Command::Stat,
        Command::Rset,
        Command::Dele(1),
    ] {
        unsigned(
            hint,
            &[
                (user("ada"), Reply::Ok),
                (between, Reply::Err),
                (pass("lovelace"), Reply::Err),
                (Command::List(None), Reply::Err),
                (user("ada"), Reply::Ok),
                (pass("lovelace"), Reply::Ok),
                (Command::Noop, Reply::Ok),
            ],
        );
    }
    unsigned(
        "A second `User` replaces the first",
        &[
            (user("grace"), Reply::Ok),
            (user("ada"), Reply::Ok),
            (pass("lovelace"), Reply::Ok),
            (Command::Noop, Reply::Ok),
        ],
    );
    unsigned(
        "A second `User` replaces the first",
        &[
            (user("ada"), Reply::Ok),
            (user("grace"), Reply::Ok),
            (pass("lovelace"), Reply::Err),
        ],
    );
}

#[test]
fn messages_are_listed_and_given() {
    session(
        "Messages are counted from 1",
        "abcd",
        &[
            (
                Command::Stat,
                Reply::Stat {
                    count: 4,
                    bytes: 4800,
                },
            ),
            (
                Command::List(None),
                Reply::List(vec![(1, 1), (2, 22), (3, 333), (4, 4444)]),
            ),
            (Command::List(Some(3)), Reply::List(vec![(3, 333)])),
            (Command::Retr(1), Reply::Message(message('a'))),
            (Command::Retr(4), Reply::Message(message('d'))),
            (Command::Retr(4), Reply::Message(message('d'))),
        ],
    );
    for number in [0, 5, 6, usize::MAX] {
        session(
            "There is no such message: they are counted from 1, and here are 4",
            "abcd",
            &[
                (Command::Retr(number), Reply::Err),
                (Command::List(Some(number)), Reply::Err),
                (Command::Dele(number), Reply::Err),
                (
                    Command::Stat,
                    Reply::Stat {
                        count: 4,
                        bytes: 4800,
                    },
                ),
                (Command::Quit, Reply::Ok),
            ],
        );
    }
}

#[test]
fn a_mailbox_may_be_empty() {
    let steps = [
        (user("ada"), Reply::Ok),
        (pass("lovelace"), Reply::Ok),
        (Command::Stat, Reply::Stat { count: 0, bytes: 0 }),
        (Command::List(None), Reply::List(vec![])),
        (Command::Retr(1), Reply::Err),
        (Command::Dele(1), Reply::Err),
        (Command::Dele(0), Reply::Err),
        (Command::Quit, Reply::Ok),
    ];
    judge("The mailbox is empty, and that is no error", "", "", &steps);
}

#[test]
fn what_is_marked_is_not_there() {
    session(
        "A message that is marked is in no list, and cannot be asked for; so DELE of it is `Err`, too",
        "abcd",
        &[
            (Command::Dele(2), Reply::Ok),
            (
                Command::Stat,
                Reply::Stat {
                    count: 3,
                    bytes: 4778,
                },
            ),
            (
                Command::List(None),
                Reply::List(vec![(1, 1), (3, 333), (4, 4444)]),
            ),
            (Command::List(Some(2)), Reply::Err),
            (Command::Retr(2), Reply::Err),
            (Command::Dele(2), Reply::Err),
            (
                Command::Stat,
                Reply::Stat {
                    count: 3,
                    bytes: 4778,
                },
            ),
        ],
    );
}

#[test]
fn numbers_do_not_move() {
    session(
        "A message's number stays the same for the whole session",
        "bd",
        &[
            (Command::Dele(1), Reply::Ok),
            (Command::Retr(2), Reply::Message(message('b'))),
            (Command::Retr(1), Reply::Err),
            (Command::List(Some(4)), Reply::List(vec![(4, 4444)])),
            (Command::Dele(3), Reply::Ok),
            (Command::List(None), Reply::List(vec![(2, 22), (4, 4444)])),
            (Command::Retr(4), Reply::Message(message('d'))),
            (Command::Retr(2), Reply::Message(message('b'))),
            (Command::Quit, Reply::Ok),
        ],
    );
    session(
        "A message's number stays the same for the whole session",
        "",
        &[
            (Command::Dele(4), Reply::Ok),
            (Command::Dele(1), Reply::Ok),
            (Command::Dele(2), Reply::Ok),
            (Command::Dele(3), Reply::Ok),
            (Command::Stat, Reply::Stat { count: 0, bytes: 0 }),
            (Command::List(None), Reply::List(vec![])),
            (Command::Quit, Reply::Ok),
        ],
    );
}

#[test]
fn rset_takes_all_marks_away() {
    session(
        "`Rset` takes all marks away, and changes nothing else",
        "abcd",
        &[
            (Command::Dele(1), Reply::Ok),
            (Command::Dele(4), Reply::Ok),
            (Command::Rset, Reply::Ok),
            (
                Command::Stat,
                Reply::Stat {
                    count: 4,
                    bytes: 4800,
                },
            ),
            (
                Command::List(None),
                Reply::List(vec![(1, 1), (2, 22), (3, 333), (4, 4444)]),
            ),
            (Command::Retr(1), Reply::Message(message('a'))),
            (Command::Quit, Reply::Ok),
        ],
    );
    session(
        "`Rset` takes all marks away, and a message may be marked again",
        "acd",
        &[
            (Command::Rset, Reply::Ok),
            (Command::Dele(1), Reply::Ok),
            (Command::Rset, Reply::Ok),
            (Command::Dele(2), Reply::Ok),
            (Command::Quit, Reply::Ok),
        ],
    );
}

#[test]
fn quit_deletes_what_is_marked() {
    session(
        "`Quit` in TRANSACTION deletes what is marked, and nothing else",
        "ad",
        &[
            (Command::Dele(3), Reply::Ok),
            (Command::Retr(1), Reply::Message(message('a'))),
            (Command::Dele(2), Reply::Ok),
            (Command::Quit, Reply::Ok),
        ],
    );
    session(
        "A command that is refused changes nothing: what was marked before is deleted",
        "cd",
        &[
            (Command::Dele(1), Reply::Ok),
            (user("ada"), Reply::Err),
            (Command::Dele(2), Reply::Ok),
            (pass("lovelace"), Reply::Err),
            (Command::Dele(1), Reply::Err),
            (Command::Retr(2), Reply::Err),
            (Command::Quit, Reply::Ok),
        ],
    );
    session(
        "Nothing is marked, so `Quit` deletes nothing; RETR is no DELE",
        "abcd",
        &[
            (Command::Retr(1), Reply::Message(message('a'))),
            (Command::Quit, Reply::Ok),
        ],
    );
}

#[test]
fn a_connection_that_breaks_deletes_nothing() {
    let hint = "The connection ended without `Quit`, so nothing is deleted";
    session(
        hint,
        "abcd",
        &[(Command::Dele(1), Reply::Ok), (Command::Dele(3), Reply::Ok)],
    );
    session(
        hint,
        "abcd",
        &[
            (Command::Dele(1), Reply::Ok),
            (Command::Dele(2), Reply::Ok),
            (Command::Dele(3), Reply::Ok),
            (Command::Dele(4), Reply::Ok),
            (Command::Stat, Reply::Stat { count: 0, bytes: 0 }),
            (Command::Noop, Reply::Ok),
        ],
    );
}

#[test]
fn after_quit_the_session_is_over() {
    let mut steps = vec![(Command::Dele(2), Reply::Ok), (Command::Quit, Reply::Ok)];
    for command in [
        Command::Noop,
        Command::Stat,
        Command::Dele(1),
        Command::Rset,
        Command::Retr(1),
        Command::Quit,
        Command::List(None),
        user("ada"),
        pass("lovelace"),
        Command::Dele(3),
    ] {
        steps.push((command, Reply::Err));
    }
    session(
        "After `Quit` every command is `Err` and changes nothing",
        "acd",
        &steps,
    );
    unsigned(
        "`Quit` ends the session in AUTHORIZATION, too",
        &[
            (user("ada"), Reply::Ok),
            (Command::Quit, Reply::Ok),
            (pass("lovelace"), Reply::Err),
            (user("ada"), Reply::Err),
            (pass("lovelace"), Reply::Err),
            (Command::Dele(1), Reply::Err),
            (Command::Quit, Reply::Err),
        ],
    );
}

#[test]
fn any_row_of_commands_is_answered() {
    let mut random = Random::new();
    for _ in 0..300 {
        let mut marked = [false; 4];
        let mut steps = Vec::new();
        for _ in 0..random.below(14) {
            let number = random.below(6);
            let is_there = (1..=4).contains(&number) && !marked[number - 1];
            let listed: Vec<(usize, usize)> = (0..4)
                .filter(|at| !marked[*at])
                .map(|at| (at + 1, [1, 22, 333, 4444][at]))
                .collect();
            let or_err = |reply: Reply| if is_there { reply } else { Reply::Err };
            steps.push(match random.below(7) {
                0 => {
                    marked = [false; 4];
                    (Command::Rset, Reply::Ok)
                }
                1 => (Command::List(None), Reply::List(listed)),
                2 => {
                    let bytes = listed.iter().map(|(_, bytes)| bytes).sum();
                    (
                        Command::Stat,
                        Reply::Stat {
                            count: listed.len(),
                            bytes,
                        },
                    )
                }
                3 => {
                    let letter = MAILBOX.chars().nth(number.wrapping_sub(1)).unwrap_or('-');
                    (
                        Command::Retr(number),
                        or_err(Reply::Message(message(letter))),
                    )
                }
                _ => {
                    if is_there {
                        marked[number - 1] = true;
                    }
                    (Command::Dele(number), or_err(Reply::Ok))
                }
            });
        }
        let quits = random.below(2) == 1;
        if quits {
            steps.push((Command::Quit, Reply::Ok));
        }
        let left: String = MAILBOX
            .chars()
            .zip(marked)
            .filter(|(_, is_marked)| !(quits && *is_marked))
            .map(|(letter, _)| letter)
            .collect();
        session(
            "Marks hide a message, RSET takes them away, numbers stay, and only `Quit` deletes",
            &left,
            &steps,
        );
    }
}

fn user(name: &str) -> Command {
    Command::User(name.into())
}

fn pass(password: &str) -> Command {
    Command::Pass(password.into())
}

/// The message of this letter; its bytes are no text.
fn message(letter: char) -> Vec<u8> {
    match letter {
        'a' => vec![0xff; 1],
        'b' => vec![b'\n'; 22],
        'c' => vec![0; 333],
        'd' => vec![b'd'; 4444],
        _ => vec![],
    }
}

/// A session in which ada signs in first.
fn session(hint: &str, left: &str, steps: &[(Command, Reply)]) {
    let mut all = vec![(user("ada"), Reply::Ok), (pass("lovelace"), Reply::Ok)];
    all.extend(steps.iter().cloned());
    judge(hint, MAILBOX, left, &all);
}

/// A session in which nobody has signed in at its beginning; nothing is deleted.
fn unsigned(hint: &str, steps: &[(Command, Reply)]) {
    judge(hint, MAILBOX, MAILBOX, steps);
}

/// Gives the commands to the learner's session, wants these replies, and these messages to stay.
fn judge(hint: &str, before: &str, left: &str, steps: &[(Command, Reply)]) {
    let commands: Vec<Command> = steps.iter().map(|(command, _)| command.clone()).collect();
    let asked = commands.clone();
    let messages = before.chars().map(message).collect();
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let answer = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut session = Session::begin(messages);
            for command in asked {
                let reply = session.command(command);
                let _ = sender.send(Ok(Happened::Reply(reply)));
            }
            Happened::End(session.end())
        }));
        let _ = sender.send(answer);
    });
    for at in 0..=steps.len() {
        let happened = match verdict.recv_timeout(DEADLINE) {
            Ok(Ok(happened)) => happened,
            Ok(Err(panic)) => report_panic(&said(&commands, at), panic),
            Err(_) => panic!(
                "{}, and your session has not answered after {DEADLINE:?}: is there an endless \
                 loop?",
                said(&commands, at)
            ),
        };
        match happened {
            Happened::Reply(reply) => {
                let wanted = &steps[at].1;
                assert!(
                    reply == *wanted,
                    "{}, and the answer is {}, not {}. {hint}",
                    said(&commands, at),
                    described(&reply),
                    described(wanted)
                );
            }
            Happened::End(messages) => {
                let letters: String = messages
                    .iter()
                    .map(|found| {
                        MAILBOX
                            .chars()
                            .find(|letter| message(*letter) == *found)
                            .unwrap_or('?')
                    })
                    .collect();
                assert!(
                    letters == left,
                    "{}, the connection ends, and of the messages {before:?} your `end` gives \
                     {letters:?}, not {left:?}. {hint}",
                    said(&commands, steps.len().saturating_sub(1))
                );
            }
        }
    }
}

enum Happened {
    Reply(Reply),
    End(Vec<Vec<u8>>),
}

/// The commands up to that one.
fn said(commands: &[Command], at: usize) -> String {
    let commands: Vec<String> = commands
        .iter()
        .take(at + 1)
        .map(|command| format!("{command:?}"))
        .collect();
    match &commands[..] {
        [] => "the client says nothing".into(),
        commands => format!("the client says {}", commands.join(", ")),
    }
}

fn described(reply: &Reply) -> String {
    match reply {
        Reply::Message(message) => {
            format!("a message of {} bytes, {}", message.len(), shown(message))
        }
        other => format!("{other:?}"),
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
        "{call}, and your session panicked: {why}. A number may be 0, or larger than any message's"
    )
}

/// The bytes as Rust would write them, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 20;
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
