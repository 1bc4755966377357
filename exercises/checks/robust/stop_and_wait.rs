use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once: the link's time is none of ours.
const DEADLINE: Duration = Duration::from_secs(2);

/// How often `receive` may be asked in a row to wait for no time.
const VAIN_CALLS: u32 = 1_000;

#[test]
fn when_nothing_is_lost_each_message_is_sent_once() {
    let all_is_well = || |_, _| vec![millis(10)];
    judge(&[b"hello".to_vec()], [], all_is_well());
    judge(&random_messages(5), [], all_is_well());
    judge(
        &[b"same".to_vec(), b"same".to_vec(), Vec::new()],
        [],
        all_is_well(),
    );
    judge(&[], [], all_is_well());
}

#[test]
fn what_is_lost_is_sent_again_in_time() {
    for lost in 1..MOST_SENDS {
        judge(&random_messages(1), [], move |_, send| {
            answer_if(send > lost, 10)
        });
        // The last wait has to be waited out, too: so late an answer is still one.
        judge(&random_messages(1), [], move |_, send| {
            answer_if(send > lost, 95 << lost)
        });
    }
}

#[test]
fn each_message_begins_with_the_first_wait() {
    judge(&random_messages(4), [], |_, send| answer_if(send > 2, 10));
    judge(&random_messages(4), [], |place, send| {
        answer_if(place == 0 || send > 1, 60)
    });
}

#[test]
fn a_late_acknowledgement_is_one() {
    // The second sending is on its way already. Its own answer is an old one when it comes.
    judge(&random_messages(6), [], |_, _| vec![millis(150)]);
    judge(&random_messages(6), [], |_, _| vec![millis(390)]);
}

#[test]
fn an_old_acknowledgement_does_not_end_the_waiting() {
    // Each is acknowledged twice; the copy comes when the next one waits.
    judge(&random_messages(6), [], |_, _| vec![millis(10), millis(15)]);
    judge(&random_messages(6), [], |_, send| match send {
        1 => vec![],
        _ => vec![millis(10), millis(40), millis(70), millis(150)],
    });
    // From a transfer before this one.
    let strange = [
        (millis(20), 7),
        (millis(30), 200),
        (millis(40), 255),
        (millis(50), 2),
    ];
    judge(&random_messages(2), strange, |_, _| vec![millis(60)]);
}

#[test]
fn an_old_acknowledgement_does_not_prolong_the_waiting() {
    let every_30: Vec<_> = (1..400).map(|count| (millis(30 * count), 77)).collect();
    judge(&random_messages(2), every_30.clone(), |_, send| {
        answer_if(send > 3, 10)
    });
    judge(&random_messages(1), every_30, |_, _| vec![]);
}

#[test]
fn after_255_comes_0() {
    judge(&random_messages(600), [], |_, _| vec![millis(5)]);
    // A copy of 255's acknowledgement comes while 0 is lost.
    judge(&random_messages(258), [], |place, send| match place {
        255 => vec![millis(10), millis(40)],
        256 => answer_if(send > 1, 10),
        _ => vec![millis(10)],
    });
}

#[test]
fn after_the_last_sending_it_gives_up() {
    judge(&random_messages(1), [], |_, _| vec![]);
    judge(&random_messages(3), [], |place, _| {
        answer_if(place != 1, 10)
    });
    // The last message is as good as the others.
    judge(&random_messages(3), [], |place, _| {
        answer_if(place != 2, 10)
    });
    judge(&random_messages(300), [], |place, _| {
        answer_if(place != 280, 10)
    });
}

#[test]
fn every_message_gets_through_a_bad_network() {
    for seed in 1..=300 {
        bad_network(seed, 25);
    }
    bad_network(RandomState::new().hash_one(0) | 1, 400);
}

/// A network that loses 30 of 100 each way, doubles some, and is late with others.
fn bad_network(seed: u64, count: usize) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = move |limit: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) % limit
    };
    judge(&random_messages(count), [], move |_, _| {
        let copies = [0, 1, 1, 1, 1, 1, 1, 1, 1, 2][below(10) as usize];
        let mut answers = Vec::new();
        for _ in 0..copies {
            if below(100) < 30 || below(100) < 30 {
                continue;
            }
            let late = if below(10) == 0 {
                900_000_000
            } else {
                60_000_000
            };
            // Never at the very moment when a wait is over.
            answers.push(Duration::from_nanos(5_000_001 + below(late) / 2 * 2));
        }
        answers
    });
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// The answer to one sending: after so many milliseconds, or none.
fn answer_if(answered: bool, after: u64) -> Vec<Duration> {
    if answered {
        vec![millis(after)]
    } else {
        vec![]
    }
}

/// Messages with contents that nobody can know beforehand.
fn random_messages(count: usize) -> Vec<Vec<u8>> {
    let word = RandomState::new().hash_one(0);
    (0..count)
        .map(|place| format!("{word:x}, message {place}").into_bytes())
        .collect()
}

/// Has the learner's `send_all` send the messages over a network, and judges each step when it is made.
///
/// `answers` says, of a message's place and of how often it was sent now, after what times acknowledgements of
/// this sending come. `strange` are the times and numbers of others.
fn judge(
    messages: &[Vec<u8>],
    strange: impl Into<Vec<(Duration, u8)>>,
    answers: impl FnMut(usize, u32) -> Vec<Duration> + Send + 'static,
) {
    let mut network = Network {
        messages: messages.to_vec(),
        answers: Box::new(answers),
        coming: strange.into(),
        now: Duration::ZERO,
        waiting: None,
        acknowledged: 0,
        vain_calls: 0,
        diary: Vec::new(),
    };
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let end = panic::catch_unwind(AssertUnwindSafe(|| {
            let messages = network.messages.clone();
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            let result = send_all(&mut network, &messages);
            network.ends(result);
        }));
        let _ = sender.send(end);
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok(Ok(())) => {}
        Ok(Err(panic)) => match panic.downcast::<Verdict>() {
            Ok(verdict) => panic!("{}", verdict.0),
            Err(panic) => report_panic(panic),
        },
        Err(_) => panic!(
            "`send_all` has not returned after {DEADLINE:?} of our time, and it neither sends nor waits: is there \
             an endless loop?"
        ),
    }
}

/// The network's own complaint about the learner's `send_all`.
struct Verdict(String);

/// A message on its way.
struct Waiting {
    place: usize,
    sends: u32,
    /// When its wait is over.
    until: Duration,
}

/// A network in a time of its own, and the judge of who sends through it.
struct Network {
    messages: Vec<Vec<u8>>,
    answers: Box<dyn FnMut(usize, u32) -> Vec<Duration> + Send>,
    /// The acknowledgements that are on their way: when they arrive, and their numbers.
    coming: Vec<(Duration, u8)>,
    now: Duration,
    /// The message that is not yet acknowledged.
    waiting: Option<Waiting>,
    /// How many messages are.
    acknowledged: usize,
    vain_calls: u32,
    /// What happened, for the learner to read.
    diary: Vec<String>,
}

impl Network {
    fn number(place: usize) -> u8 {
        (place % 256) as u8
    }

    fn notes(&mut self, what: String) {
        self.diary.push(format!("  at {:>9.3?}: {what}", self.now));
    }

    /// Ends the test. Not a panic of the learner's, so nothing is printed here.
    fn complains(&mut self, what: &str) -> ! {
        const MOST: usize = 12;
        let left_out = self.diary.len().saturating_sub(MOST);
        let mut text = format!(
            "{what}.\nWhat happened{}:",
            if left_out > 0 { " last" } else { "" }
        );
        for line in &self.diary[left_out..] {
            text += "\n";
            text += line;
        }
        panic::resume_unwind(Box::new(Verdict(text)))
    }

    fn sends_again(&mut self, number: u8, message: &[u8]) {
        let Some(Waiting {
            place,
            sends,
            until,
        }) = self.waiting.take()
        else {
            return;
        };
        let right = Self::number(place);
        let next = self.messages.get(place + 1);
        if number == right.wrapping_add(1) && next.is_some_and(|next| next == message) {
            self.complains(&format!(
                "you go on to message {number}, but message {right} is not acknowledged: only the acknowledgement \
                 with its very number says so"
            ));
        } else if number != right && self.messages[place] == message {
            self.complains(&format!(
                "you send message {right} again as number {number}: under the same number the receiver knows a \
                 copy, under another one it is a new message"
            ));
        } else if number != right || self.messages[place] != message {
            self.complains(&format!(
                "message {right} is not acknowledged, and what you send now is neither it nor a copy of it"
            ));
        } else if sends == MOST_SENDS {
            self.complains(&format!(
                "you send message {right} for the {}th time: {MOST_SENDS} is the most (`MOST_SENDS`), then give up",
                sends + 1
            ));
        } else if self.now < until {
            let wait = FIRST_WAIT * (1 << (sends - 1));
            let waited = self.now + wait - until;
            self.complains(&format!(
                "you send message {right} again after {waited:?}; it was sent {sends} times, so this wait is \
                 {wait:?}: an old acknowledgement does not end it, and each wait is twice as long as the one before"
            ));
        }
        self.waits(place, sends + 1);
    }

    fn waits(&mut self, place: usize, sends: u32) {
        let until = self.now + FIRST_WAIT * (1 << (sends - 1));
        self.waiting = Some(Waiting {
            place,
            sends,
            until,
        });
        for delay in (self.answers)(place, sends) {
            self.coming.push((self.now + delay, Self::number(place)));
        }
    }

    /// Judges what `send_all` returned.
    fn ends(&mut self, result: Result<(), usize>) {
        match (&self.waiting, result) {
            (None, Ok(())) if self.acknowledged == self.messages.len() => {}
            (Some(Waiting { place, .. }), Ok(())) => {
                let place = *place;
                self.complains(&format!(
                    "`send_all` returned Ok, and message {place} is not acknowledged: Ok is for when all are, the \
                     last one too"
                ));
            }
            (None, Ok(())) => {
                let count = self.messages.len() - self.acknowledged;
                self.complains(&format!(
                    "`send_all` returned Ok, and {count} messages were not sent"
                ));
            }
            (
                Some(Waiting {
                    place,
                    sends,
                    until,
                }),
                Err(given),
            ) => {
                let (place, sends, until) = (*place, *sends, *until);
                if given != place {
                    self.complains(&format!(
                        "`send_all` returned Err({given}), and the message in vain is at place {place} of \
                         `messages`: the place goes on where the number wraps around"
                    ));
                } else if sends < MOST_SENDS {
                    self.complains(&format!(
                        "`send_all` gave up after sending message {place} {sends} times: it may be sent \
                         {MOST_SENDS} times (`MOST_SENDS`)"
                    ));
                } else if self.now < until {
                    self.complains(
                        "`send_all` gave up before the last wait was over: what was sent last may still be \
                         acknowledged",
                    );
                }
            }
            (None, Err(_)) => {
                self.complains("`send_all` gave up, and no message waits for its acknowledgement");
            }
        }
    }
}

impl Link for Network {
    fn send(&mut self, number: u8, message: &[u8]) {
        self.vain_calls = 0;
        let text = String::from_utf8_lossy(message);
        self.notes(format!("you send number {number}, {text:?}"));
        if self.waiting.is_some() {
            return self.sends_again(number, message);
        }
        let place = self.acknowledged;
        match self.messages.get(place) {
            None => self.complains("all messages are acknowledged, and you send one more"),
            Some(right) if right == message && number == Self::number(place) => {}
            Some(right) if right == message => self.complains(&format!(
                "the message at place {place} has the number {}, and you say {number}: each number is the one \
                 before and 1, and after 255 comes 0",
                Self::number(place)
            )),
            Some(_) if place > 0 && self.messages[place - 1] == message => self.complains(&format!(
                "message {} was acknowledged, and you send it again: its acknowledgement ends the waiting, also \
                 if it answers an earlier sending",
                place - 1
            )),
            Some(_) => self.complains(&format!(
                "the message at place {place} is next, whole and as it was given"
            )),
        }
        self.waits(place, 1);
    }

    fn receive(&mut self, limit: Duration) -> Option<u8> {
        self.vain_calls = if limit.is_zero() {
            self.vain_calls + 1
        } else {
            0
        };
        if self.vain_calls > VAIN_CALLS {
            self.complains(
                "you call `receive` again and again with a limit of 0, so no time passes: when the wait is over, \
                 leave the loop",
            );
        }
        let end = self.now.saturating_add(limit);
        let first = (0..self.coming.len()).min_by_key(|at| self.coming[*at].0);
        let (then, answer) = match first {
            Some(at) if self.coming[at].0 <= end => {
                let (then, number) = self.coming.swap_remove(at);
                (then.max(self.now), Some(number))
            }
            _ => (end, None),
        };
        match self.waiting {
            Some(Waiting {
                place,
                sends,
                until,
            }) if then > until => {
                let wait = FIRST_WAIT * (1 << (sends - 1));
                self.complains(&format!(
                    "the wait for message {}, sent {sends} times, was over after {wait:?}, and you wait on: set \
                     each limit to what is left of the wait. It is `FIRST_WAIT` for a new message, twice as long \
                     after each further sending of it, and an old acknowledgement does not prolong it",
                    Self::number(place)
                ));
            }
            None if then > self.now => {
                self.complains("you wait, and no message is on its way: its acknowledgement has come, so go on");
            }
            _ => {}
        }
        self.now = then;
        if let Some(number) = answer {
            self.notes(format!("acknowledgement {number} comes"));
            if let Some(Waiting { place, .. }) = self.waiting
                && Self::number(place) == number
            {
                self.waiting = None;
                self.acknowledged += 1;
            }
        }
        answer
    }

    fn now(&self) -> Duration {
        self.now
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `send_all` panicked: {why}. A number is a byte, so after 255 it must begin anew (`wrapping_add`); \
         there may be no messages, and more than 256"
    );
}
