use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn in_order_and_complete_nothing_is_counted() {
    counts(0, 4, &[0, 1, 2, 3], (0, 0, 0), "");
    counts(700, 3, &[700, 701, 702], (0, 0, 0), "");
    counts(5, 1, &[5], (0, 0, 0), "");
    counts(9, 0, &[], (0, 0, 0), "nothing was sent");
}

#[test]
fn what_never_arrives_is_lost() {
    counts(
        0,
        5,
        &[0, 1, 3, 4],
        (1, 0, 0),
        "2 never arrived, and a gap is no reordering: the ones behind it come in order",
    );
    let ends = "the first and the last of a burst can be lost, too: the burst has as many datagrams as were sent, \
                not as many as you see";
    counts(0, 5, &[0, 1, 2], (2, 0, 0), ends);
    counts(10, 5, &[12, 13, 14], (2, 0, 0), ends);
    counts(0, 6, &[0, 2, 4], (3, 0, 0), ends);
    counts(10, 5, &[], (5, 0, 0), ends);
    counts(10, 5, &[12], (4, 0, 0), ends);
}

#[test]
fn a_late_one_is_reordered_and_not_lost() {
    let late = "a late one is not lost: what looks like a gap may be filled later";
    counts(0, 4, &[0, 2, 1, 3], (0, 0, 1), late);
    counts(0, 4, &[1, 0, 2, 3], (0, 0, 1), late);
    let overtaken = "each datagram that comes, for the first time, after a later one counts, and no other: compare \
                     with the latest so far, not with the one before";
    counts(0, 4, &[1, 2, 3, 0], (0, 0, 1), overtaken);
    counts(0, 4, &[3, 0, 1, 2], (0, 0, 3), overtaken);
    counts(0, 4, &[3, 2, 1, 0], (0, 0, 3), overtaken);
    counts(0, 6, &[1, 0, 3, 2, 5, 4], (0, 0, 3), overtaken);
    counts(0, 6, &[0, 4, 1], (3, 0, 1), late);
    let gap = "a gap is no reordering: 2 is lost, and the ones behind it come in order";
    counts(0, 5, &[0, 1, 3, 4], (1, 0, 0), gap);
}

#[test]
fn a_duplicate_is_counted_and_nothing_else() {
    let twice = "each arrival after a datagram's first is one duplicate, and neither reordered nor anybody's loss";
    counts(0, 3, &[0, 0, 1, 2], (0, 1, 0), twice);
    counts(0, 3, &[0, 1, 1, 1, 2], (0, 2, 0), twice);
    counts(0, 4, &[0, 1, 2, 3, 0], (0, 1, 0), twice);
    counts(0, 4, &[0, 1, 2, 0, 1, 3], (0, 2, 0), twice);
    counts(0, 4, &[0, 1, 0, 1], (2, 2, 0), twice);
    counts(0, 4, &[0, 2, 2, 3], (1, 1, 0), twice);
    counts(0, 4, &[0, 2, 1, 1, 3], (0, 1, 1), twice);
    counts(0, 2, &[1, 1, 1, 1], (1, 3, 0), twice);
}

#[test]
fn after_65535_comes_0() {
    let wrap = "after 65535 comes 0, which is later, not earlier";
    counts(65_534, 4, &[65_534, 65_535, 0, 1], (0, 0, 0), wrap);
    counts(65_535, 2, &[65_535, 0], (0, 0, 0), wrap);
    counts(65_534, 5, &[65_535, 65_534, 1, 1, 2], (1, 1, 1), wrap);
    counts(65_534, 4, &[0, 65_535, 65_534, 1], (0, 0, 2), wrap);
    counts(65_000, 1_000, &[463, 65_000], (998, 0, 1), wrap);
    let far = "the place of a number in the burst is its distance from `first`, up to 65,535";
    let far_apart: Vec<u16> = vec![7, 40_007, 20_007, 60_007];
    counts(7, 65_000, &far_apart, (64_996, 0, 1), far);
}

#[test]
fn a_burst_may_use_every_number() {
    for first in [1_u16, 40_000] {
        let mut all: Vec<u16> = (0..=u16::MAX)
            .map(|place| first.wrapping_add(place))
            .collect();
        let why = "65,536 datagrams use each number once, also the one just before `first`";
        counts(first, 65_536, &all, (0, 0, 0), why);
        all.pop();
        counts(first, 65_536, &all, (1, 0, 0), why);
        all.reverse();
        counts(first, 65_536, &all, (1, 0, 65_534), why);
    }
}

#[test]
fn a_number_of_somebody_else_counts_nowhere() {
    let strange = "a number that the sender did not use counts nowhere: not as an arrival, and the latest is not it";
    counts(10, 3, &[10, 99, 11, 12], (0, 0, 0), strange);
    counts(10, 3, &[10, 13, 11, 12], (0, 0, 0), strange);
    counts(10, 3, &[9, 10, 11, 12], (0, 0, 0), strange);
    counts(10, 3, &[13, 13, 9, 9], (3, 0, 0), strange);
    counts(
        65_534,
        3,
        &[1, 65_533, 65_534, 65_535, 0],
        (0, 0, 0),
        strange,
    );
    counts(10, 0, &[10, 10, 9], (0, 0, 0), strange);
}

#[test]
fn random_bursts_are_counted() {
    let mut random = Random(RandomState::new().hash_one(0) | 1);
    for _ in 0..400 {
        let sent = 1 + random.below(40);
        let first = match random.below(2) {
            0 => random.below(65_536) as u16,
            _ => (65_536 - 1 - random.below(40)) as u16,
        };
        let mut places: Vec<usize> = (0..sent).filter(|_| random.below(10) > 1).collect();
        for _ in 0..random.below(6) {
            if places.is_empty() {
                break;
            }
            let (from, to) = (random.below(places.len()), random.below(places.len()));
            if random.below(2) == 0 {
                places.swap(from, to);
            } else {
                places.insert(to, places[from]);
            }
        }
        // Straight from the task's words, and slow: look at all that came before.
        let (mut duplicated, mut reordered) = (0, 0);
        for (at, place) in places.iter().enumerate() {
            if places[..at].contains(place) {
                duplicated += 1;
            } else if places[..at].iter().any(|earlier| earlier > place) {
                reordered += 1;
            }
        }
        let lost = (0..sent).filter(|place| !places.contains(place)).count();
        let arrived: Vec<u16> = places
            .iter()
            .map(|place| first.wrapping_add(*place as u16))
            .collect();
        counts(first, sent, &arrived, (lost, duplicated, reordered), "");
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

/// Has one burst audited by the learner's `audit`, on a thread of its own, and wants these counts: lost,
/// duplicated, reordered.
fn counts(first: u16, sent: usize, arrived: &[u16], wanted: (usize, usize, usize), why: &str) {
    let call = format!(
        "with first = {first} and sent = {sent}, {} arrive",
        shown(arrived)
    );
    let asked = arrived.to_vec();
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(std::panic::catch_unwind(|| audit(first, sent, &asked)));
    });
    let audit = match answer.recv_timeout(DEADLINE) {
        Ok(Ok(audit)) => audit,
        Ok(Err(panic)) => report_panic(&call, panic),
        Err(_) => panic!(
            "{call}, and `audit` has not returned after {DEADLINE:?}: is there an endless loop, or does it \
             look through all the numbers for each one?"
        ),
    };
    let got = (audit.lost, audit.duplicated, audit.reordered);
    if got == wanted {
        return;
    }
    let why = if why.is_empty() {
        "count again by hand"
    } else {
        why
    };
    let mut different = Vec::new();
    for (what, got, wanted) in [
        ("lost", got.0, wanted.0),
        ("duplicated", got.1, wanted.1),
        ("reordered", got.2, wanted.2),
    ] {
        if got != wanted {
            different.push(format!("{wanted} {what}, where you count {got}"));
        }
    }
    panic!("{call}: {}: {why}", different.join("; "));
}

/// The numbers, and of many the first ones.
fn shown(numbers: &[u16]) -> String {
    const MOST: usize = 60;
    match numbers.len() {
        ..=MOST => format!("{numbers:?}"),
        count => format!(
            "{count} numbers, {}, {}, {} …,",
            numbers[0], numbers[1], numbers[2]
        ),
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
        std::panic::resume_unwind(panic);
    }
    panic!(
        "{call}, and your `audit` panicked: {why}. Numbers wrap around, so ordinary `+` and `-` can go over the \
         edge; there may be none, more arrivals than datagrams, and numbers that nobody sent"
    );
}
