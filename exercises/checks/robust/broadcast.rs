use super::*;
use std::{
    any::Any,
    cell::RefCell,
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Write},
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How many lines are said at most until a peer whose output failed is out.
const LINES_UNTIL_OUT: usize = 50;

#[test]
fn all_others_hear_what_one_says() {
    let test = Test::start();
    for number in 1..=3 {
        test.enters(number, Habit::Takes);
    }
    for line in [
        "hello",
        "",
        &random_line(),
        "what a line: \u{e4}\u{3042} \t",
    ] {
        for speaker in [1, 2, 2, 3] {
            test.says(speaker, line);
            test.wants_all_heard();
        }
    }
    test.wants_here(3, "nobody has left");
}

#[test]
fn many_lines_come_whole_and_in_order() {
    let test = Test::start();
    for number in 1..=4 {
        test.enters(number, Habit::Takes);
    }
    for turn in 0..40 {
        test.says(1 + turn % 4, &format!("{turn} {}", random_line()));
        test.wants_all_heard();
    }
    // All at once: the queue has room for so many, even if a line that was just written still counts.
    for turn in 1..QUEUE {
        test.says(1, &format!("{turn} at once"));
    }
    test.wants_all_heard();
    test.wants_here(4, "no more than `QUEUE` lines waited for anybody");
}

#[test]
fn nobody_hears_what_was_said_before() {
    let test = Test::start();
    test.enters(1, Habit::Takes);
    test.says(1, "is nobody here?");
    test.enters(2, Habit::Takes);
    test.says(1, "hello");
    test.says(2, "hello, you");
    test.wants_all_heard();
}

#[test]
fn one_that_takes_nothing_holds_up_only_itself() {
    let test = Test::start();
    test.enters(1, Habit::Takes);
    test.enters(2, Habit::TakesNothing);
    test.enters(3, Habit::Takes);
    test.says(1, "the first");
    test.wants_a_waiting_write(2);
    test.enters(4, Habit::Takes);
    for turn in 1..QUEUE {
        test.says(if turn % 2 == 0 { 1 } else { 3 }, &format!("{turn} more"));
        test.wants_all_heard();
        test.wants_here(
            4,
            &format!(
                "a write to peer 2 waits, and no more than {turn} lines behind it, fewer than `QUEUE`"
            ),
        );
    }
    // It may speak, and its own line is none that waits for it.
    test.says(2, "I don't read");
    test.wants_all_heard();
    // Whether the line in the waiting write still counts among those in the queue, either is right.
    test.says(1, "this one may be too many");
    test.says(1, "this one is");
    test.wants_all_heard();
    test.wants_here(
        3,
        "for peer 2, more than `QUEUE` lines would wait. It alone has to go, when there is no room for a line",
    );
    for _ in 0..QUEUE {
        test.says(3, "does everybody else hear?");
        test.wants_all_heard();
    }
    test.wants_here(3, "peer 2 was sent away, and all others keep up");
    test.now_takes(2);
    test.wants_closed(
        2,
        "it did not keep up and is out of the room, and now takes what it is sent",
    );
    test.wants_no_gap(2);
}

#[test]
fn each_one_that_keeps_up_hears_when_many_do_not() {
    let test = Test::start();
    let stuck = |number: u64| matches!(number, 2 | 3 | 6 | 9 | 10 | 12 | 14 | 15);
    for number in 1..=16 {
        test.enters(
            number,
            if stuck(number) {
                Habit::TakesNothing
            } else {
                Habit::Takes
            },
        );
    }
    let (others, left) = (1..=16).partition::<Vec<u64>, _>(|number| stuck(*number));
    test.says(1, "the first");
    for number in &others {
        test.wants_a_waiting_write(*number);
    }
    for turn in 0..2 * QUEUE {
        test.says(left[turn % left.len()], &format!("line {turn}"));
        test.wants_all_heard();
    }
    test.wants_here(
        left.len(),
        &format!("{} peers of 16 took nothing", others.len()),
    );
}

#[test]
fn one_whose_output_fails_is_the_end_of_nobody_else() {
    for dead in [&[2][..], &[1, 4, 5, 8]] {
        let test = Test::start();
        for number in 1..=9 {
            test.enters(
                number,
                if dead.contains(&number) {
                    Habit::Fails
                } else {
                    Habit::Takes
                },
            );
        }
        test.says(3, "hello");
        test.wants_all_heard();
        for number in dead {
            test.wants_closed(*number, "a write to it failed with BrokenPipe");
        }
        let left = 9 - dead.len();
        for turn in 0.. {
            test.says(if turn % 2 == 0 { 3 } else { 9 }, &random_line());
            test.wants_all_heard();
            if test.count() == left {
                break;
            }
            assert!(
                turn < LINES_UNTIL_OUT && test.count() > left,
                "{} of 9 peers have an output that fails, and {} are in the room, not {left}, when {} lines were \
                 said: whoever's thread has ended can't take a line any more (`try_send` says so) and has to go, and \
                 nobody else",
                dead.len(),
                test.count(),
                turn + 2
            );
            // The thread has dropped its output, and needs a moment for the rest.
            thread::sleep(Duration::from_millis(5));
        }
        test.says(3, "and now");
        test.says(9, "the rest");
        test.wants_all_heard();
        test.wants_here(left, "nobody else has gone");
    }
}

#[test]
fn whoever_leaves_is_closed() {
    let test = Test::start();
    for number in 1..=3 {
        test.enters(number, Habit::Takes);
    }
    test.says(1, "stay!");
    test.wants_all_heard();
    test.leaves(2);
    test.wants_closed(2, "it left the room, and no line waits for it");
    test.wants_here(2, "one of three has left");
    test.says(3, "gone");
    test.wants_all_heard();
}

/// What a peer is like.
#[derive(Clone, Copy, PartialEq)]
enum Habit {
    /// Takes what it is sent, a few bytes a time.
    Takes,
    /// A write to it waits.
    TakesNothing,
    /// A write to it fails.
    Fails,
}

/// Whatever happens, with the peer's number.
enum Event {
    /// These bytes were written to it.
    Heard(u64, Vec<u8>),
    /// A write to it waits.
    WriteWaits(u64),
    /// It was written to again after a write had failed.
    WrittenAgain(u64),
    /// Its output was dropped.
    Closed(u64),
    /// A call of the learner's method has returned or panicked.
    Returned(thread::Result<()>),
}

/// A peer's connection.
struct Output {
    number: u64,
    habit: Habit,
    /// How many writes have failed.
    failed: usize,
    events: Sender<Event>,
    /// What ends the waiting of a write.
    patience: Receiver<()>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A buffered writer that is dropped tries once more what it still holds.
        if self.failed > 1 {
            let _ = self.events.send(Event::WrittenAgain(self.number));
            // Whoever writes again and again comes here again and again. Spare the machine.
            thread::sleep(Duration::from_millis(20));
        }
        if self.habit == Habit::TakesNothing {
            let _ = self.events.send(Event::WriteWaits(self.number));
            match self.patience.recv() {
                Ok(()) => self.habit = Habit::Takes,
                Err(_) => self.habit = Habit::Fails,
            }
        }
        if self.habit == Habit::Fails {
            self.failed += 1;
            return Err(ErrorKind::BrokenPipe.into());
        }
        let length = bytes.len().min(9);
        let _ = self
            .events
            .send(Event::Heard(self.number, bytes[..length].to_vec()));
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Closed(self.number));
    }
}

/// What is known of a peer.
struct Peer {
    habit: Habit,
    /// Whether it was in the room, so far as it is the test's doing.
    here: bool,
    /// The lines that others said while it was there, and what it heard of them.
    said: Vec<u8>,
    heard: Vec<u8>,
    /// What it said itself last.
    own: String,
    waits: bool,
    closed: bool,
    patience: Sender<()>,
}

/// The learner's room, and those in it.
struct Test {
    room: Arc<Room>,
    sender: Sender<Event>,
    events: Receiver<Event>,
    peers: RefCell<BTreeMap<u64, Peer>>,
}

impl Test {
    fn start() -> Self {
        let (sender, events) = mpsc::channel();
        Test {
            room: Arc::default(),
            sender,
            events,
            peers: RefCell::default(),
        }
    }

    /// Calls a method on a thread of its own, and waits for its end.
    fn call<T: Send + 'static>(
        &self,
        what: &str,
        method: impl FnOnce(&Room) -> T + Send + 'static,
    ) -> T {
        let (room, ended) = (Arc::clone(&self.room), self.sender.clone());
        let (result, value) = mpsc::channel();
        thread::spawn(move || {
            let end = panic::catch_unwind(AssertUnwindSafe(|| {
                let _ = result.send(method(&room));
            }));
            let _ = ended.send(Event::Returned(end));
        });
        loop {
            match self.next() {
                Some(Some(end)) => match end {
                    Ok(()) => return value.recv().unwrap(),
                    Err(panic) => report_panic(what, panic),
                },
                Some(None) => {}
                None => panic!(
                    "`{what}` has not returned after {DEADLINE:?}{}: what does it wait for? A write, a `send` into a \
                     full queue, or the lock, while another thread has it and waits?",
                    self.story()
                ),
            }
        }
    }

    fn enters(&self, number: u64, habit: Habit) {
        let (patience, waits) = mpsc::channel();
        let peer = Peer {
            habit,
            here: true,
            said: Vec::new(),
            heard: Vec::new(),
            own: String::new(),
            waits: false,
            closed: false,
            patience,
        };
        self.peers.borrow_mut().insert(number, peer);
        let output = Output {
            number,
            habit,
            failed: 0,
            events: self.sender.clone(),
            patience: waits,
        };
        self.call("enter", move |room| room.enter(number, output));
    }

    fn says(&self, speaker: u64, line: &str) {
        for (number, peer) in self.peers.borrow_mut().iter_mut() {
            if *number == speaker {
                peer.own = line.to_owned();
            } else if peer.here {
                peer.said.extend_from_slice(line.as_bytes());
                peer.said.push(b'\n');
            }
        }
        let line = line.to_owned();
        self.call("tell_others", move |room| room.tell_others(speaker, &line));
    }

    fn leaves(&self, number: u64) {
        self.peers.borrow_mut().get_mut(&number).unwrap().here = false;
        self.call("leave", move |room| room.leave(number));
    }

    fn count(&self) -> usize {
        self.call("count", Room::count)
    }

    /// A peer that took nothing takes what comes, from now on.
    fn now_takes(&self, number: u64) {
        let _ = self.peers.borrow()[&number].patience.send(());
    }

    /// Takes the next event in. Gives nothing when none came in time, and the end of a call if it was that.
    fn next(&self) -> Option<Option<thread::Result<()>>> {
        let event = self.events.recv_timeout(DEADLINE).ok()?;
        let mut peers = self.peers.borrow_mut();
        match event {
            Event::Heard(number, bytes) => peers.get_mut(&number)?.heard.extend(bytes),
            Event::WriteWaits(number) => peers.get_mut(&number)?.waits = true,
            Event::Closed(number) => peers.get_mut(&number)?.closed = true,
            Event::WrittenAgain(number) => panic!(
                "a write to peer {number} failed, and it is written to again: when a write fails, its thread has \
                 nothing more to do"
            ),
            Event::Returned(end) => return Some(Some(end)),
        }
        Some(None)
    }

    /// Waits until everybody who takes lines has heard all that was said, and nothing else.
    fn wants_all_heard(&self) {
        loop {
            let mut missing = None;
            for (number, peer) in self.peers.borrow().iter() {
                if peer.habit != Habit::Takes || !peer.here {
                    continue;
                }
                if !peer.said.starts_with(&peer.heard) {
                    self.complains_of_what_was_heard(*number, peer);
                }
                if peer.closed {
                    panic!(
                        "the output of peer {number} was dropped, and it takes each line at once{}: only those go \
                         who have no room for a line, or whose output fails, or who leave. Is the queue large enough \
                         (`QUEUE`)?",
                        self.story()
                    );
                }
                if peer.heard.len() < peer.said.len() {
                    let cut = !peer.heard.is_empty() && !peer.heard.ends_with(b"\n");
                    missing = Some((*number, cut, shown(&peer.heard, &peer.said)));
                }
            }
            let Some((number, cut, shown)) = missing else {
                return;
            };
            if self.next().is_none() {
                let look = if cut {
                    "a line comes whole, and with an LF (`write` may take only a part of it, `write_all` sends the \
                     rest)"
                } else {
                    "does each line go to all others, whatever becomes of one of them, and does nobody write but \
                     each one's own thread?"
                };
                panic!(
                    "peer {number} heard {}, then was to hear {}, and nothing came within {DEADLINE:?}{}: {look}",
                    shown.0,
                    shown.1,
                    self.story()
                );
            }
        }
    }

    fn complains_of_what_was_heard(&self, number: u64, peer: &Peer) -> ! {
        let same = common(&peer.heard, &peer.said);
        let own = format!("{}\n", peer.own);
        let begin = peer.said[..same]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        assert!(
            !peer.heard[begin..].starts_with(own.as_bytes())
                || peer.said[begin..].starts_with(own.as_bytes()),
            "peer {number} heard {own:?}, which it said itself: the line goes to all *others*"
        );
        let (before, wanted) = shown(&peer.heard[..same], &peer.said);
        panic!(
            "peer {number} heard {before}, and then \"{}\", not {wanted}{}: each line comes once, whole, in order, \
             and with an LF (`write` may take only a part)",
            peer.heard[same..peer.heard.len().min(same + 40)].escape_ascii(),
            self.story()
        );
    }

    fn wants_a_waiting_write(&self, number: u64) {
        while !self.peers.borrow()[&number].waits {
            if self.next().is_none() {
                panic!(
                    "a line was said, and nobody writes it to peer {number} within {DEADLINE:?}{}: does each one \
                     have a thread of its own?",
                    self.story()
                );
            }
        }
    }

    fn wants_here(&self, wanted: usize, story: &str) {
        let count = self.count();
        assert!(
            count >= wanted,
            "{count} are in the room, not {wanted} ({story}): is the queue large enough (`QUEUE`), and is only that \
             one sent away that has no room for a line?"
        );
        assert!(
            count <= wanted,
            "{count} are in the room, not {wanted} ({story}): has each queue an end (`QUEUE`), and is whoever has no \
             room left taken out of the room?"
        );
    }

    /// Waits until a peer's output was dropped.
    fn wants_closed(&self, number: u64, story: &str) {
        while !self.peers.borrow()[&number].closed {
            if self.next().is_none() {
                panic!(
                    "the output of peer {number} was not dropped within {DEADLINE:?} ({story}), so its connection \
                     stays open: does its thread end then? The loop over a queue ends when the *last* sender of it \
                     is gone"
                );
            }
        }
    }

    /// What one heard who did not keep up is the beginning of what was said.
    fn wants_no_gap(&self, number: u64) {
        let peers = self.peers.borrow();
        let peer = &peers[&number];
        if !peer.said.starts_with(&peer.heard) {
            let same = common(&peer.heard, &peer.said);
            panic!(
                "peer {number} did not keep up, and heard \"…{}\", where \"…{}\" was said: a line that is left out \
                 must not be followed by others",
                peer.heard[same.saturating_sub(20)..].escape_ascii(),
                peer.said[same.saturating_sub(20)..peer.said.len().min(same + 20)].escape_ascii()
            );
        }
        let lines = peer.heard.iter().filter(|byte| **byte == b'\n').count();
        assert!(
            lines <= QUEUE + 1,
            "for peer {number}, {} lines waited behind the one in the waiting write, more than `QUEUE`",
            lines - 1
        );
    }

    /// Which peers are of a kind that explains what does not come.
    fn story(&self) -> String {
        let peers = self.peers.borrow();
        let of = |habit| -> Vec<String> {
            let numbers = peers.iter().filter(|(_, peer)| peer.habit == habit);
            numbers.map(|(number, _)| number.to_string()).collect()
        };
        let mut story = String::new();
        for (habit, does) in [(Habit::TakesNothing, "wait"), (Habit::Fails, "fail")] {
            let numbers = of(habit);
            match numbers.len() {
                0 => {}
                1 => story += &format!(" (a write to peer {} {does}s)", numbers[0]),
                _ => story += &format!(" (writes to the peers {} {does})", numbers.join(", ")),
            }
        }
        story
    }
}

/// How many bytes two texts have in common at their beginning.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// The end of what was heard, and what should follow.
fn shown(heard: &[u8], said: &[u8]) -> (String, String) {
    let heard_of = |begin: usize, end: usize| format!("\"{}\"", said[begin..end].escape_ascii());
    let end = heard.len();
    let before = match end {
        0 => "nothing".to_owned(),
        1..=40 => heard_of(0, end),
        _ => format!("\"…{}\"", said[end - 40..end].escape_ascii()),
    };
    (before, heard_of(end, said.len().min(end + 40)))
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_line() -> String {
    format!("random {}", RandomState::new().hash_one(0))
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(method: &str, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `{method}` panicked: {why}. A queue that is full or has nobody at its other end is nothing unusual"
    );
}
