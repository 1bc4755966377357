use super::*;
use std::{
    any::Any,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn well_known_ports_have_their_range() {
    judge([80, 443, 53, 22, 21, 25, 110, 143, 993]);
    judge([5432, 8080, 3306, 7001, 5353, 1080]);
    judge([50_000, 60_000, 61_000]);
}

#[test]
fn each_range_begins_and_ends_where_it_should() {
    // Where Linux begins and ends to give ports out. No range does.
    judge([32_767, 32_768, 60_999, 61_000]);
    judge([1022, 1023, 1024, 1025]);
    judge([49_150, 49_151, 49_152, 49_153]);
    judge([65_534, 65_535]);
}

#[test]
fn port_0_is_a_system_port() {
    judge([0, 1]);
}

#[test]
fn every_port_has_its_range() {
    // All there are, but from the middle of each range outwards: the edges have a test of their own.
    judge((300..=1023).chain(0..300));
    judge((20_000..=49_151).chain(1024..20_000));
    judge((60_000..=65_535).chain(49_152..60_000));
}

/// Gives each port to the learner's `port_range`, on a thread of its own, and fails at the first
/// wrong answer, at a panic, and when the time is up.
fn judge(ports: impl IntoIterator<Item = u16>) {
    let ports: Vec<u16> = ports.into_iter().collect();
    let asked = ports.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for port in asked {
            let answer = std::panic::catch_unwind(|| port_range(port));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for port in ports {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(range)) => compare(port, range),
            Ok(Err(panic)) => report_panic(port, panic),
            Err(_) => panic!(
                "`port_range({port})` has not returned after {DEADLINE:?}: \
                 is there an endless loop?"
            ),
        }
    }
}

fn compare(port: u16, answer: PortRange) {
    let (range, ends) = if port < 1024 {
        (PortRange::System, "0 to 1023")
    } else if port < 49_152 {
        (PortRange::User, "1024 to 49151")
    } else {
        (PortRange::Dynamic, "49152 to 65535")
    };
    if range == answer {
        return;
    }
    let more = match port {
        0 => {
            "\n  0 is reserved, and in `bind` it means \"choose for me\", but as a number it lies \
             in the first range."
        }
        1022..=1025 | 49_150..=49_153 => {
            "\n  Two ranges meet here: is one of yours too short or too long?"
        }
        65_535 => "\n  It is the last port of all: there are 65,536, and the first is 0.",
        32_768 if answer == PortRange::Dynamic => {
            "\n  Linux lends its programs ports from 32768 on; that is its own choice, not the range's."
        }
        61_000 if answer == PortRange::User => {
            "\n  Linux lends its programs ports up to 60999; that is its own choice, not the range's."
        }
        _ => "",
    };
    panic!("port {port} is a {range:?} port, and you say {answer:?}: {range:?} is {ends}{more}");
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(port: u16, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!("your `port_range({port})` panicked: {why}. Every port has a range, from 0 to 65535");
}
