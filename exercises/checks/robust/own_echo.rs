use super::*;
use std::{
    any::Any,
    collections::VecDeque,
    hash::{BuildHasher, RandomState},
    panic::AssertUnwindSafe,
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// Who is judged: instance 1, "printer", at 192.0.2.1:7018.
const ME: u64 = 1;

/// More datagrams than a few participants need to learn of each other.
const STORM: usize = 1_000;

#[test]
fn the_own_echo_is_ignored() {
    judge([hello(ME, "printer", HERE)]);
    judge([
        hello(2, "scanner", THERE),
        hello(ME, "printer", HERE),
        hello(ME, "printer", HERE),
    ]);
    judge([goodbye(ME, "printer", HERE), hello(ME, "printer", HERE)]);
}

#[test]
fn the_own_echo_may_come_from_another_address() {
    judge([hello(ME, "printer", "198.51.100.7:7018")]);
    judge([hello(ME, "printer", "[fe80::1]:7018")]);
    judge([hello(ME, "printer", "192.0.2.1:49152")]);
}

#[test]
fn the_own_echo_may_say_anything() {
    judge([hello(ME, "printer, room 5", HERE)]);
    judge([goodbye(ME, "printer, room 5", THERE)]);
}

#[test]
fn another_program_on_this_machine_is_another() {
    judge([hello(2, "scanner", "192.0.2.1:49152")]);
    // It shares the socket's address.
    judge([hello(2, "scanner", HERE), hello(2, "scanner", HERE)]);
}

#[test]
fn another_with_the_same_name_or_port_is_another() {
    judge([hello(2, "printer", "203.0.113.9:49152")]);
    judge([hello(2, "scanner", THERE)]);
    judge([hello(2, "printer", HERE), goodbye(2, "printer", HERE)]);
}

#[test]
fn a_newcomer_is_greeted_once_and_updated_from_then_on() {
    judge([
        hello(2, "scanner", THERE),
        hello(2, "scanner, room 5", THERE),
        hello(2, "scanner, room 5", "203.0.113.10:7018"),
    ]);
    judge([
        hello(2, "scanner", THERE),
        hello(2, "scanner", THERE),
        hello(2, "scanner", THERE),
    ]);
}

#[test]
fn who_says_goodbye_is_forgotten_and_new_when_it_comes_back() {
    judge([
        hello(2, "scanner", THERE),
        goodbye(2, "scanner", THERE),
        goodbye(2, "scanner", THERE),
        hello(2, "scanner", THERE),
        hello(2, "scanner", THERE),
    ]);
    judge([
        goodbye(7, "nobody", THERE),
        hello(2, "copier", THERE),
        hello(3, "copier", THERE),
        goodbye(3, "copier", THERE),
    ]);
}

#[test]
fn the_list_has_an_end() {
    let many = || (2..).take(MOST);
    let fill = || many().map(|instance| hello(instance, "invented", THERE));
    judge(fill().chain([hello(1_000, "late", THERE), hello(1_001, "later", THERE)]));
    judge(fill().chain([hello(5, "renamed", HERE), hello(1_000, "late", THERE)]));
    judge(fill().chain([
        goodbye(5, "invented", THERE),
        hello(1_000, "late", THERE),
        hello(1_001, "later", THERE),
    ]));
}

#[test]
fn random_groups() {
    let mut random = Random(RandomState::new().hash_one(0) | 1);
    for _ in 0..50 {
        let instances = 2 + random.below(8) as u64;
        let count = 1 + random.below(200);
        let heard: Vec<_> = (0..count)
            .map(|_| Announcement {
                kind: if random.below(4) == 0 {
                    Kind::Goodbye
                } else {
                    Kind::Hello
                },
                instance: random.below(instances as usize + 1) as u64,
                name: ["printer", "scanner"][random.below(2)].into(),
                from: address([HERE, THERE, "192.0.2.1:49152"][random.below(3)]),
            })
            .collect();
        judge(heard);
    }
}

/// Four programs on one machine, all with one name and one address: they learn of each other, and are quiet then.
#[test]
fn a_group_comes_to_rest() {
    let answer = in_time(|| {
        let mut group: Vec<Participant> = (1..=4).map(participant).collect();
        // What is on its way, to everybody, its sender included.
        let mut sent: VecDeque<u64> = (1..=4).collect();
        let mut datagrams = 0;
        while let Some(instance) = sent.pop_front() {
            datagrams += 1;
            if datagrams > STORM {
                return Err(format!(
                    "four programs on one machine announce themselves once each, and after {STORM} datagrams they still \
                     talk: a storm. Is only a newcomer greeted, and your own announcement never?"
                ));
            }
            for one in &mut group {
                if react(one, hello(instance, "printer", HERE)) == Reaction::Greet {
                    sent.push_back(one.instance);
                }
            }
        }
        for one in &group {
            let knows: Vec<u64> = one.others.keys().copied().collect();
            let others: Vec<u64> = (1..=4).filter(|other| *other != one.instance).collect();
            if knows != others {
                return Err(format!(
                    "of four programs on one machine, with the same name and address, number {} must list the other \
                     three, {others:?}, and lists {knows:?}",
                    one.instance
                ));
            }
        }
        Ok(())
    });
    if let Err(problem) = answer {
        panic!("{problem}");
    }
}

const HERE: &str = "192.0.2.1:7018";
const THERE: &str = "203.0.113.9:7018";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn hello(instance: u64, name: &str, from: &str) -> Announcement {
    Announcement {
        kind: Kind::Hello,
        instance,
        name: name.into(),
        from: address(from),
    }
}

fn goodbye(instance: u64, name: &str, from: &str) -> Announcement {
    Announcement {
        kind: Kind::Goodbye,
        ..hello(instance, name, from)
    }
}

fn participant(instance: u64) -> Participant {
    Participant {
        instance,
        name: "printer".into(),
        address: address(HERE),
        others: BTreeMap::new(),
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

/// Gives these announcements to the learner's `react`, one by one, and fails at the first wrong reaction, and where the
/// list is another one than it should be.
fn judge(heard: impl IntoIterator<Item = Announcement>) {
    let heard: Vec<_> = heard.into_iter().collect();
    let asked = heard.clone();
    let answers = in_time(move || {
        let mut me = participant(ME);
        let react = |announcement| (react(&mut me, announcement), me.clone());
        asked.into_iter().map(react).collect::<Vec<_>>()
    });
    let mut listed = BTreeMap::new();
    let mut diary: Vec<String> = Vec::new();
    for (announcement, (reaction, after)) in heard.into_iter().zip(answers) {
        let Announcement {
            kind,
            instance,
            name,
            from,
        } = announcement;
        let known = listed.contains_key(&instance);
        let full = listed.len() >= MOST;
        let nothing_new = listed.get(&instance) == Some(&(name.clone(), from));
        let right = match kind {
            _ if instance == ME => Reaction::Ignore,
            Kind::Goodbye if known => Reaction::Forget,
            Kind::Goodbye => Reaction::Ignore,
            Kind::Hello if known => Reaction::Update,
            Kind::Hello if full => Reaction::Ignore,
            Kind::Hello => Reaction::Greet,
        };
        match right {
            Reaction::Greet | Reaction::Update => {
                listed.insert(instance, (name.clone(), from));
            }
            Reaction::Forget => {
                listed.remove(&instance);
            }
            Reaction::Ignore => {}
        }
        let word = match kind {
            Kind::Hello => "hello",
            Kind::Goodbye => "goodbye",
        };
        let what = format!("a {word} of instance {instance}, {name:?}, from {from}");
        let before = match diary.len() {
            0 => "It is the first of all".to_owned(),
            count => format!(
                "Before it came:\n{}",
                diary[count.saturating_sub(6)..].join("\n")
            ),
        };
        let me = "you are instance 1, \"printer\", at 192.0.2.1:7018";
        if reaction != right {
            let why = match right {
                Reaction::Ignore if instance == ME && from != address(HERE) => {
                    "it is your own: its instance is yours. An echo may come from another address of your machine"
                }
                Reaction::Ignore if instance == ME => {
                    "it is your own: its instance is yours, whatever it says"
                }
                Reaction::Ignore if kind == Kind::Goodbye => {
                    "a goodbye of one that was not listed changes nothing"
                }
                Reaction::Ignore => {
                    "the list is full, and a newcomer finds no room: anybody can invent instances without end"
                }
                Reaction::Greet if reaction == Reaction::Update => {
                    "it is not listed, so it is new, and knows nothing of you: ungreeted, it must wait for your next \
                     announcement"
                }
                Reaction::Greet if from == address(HERE) => {
                    "it is another program on your machine: it has your IP address and may share the port, but its \
                     instance is its own"
                }
                Reaction::Greet if from.ip() == address(HERE).ip() => {
                    "it is another program on your machine: it has your IP address, but its instance is its own"
                }
                Reaction::Greet if name == "printer" => {
                    "it is another one with the same name: people choose names, and choose them twice"
                }
                Reaction::Greet => {
                    "it is another one, on another machine, and its instance is not listed: the port is the same for \
                     all who announce"
                }
                Reaction::Update if full => {
                    "it is listed, and what is listed goes on as before when the list is full"
                }
                Reaction::Update if reaction == Reaction::Greet => {
                    "it is listed already. If everybody greets what they know, each greeting is greeted again by all: a \
                     storm"
                }
                Reaction::Update if nothing_new && reaction == Reaction::Ignore => {
                    "it is listed already. It says what it said before, and is an update even so: each hello of one \
                     that is listed is"
                }
                Reaction::Update => {
                    "it is listed already, and may say something new: it has moved, or has another name"
                }
                Reaction::Forget => "it ends, so it is off the list, and new if it comes back",
            };
            panic!("{what}: you answer `{reaction:?}`, not `{right:?}`. {me}, and {why}. {before}");
        }
        let is = (after.instance, &after.name[..], after.address);
        if is != (ME, "printer", address(HERE)) {
            let why = if instance == ME {
                "it is your own, and your own announcement changes nothing, whatever it says, and wherever it comes from"
            } else {
                "it is another one's, and speaks of that one alone"
            };
            panic!(
                "{what}: `{right:?}` is right. But {me}, and after it you are instance {}, {:?}, at {}. {why}. {before}",
                is.0, is.1, is.2
            );
        }
        let others = after.others;
        if others != listed {
            let entry = |list: &BTreeMap<u64, (String, SocketAddr)>| match list.get(&instance) {
                Some((name, address)) => format!("listed as {name:?} at {address}"),
                None => "not listed".into(),
            };
            let (is, must) = (entry(&others), entry(&listed));
            if is == must {
                panic!(
                    "{what}: `{right:?}` is right. But of the others, some have changed: {} are listed, and it must be \
                     {}. An announcement speaks for its own instance alone. {before}",
                    others.len(),
                    listed.len()
                );
            }
            panic!(
                "{what}: `{right:?}` is right. But instance {instance} must now be {must}, and it is {is}. {me}. {before}"
            );
        }
        diary.push(format!("  {what}: {right:?}"));
    }
}

/// Runs this on a thread of its own: a panic or a wait that does not end is told.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        let answer = std::panic::catch_unwind(AssertUnwindSafe(work));
        let _ = sender.send(answer);
    });
    match answer.recv_timeout(DEADLINE) {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => report_panic(panic),
        Err(_) => panic!("`react` has not returned after {DEADLINE:?}: is there an endless loop?"),
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
        std::panic::resume_unwind(panic);
    }
    panic!("your `react` panicked: {why}. Any announcement may come at any time, twice, or never");
}
