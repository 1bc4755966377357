use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// Marked as the last message, or not.
const LAST: bool = true;
const MORE: bool = false;

#[test]
fn each_next_message_is_delivered() {
    judge((0..5).map(|number| (number, MORE)));
    judge([(0, MORE), (1, MORE), (2, LAST)]);
    judge([(0, LAST)]);
}

#[test]
fn a_copy_is_acknowledged_and_not_delivered() {
    judge([(0, MORE), (0, MORE)]);
    judge([
        (0, MORE),
        (1, MORE),
        (1, MORE),
        (1, MORE),
        (1, MORE),
        (2, MORE),
    ]);
    judge((0..20).flat_map(|number| [(number, MORE), (number, MORE)]));
}

#[test]
fn a_copy_of_the_last_message_is_acknowledged_too() {
    judge([(0, MORE), (1, LAST), (1, LAST), (1, LAST), (1, LAST)]);
    judge([(0, LAST), (0, LAST)]);
}

#[test]
fn an_overtaken_copy_is_ignored() {
    judge([(0, MORE), (1, MORE), (0, MORE), (2, MORE)]);
    judge([
        (0, MORE),
        (1, MORE),
        (2, MORE),
        (0, MORE),
        (1, MORE),
        (2, MORE),
        (3, MORE),
    ]);
    judge([(0, MORE), (1, MORE), (2, LAST), (1, MORE), (2, LAST)]);
}

#[test]
fn what_is_not_next_is_ignored() {
    judge([(1, MORE), (0, MORE), (1, MORE)]);
    judge([(0, MORE), (2, MORE), (1, MORE), (2, MORE)]);
    judge([(0, MORE), (200, MORE), (1, MORE), (100, MORE), (2, MORE)]);
    // Nothing was delivered yet, so nothing is a copy.
    judge([(255, MORE), (255, MORE), (0, MORE), (255, MORE), (1, MORE)]);
}

#[test]
fn a_mark_on_what_is_ignored_marks_nothing() {
    judge([(5, LAST), (0, MORE), (1, MORE)]);
    judge([(0, MORE), (2, LAST), (1, MORE), (2, LAST), (2, LAST)]);
    judge([(0, MORE), (1, MORE), (0, LAST), (2, MORE), (2, MORE)]);
}

#[test]
fn behind_the_last_message_nothing_is_delivered() {
    judge([
        (0, MORE),
        (1, LAST),
        (2, MORE),
        (2, MORE),
        (1, LAST),
        (0, MORE),
        (2, LAST),
    ]);
    judge([(0, LAST), (1, MORE), (0, LAST), (1, LAST), (0, LAST)]);
}

#[test]
fn after_255_comes_0() {
    judge((0..600).map(|number| ((number % 256) as u8, MORE)));
    judge((0..600).flat_map(|number| [((number % 256) as u8, MORE); 2]));
    let long = (0..256).map(|number| (number as u8, MORE));
    judge(
        long.clone()
            .chain([(255, MORE), (0, MORE), (255, MORE), (0, MORE), (1, MORE)]),
    );
    judge(
        long.clone()
            .chain([(1, MORE), (0, LAST), (0, LAST), (1, MORE), (255, MORE)]),
    );
    let up_to_254 = (0..255).map(|number| (number as u8, MORE));
    judge(up_to_254.chain([(255, LAST), (255, LAST), (0, MORE), (0, MORE)]));
}

#[test]
fn two_transfers_do_not_know_of_each_other() {
    judge([(0, MORE), (1, LAST)]);
    judge([(0, MORE), (1, MORE), (2, MORE)]);
}

#[test]
fn random_transfers_arrive_once() {
    let mut random = Random(RandomState::new().hash_one(0) | 1);
    for _ in 0..50 {
        let count = 1 + random.below(700);
        let mut datagrams = Vec::new();
        for place in 0..count {
            let message = ((place % 256) as u8, place + 1 == count);
            for _ in 0..=random.below(3) {
                datagrams.push(message);
            }
            // An overtaken copy of one of the messages before it.
            if random.below(3) == 0 && place > 0 {
                datagrams.push((((place - 1 - random.below(place.min(4))) % 256) as u8, MORE));
            }
            if random.below(20) == 0 {
                datagrams.push((random.below(256) as u8, random.below(2) == 0));
            }
        }
        judge(datagrams);
    }
}

/// Random enough (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Gives the datagrams of one transfer to the learner's `react`, on a thread of its own, and fails at the
/// first wrong reaction, at a panic, and when the time is up.
fn judge(datagrams: impl IntoIterator<Item = (u8, bool)>) {
    let datagrams: Vec<(u8, bool)> = datagrams.into_iter().collect();
    let asked = datagrams.clone();
    let (sender, reactions) = mpsc::channel();
    thread::spawn(move || {
        let mut receiver = Receiver::default();
        for (number, last) in asked {
            let reaction = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                react(&mut receiver, number, last)
            }));
            let panicked = reaction.is_err();
            if sender.send(reaction).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    let mut delivered: Option<u8> = None;
    let mut complete = false;
    let mut diary: Vec<String> = Vec::new();
    for (number, last) in datagrams {
        let copy = delivered == Some(number);
        let next = delivered.map_or(0, |delivered| delivered.wrapping_add(1));
        let right = if copy {
            Reaction::Acknowledge
        } else if number == next && !complete {
            Reaction::DeliverAndAcknowledge
        } else {
            Reaction::Ignore
        };
        let marked = if last { ", the last" } else { "" };
        let before = match diary.len() {
            0 => "It is the first datagram of all".to_owned(),
            count => format!(
                "Before it came:\n{}",
                diary[count.saturating_sub(8)..].join("\n")
            ),
        };
        let reaction = match reactions.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(reaction)) => reaction,
            Ok(Err(panic)) => report_panic(number, panic),
            Err(_) => {
                panic!("`react` has not returned after {DEADLINE:?}: is there an endless loop?")
            }
        };
        if reaction != right {
            let why = match right {
                Reaction::Acknowledge if complete => {
                    "it is a copy of the last message. You have everything, but the sender does not know it: your \
                     acknowledgement may be lost, and then it sends until it hears one"
                }
                Reaction::Acknowledge if reaction == Reaction::Ignore => {
                    "it is the message that was delivered last. Your acknowledgement may be lost, and the sender \
                     cannot go on without one"
                }
                Reaction::Acknowledge => {
                    "it was delivered already, and the program wants each message once"
                }
                Reaction::DeliverAndAcknowledge if number == 0 && delivered.is_some() => {
                    "it is the next message: after 255 comes 0, a new message with an old number"
                }
                Reaction::DeliverAndAcknowledge if number == 128 => {
                    "it is the next message: a `u8` has no sign, and after 127 comes 128"
                }
                Reaction::DeliverAndAcknowledge => {
                    "it is the next message, and the transfer is not complete: what you ignore changes nothing, \
                     and a mark on it marks nothing"
                }
                Reaction::Ignore if delivered.is_none() => {
                    "nothing was delivered before it, so it is no copy, and the first message of all is 0"
                }
                Reaction::Ignore if complete && number == next => {
                    "the last message was delivered, and nothing comes behind it"
                }
                Reaction::Ignore if reaction == Reaction::Acknowledge => {
                    "it is neither the next message nor the one delivered last. What you never had you must not \
                     acknowledge, and for an older one nobody waits any more"
                }
                Reaction::Ignore => {
                    "it is not the next message: what is between would be missing, or what is old come again"
                }
            };
            panic!(
                "message {number}{marked} comes, and you answer `{reaction:?}`, not `{right:?}`: {why}. {before}"
            );
        }
        if right == Reaction::DeliverAndAcknowledge {
            delivered = Some(number);
            complete = last;
        }
        diary.push(format!("  message {number}{marked}: {right:?}"));
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(number: u8, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!(
        "message {number} comes, and your `react` panicked: {why}. Any number may come at any time, and after 255 \
         there must be a next one (`wrapping_add`)"
    );
}
