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

const ETHERNET: usize = 1500;
const LINUX_LOOPBACK: usize = 65_536;

#[test]
fn small_payloads_stay_whole() {
    for (version, mtu) in [(IpVersion::V4, ETHERNET), (IpVersion::V6, ETHERNET)] {
        judge([0, 1, 2, 100, 512, 1000, 1200].map(|payload| (payload, version, mtu)));
    }
    judge([(0, IpVersion::V4, 68), (0, IpVersion::V6, 1280)]);
}

#[test]
fn a_packet_of_the_whole_mtu_is_one_packet() {
    for mtu in [68, 576, 1280, 1420, 1492, ETHERNET, 9000, 16_384, 65_535] {
        judge(around(mtu - 28).map(|payload| (payload, IpVersion::V4, mtu)));
    }
    for mtu in [1280, 1420, 1492, ETHERNET, 9000, 16_384, 65_535] {
        judge(around(mtu - 48).map(|payload| (payload, IpVersion::V6, mtu)));
    }
}

#[test]
fn the_most_that_a_datagram_carries_is_the_length_fields_affair() {
    // Payloads that a wrong sum of the headers would take or refuse.
    let payloads = [
        65_486, 65_487, 65_488, 65_495, 65_496, 65_506, 65_507, 65_508, 65_515, 65_516, 65_526,
        65_527, 65_528, 65_534, 65_535, 65_536, 65_555,
    ];
    for mtu in [ETHERNET, 9000, LINUX_LOOPBACK, 1_000_000] {
        judge(payloads.map(|payload| (payload, IpVersion::V4, mtu)));
        judge(payloads.map(|payload| (payload, IpVersion::V6, mtu)));
    }
}

#[test]
fn a_payload_may_be_any_number() {
    for version in [IpVersion::V4, IpVersion::V6] {
        for payload in [
            70_000,
            1 << 17,
            (1 << 16) + 100,
            usize::MAX / 2,
            usize::MAX - 48,
            usize::MAX - 27,
            usize::MAX - 8,
            usize::MAX,
        ] {
            judge([
                (payload, version, ETHERNET),
                (payload, version, LINUX_LOOPBACK),
            ]);
        }
    }
}

#[test]
fn random_sizes_have_their_fate() {
    let mut random = RandomState::new().hash_one(0);
    let questions: Vec<_> = (0..2000)
        .map(|count| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let payload = (random >> 33) as usize % 70_000;
            let mtu = 1280 + (random >> 20) as usize % 10_000;
            let version = if count % 2 == 0 {
                IpVersion::V4
            } else {
                IpVersion::V6
            };
            (payload, version, mtu)
        })
        .collect();
    judge(questions);
}

/// A number with its neighbours.
fn around(number: usize) -> [usize; 3] {
    [number, number + 1, number - 1]
}

type Question = (usize, IpVersion, usize);

/// Asks the learner's `fate` each question, on a thread of its own, and fails at the first wrong answer,
/// at a panic, and when the time is up.
fn judge(questions: impl IntoIterator<Item = Question>) {
    let questions: Vec<Question> = questions.into_iter().collect();
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for (payload, version, mtu) in asked {
            let answer = std::panic::catch_unwind(|| fate(payload, version, mtu));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for question in questions {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(answer)) => compare(question, answer),
            Ok(Err(panic)) => report_panic(question, panic),
            Err(_) => panic!("{} has not returned after {DEADLINE:?}", call(question)),
        }
    }
}

fn compare(question: Question, answer: Fate) {
    let (payload, version, mtu) = question;
    let (header, most, sum) = match version {
        IpVersion::V4 => (20, 65_507, "65,535 less IPv4's 20 bytes and UDP's 8"),
        IpVersion::V6 => (
            40,
            65_527,
            "65,535 less UDP's 8 bytes, since IPv6 does not count its own header",
        ),
    };
    if payload > most {
        if answer != Fate::Refused {
            panic!(
                "{} is `Refused`, and you say `{answer:?}`: the most is {most} bytes, {sum}{}",
                call(question),
                if payload < 65_536 && mtu >= LINUX_LOOPBACK {
                    ". A link with a large MTU does not make the length field larger"
                } else {
                    ""
                }
            );
        }
        return;
    }
    assert!(
        answer != Fate::Refused,
        "{} is not `Refused`: a datagram carries up to {most} bytes, {sum}. The MTU refuses none, and none \
         is too small",
        call(question)
    );
    let packet = header + 8 + payload;
    let right = if packet <= mtu {
        Fate::Whole
    } else {
        Fate::InFragments
    };
    if answer != right {
        panic!(
            "{} is `{right:?}`, and you say `{answer:?}`: with {header} bytes of the IP header and 8 of UDP's the \
             packet has {packet} bytes, {}",
            call(question),
            match packet.cmp(&mtu) {
                std::cmp::Ordering::Less => "and the link carries more",
                std::cmp::Ordering::Equal =>
                    "as many as the link carries: the MTU itself still fits",
                std::cmp::Ordering::Greater => "more than the link carries",
            }
        );
    }
}

fn call((payload, version, mtu): Question) -> String {
    format!("`fate({payload}, {version:?}, {mtu})`")
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(question: Question, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!(
        "your {} panicked: {why}. The payload may be any number: what you add to it, or take from it, must not \
         go over the edge",
        call(question)
    );
}
