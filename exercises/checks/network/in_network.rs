use super::*;
use std::{
    any::Any,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// A question: is this address in this network, of this prefix length?
#[derive(Clone, Copy)]
struct Question {
    address: Ipv4Addr,
    network: Ipv4Addr,
    prefix_length: u8,
}

#[test]
fn whole_numbers_are_compared() {
    judge([
        question("192.168.1.20", "192.168.1.0", 24),
        question("192.168.2.20", "192.168.1.0", 24),
        question("10.9.8.7", "10.0.0.0", 8),
        question("11.9.8.7", "10.0.0.0", 8),
        question("172.16.200.1", "172.16.0.0", 16),
        question("172.17.0.1", "172.16.0.0", 16),
    ]);
}

#[test]
fn a_prefix_may_end_inside_a_number() {
    judge([
        question("192.168.7.255", "192.168.4.0", 22),
        question("192.168.8.0", "192.168.4.0", 22),
        question("192.168.3.255", "192.168.4.0", 22),
        question("172.31.255.255", "172.16.0.0", 12),
        question("172.32.0.0", "172.16.0.0", 12),
        question("172.15.255.255", "172.16.0.0", 12),
        question("192.0.2.130", "192.0.2.128", 25),
        question("192.0.2.127", "192.0.2.128", 25),
        question("100.127.0.1", "100.64.0.0", 10),
        question("100.128.0.1", "100.64.0.0", 10),
    ]);
}

#[test]
fn text_that_begins_alike_is_no_prefix() {
    judge([
        question("10.10.1.1", "10.1.0.0", 16),
        question("192.168.10.1", "192.168.1.0", 24),
        question("1.2.3.4", "12.3.4.0", 8),
        question("100.0.0.1", "10.0.0.0", 8),
        question("19.2.0.1", "192.0.0.0", 8),
    ]);
}

#[test]
fn length_0_is_every_address() {
    judge([
        question("192.0.2.1", "0.0.0.0", 0),
        question("255.255.255.255", "0.0.0.0", 0),
        question("0.0.0.0", "255.255.255.255", 0),
        question("10.0.0.1", "192.168.0.0", 0),
    ]);
}

#[test]
fn length_32_is_one_address() {
    judge([
        question("192.0.2.1", "192.0.2.1", 32),
        question("192.0.2.0", "192.0.2.1", 32),
        question("192.0.2.2", "192.0.2.1", 32),
        question("64.0.2.1", "192.0.2.1", 32),
        question("255.255.255.255", "255.255.255.255", 32),
        question("0.0.0.0", "0.0.0.0", 32),
        question("192.0.2.0", "192.0.2.1", 31),
        question("192.0.2.2", "192.0.2.1", 31),
    ]);
}

#[test]
fn the_first_and_the_last_address_are_in_the_network() {
    judge([
        question("192.168.1.0", "192.168.1.0", 24),
        question("192.168.1.255", "192.168.1.0", 24),
        question("10.0.0.0", "10.0.0.0", 8),
        question("10.255.255.255", "10.0.0.0", 8),
        question("0.0.0.0", "0.0.0.0", 1),
        question("127.255.255.255", "0.0.0.0", 1),
        question("128.0.0.0", "0.0.0.0", 1),
        question("255.255.255.255", "128.0.0.0", 1),
    ]);
}

#[test]
fn what_stands_behind_the_prefix_does_not_matter() {
    judge([
        question("10.200.0.1", "10.1.2.3", 8),
        question("192.168.1.20", "192.168.1.77", 24),
        question("192.168.2.77", "192.168.1.77", 24),
        question("192.168.5.1", "192.168.7.255", 22),
        question("11.1.2.3", "10.1.2.3", 8),
    ]);
}

#[test]
fn a_longer_prefix_than_the_address_is_no_network() {
    let lengths = [33, 34, 40, 63, 64, 65, 96, 128, 160, 254, 255];
    judge(lengths.into_iter().flat_map(|length| {
        [
            question("192.0.2.1", "192.0.2.1", length),
            question("192.0.2.2", "192.0.2.1", length),
            question("0.0.0.0", "0.0.0.0", length),
            question("10.0.0.1", "0.0.0.0", length),
            question("255.255.255.255", "255.255.255.255", length),
        ]
    }));
}

#[test]
fn every_length_and_every_bit_counts() {
    let mut random = 0x4632_u32;
    // Length 0 has a test of its own.
    judge((1..=32).flat_map(|prefix_length| {
        // Random enough (xorshift), and the same at each run: what failed before is tried again.
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let network = Ipv4Addr::from_bits(random);
        // The network's own address, and each that differs from it in one bit.
        let changes = (0..32).map(|bit| 1 << bit).chain([0]);
        let addresses = changes.map(move |change| Ipv4Addr::from_bits(network.to_bits() ^ change));
        addresses.map(move |address| Question {
            address,
            network,
            prefix_length,
        })
    }));
}

fn question(address: &str, network: &str, prefix_length: u8) -> Question {
    Question {
        address: address.parse().unwrap(),
        network: network.parse().unwrap(),
        prefix_length,
    }
}

/// Asks the learner's `in_network` each question, on a thread of its own, and fails at the first
/// wrong answer, at a panic, and when the time is up.
fn judge(questions: impl IntoIterator<Item = Question>) {
    let questions: Vec<Question> = questions.into_iter().collect();
    let asked = questions.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for q in asked {
            let answer =
                std::panic::catch_unwind(|| in_network(q.address, q.network, q.prefix_length));
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
            Ok(Err(panic)) => report_panic(question, panic),
            Err(_) => panic!(
                "{}: the answer has not come after {DEADLINE:?}. Is there an endless loop, or one \
                 over all addresses of the network? There can be 4,294,967,296",
                question.shown()
            ),
        }
    }
}

impl Question {
    fn shown(&self) -> String {
        format!(
            "`in_network({}, {}, {})`",
            self.address, self.network, self.prefix_length
        )
    }

    /// How many bits the two have in common, counted one by one from the first.
    fn common_bits(&self) -> u8 {
        let mut count = 0;
        while count < 32 && self.bit(self.address, count) == self.bit(self.network, count) {
            count += 1;
        }
        count
    }

    fn bit(&self, address: Ipv4Addr, number: u8) -> u8 {
        let byte = address.octets()[usize::from(number / 8)];
        byte >> (7 - number % 8) & 1
    }
}

fn compare(question: &Question, answer: bool) {
    let &Question {
        address,
        network,
        prefix_length,
    } = question;
    let common = question.common_bits();
    let expected = prefix_length <= 32 && common >= prefix_length;
    if answer == expected {
        return;
    }
    let call = question.shown();
    assert!(
        prefix_length <= 32,
        "{call} must be false: an address has 32 bits, so a prefix of {prefix_length} bits names \
         no network"
    );
    // The network's two ends, as far as it is written with its host bits 0.
    let host_bits = u32::MAX.checked_shr(prefix_length.into()).unwrap_or(0);
    let no_host_bits = network.to_bits() & host_bits == 0;
    let end = match address.to_bits() & host_bits {
        _ if !no_host_bits || host_bits <= 1 => "",
        0 => ". It is the network's first address, and that is in it, too",
        host if host == host_bits => ". It is the network's last address, and that is in it, too",
        _ => "",
    };
    if prefix_length == 0 {
        let advice = if !no_host_bits {
            ". The network's own bits do not matter either: do you mask both?"
        } else if end.is_empty() {
            ". What does your shift make of 32 bits? `checked_shl` and `checked_shr` give None \
             there, and `wrapping_shl` shifts by nothing"
        } else {
            end
        };
        panic!(
            "{call} must be true: no bit is compared, so every address is in the network{advice}"
        );
    }
    // The bits, with a bar where the prefix ends.
    let bits = |address: Ipv4Addr| {
        let text = format!("{:032b}", address.to_bits());
        let (prefix, rest) = text.split_at(usize::from(prefix_length));
        format!("{prefix}|{rest}  {address}")
    };
    let why = if expected {
        format!("the bits before the bar are the same, and the others do not matter{end}")
    } else {
        format!("bit {} differs, and it stands before the bar", common + 1)
    };
    panic!(
        "{call} must be {expected}: {why}\n  address {}\n  network {}",
        bits(address),
        bits(network)
    );
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(question: &Question, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    let advice = match question.prefix_length {
        0 => {
            "Is it a shift? A u32 has 32 bits, and `<<` or `>>` by all of them overflows; \
             `checked_shl` and `checked_shr` give None instead"
        }
        33.. => "A prefix has at most 32 bits, and the answer to a longer one is false",
        _ => "A network of any length from 0 to 32 has an answer",
    };
    panic!("your {} panicked: {why}. {advice}", question.shown());
}
