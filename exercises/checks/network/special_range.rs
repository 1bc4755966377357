use super::*;
use std::{
    any::Any,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// The task's table: each network by its first address and its prefix length, the more special first.
const NETWORKS: [([u8; 4], u32, Range); 16] = [
    ([0, 0, 0, 0], 8, Range::ThisNetwork),
    ([10, 0, 0, 0], 8, Range::Private),
    ([100, 64, 0, 0], 10, Range::Shared),
    ([127, 0, 0, 0], 8, Range::Loopback),
    ([169, 254, 0, 0], 16, Range::LinkLocal),
    ([172, 16, 0, 0], 12, Range::Private),
    ([192, 0, 0, 0], 24, Range::IetfProtocolAssignments),
    ([192, 0, 2, 0], 24, Range::Documentation),
    ([192, 168, 0, 0], 16, Range::Private),
    ([198, 18, 0, 0], 15, Range::Benchmarking),
    ([198, 51, 100, 0], 24, Range::Documentation),
    ([203, 0, 113, 0], 24, Range::Documentation),
    ([224, 0, 0, 0], 4, Range::Multicast),
    ([255, 255, 255, 255], 32, Range::LimitedBroadcast),
    ([240, 0, 0, 0], 4, Range::Reserved),
    ([0, 0, 0, 0], 0, Range::Public),
];

#[test]
fn private_addresses() {
    judge([[192, 168, 1, 20], [10, 0, 0, 1], [172, 16, 0, 1]]);
    judge([[172, 20, 1, 1], [172, 31, 255, 255], [172, 16, 0, 0]]);
    judge([[172, 15, 255, 255], [172, 32, 0, 0], [172, 0, 0, 1]]);
    judge([[9, 255, 255, 255], [11, 0, 0, 0], [10, 255, 255, 255]]);
    judge([[192, 167, 255, 255], [192, 169, 0, 0], [192, 168, 255, 255]]);
}

#[test]
fn addresses_of_this_machine_and_its_link() {
    judge([[127, 0, 0, 1], [127, 0, 0, 2], [127, 1, 2, 3]]);
    judge([[127, 255, 255, 255], [127, 0, 0, 0], [128, 0, 0, 0]]);
    judge([[126, 255, 255, 255], [0, 0, 0, 0], [0, 0, 0, 1]]);
    judge([[0, 255, 255, 255], [1, 0, 0, 0], [1, 1, 1, 1]]);
    judge([[169, 254, 10, 20], [169, 254, 0, 0], [169, 254, 255, 255]]);
    judge([[169, 253, 255, 255], [169, 255, 0, 0], [169, 1, 1, 1]]);
}

#[test]
fn addresses_of_providers_and_protocols() {
    judge([[100, 64, 0, 1], [100, 100, 0, 1], [100, 127, 255, 255]]);
    judge([[100, 128, 0, 0], [100, 63, 255, 255], [100, 0, 0, 1]]);
    judge([[192, 0, 0, 1], [192, 0, 0, 255], [192, 0, 1, 0]]);
    judge([[192, 0, 3, 0], [192, 0, 200, 1], [191, 255, 255, 255]]);
}

#[test]
fn addresses_for_documents_and_measurements() {
    judge([[192, 0, 2, 10], [198, 51, 100, 1], [203, 0, 113, 1]]);
    judge([[192, 0, 2, 0], [192, 0, 2, 255], [192, 0, 1, 255]]);
    judge([[198, 51, 99, 255], [198, 51, 101, 0], [198, 51, 1, 1]]);
    judge([[203, 0, 112, 255], [203, 0, 114, 0], [203, 1, 113, 0]]);
    judge([[198, 18, 0, 1], [198, 19, 0, 1], [198, 19, 255, 255]]);
    judge([[198, 17, 255, 255], [198, 20, 0, 0], [198, 18, 0, 0]]);
}

#[test]
fn addresses_from_224_on() {
    judge([[224, 0, 0, 1], [224, 0, 0, 251], [239, 255, 255, 250]]);
    judge([[232, 1, 1, 1], [239, 255, 255, 255], [223, 255, 255, 255]]);
    judge([[240, 0, 0, 1], [240, 0, 0, 0], [250, 1, 2, 3]]);
    judge([[255, 255, 255, 255], [255, 255, 255, 254], [255, 0, 0, 0]]);
    judge([[255, 255, 254, 255], [254, 255, 255, 255]]);
}

#[test]
fn public_addresses() {
    judge([[8, 8, 8, 8], [1, 1, 1, 1], [9, 9, 9, 9], [193, 0, 0, 1]]);
    // At the end or the beginning of their network, but nobody's broadcast.
    judge([[8, 8, 8, 255], [8, 8, 8, 0], [93, 255, 255, 255]]);
    judge([
        [192, 1, 1, 1],
        [198, 1, 1, 1],
        [203, 1, 1, 1],
        [172, 1, 1, 1],
    ]);
}

#[test]
fn every_range_begins_and_ends_where_it_should() {
    judge(NETWORKS.into_iter().flat_map(|(first, length, _)| {
        let (first, last) = ends(first, length);
        let around = [first.wrapping_sub(1), first, last, last.wrapping_add(1)];
        around.map(|number| Ipv4Addr::from_bits(number).octets())
    }));
}

#[test]
fn any_address_has_its_range() {
    let mut random = 0x6890_u32;
    let mut next = || {
        // Random enough (xorshift), and the same at each run: what failed before is tried again.
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random
    };
    judge((0..3_000).map(|turn| {
        let number = match turn % 3 {
            // Any address.
            0 => next(),
            // One in a network of the table …
            choice => {
                let (first, length, _) = NETWORKS[next() as usize % NETWORKS.len()];
                let (first, last) = ends(first, length);
                let inside = first + (u64::from(next()) % (u64::from(last - first) + 1)) as u32;
                // … or one that differs from it in a single bit.
                inside ^ if choice == 1 { 0 } else { 1 << (next() % 32) }
            }
        };
        Ipv4Addr::from_bits(number).octets()
    }));
}

/// The first and the last address of a network, as numbers.
fn ends(first: [u8; 4], length: u32) -> (u32, u32) {
    let first = u32::from_be_bytes(first);
    (first, first | u32::MAX.checked_shr(length).unwrap_or(0))
}

/// Gives each address to the learner's `special_range`, on a thread of its own, and fails at the
/// first wrong answer, at a panic, and when the time is up.
fn judge(addresses: impl IntoIterator<Item = [u8; 4]>) {
    let addresses: Vec<Ipv4Addr> = addresses.into_iter().map(Ipv4Addr::from).collect();
    let asked = addresses.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for address in asked {
            let answer = std::panic::catch_unwind(|| special_range(address));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for address in addresses {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(range)) => compare(address, range),
            Ok(Err(panic)) => report_panic(address, panic),
            Err(_) => panic!(
                "`special_range({address})` has not returned after {DEADLINE:?}: \
                 is there an endless loop?"
            ),
        }
    }
}

fn compare(address: Ipv4Addr, answer: Range) {
    let (network, expected) = range_of(address);
    agree_with_the_standard_library(address, expected);
    if answer == expected {
        return;
    }
    let mut text = format!("{address} is {expected:?}, and you say {answer:?}.");
    if expected == Range::LimitedBroadcast {
        text += "\n  It is this one address alone.";
        if answer == Range::Reserved {
            text += " Does the wider range win, because it stands first?";
        }
    } else if expected != Range::Public {
        text += &format!("\n  It lies in {network}.");
    }
    // Of what the learner takes it for, the network that is nearest.
    let nearest = NETWORKS
        .into_iter()
        .filter(|&(_, _, range)| range == answer && answer != Range::Public)
        .filter(|_| expected != Range::LimitedBroadcast)
        .min_by_key(|&(first, length, _)| {
            let ((first, last), number) = (ends(first, length), address.to_bits());
            first
                .saturating_sub(number)
                .max(number.saturating_sub(last))
        });
    if let Some((first, length, _)) = nearest {
        let nearest = shown(first, length);
        text += &format!("\n  The nearest that is {answer:?} is {nearest}.");
    }
    panic!("{text}");
}

/// The network of the table that an address lies in, for a message, and the network's range.
fn range_of(address: Ipv4Addr) -> (String, Range) {
    for (first, length, range) in NETWORKS {
        let (from, to) = ends(first, length);
        if (from..=to).contains(&address.to_bits()) {
            return (shown(first, length), range);
        }
    }
    unreachable!("the last network has all addresses");
}

fn shown(first: [u8; 4], length: u32) -> String {
    let (from, to) = ends(first, length);
    let (from, to) = (Ipv4Addr::from_bits(from), Ipv4Addr::from_bits(to));
    if from == to {
        return format!("{from} alone");
    }
    format!("{from}/{length}, which goes from {from} to {to}")
}

/// Where the standard library has a word for a range, the table above must mean the same by it.
fn agree_with_the_standard_library(address: Ipv4Addr, range: Range) {
    for (range_is, it_says) in [
        (Range::Private, address.is_private()),
        (Range::Loopback, address.is_loopback()),
        (Range::LinkLocal, address.is_link_local()),
        (Range::Multicast, address.is_multicast()),
        (Range::LimitedBroadcast, address.is_broadcast()),
        (Range::Documentation, address.is_documentation()),
    ] {
        assert_eq!(
            range == range_is,
            it_says,
            "this check is wrong about {address}: the standard library disagrees on {range_is:?}"
        );
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was and what it came from.
fn report_panic(address: Ipv4Addr, panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!("your `special_range({address})` panicked: {why}. Every address has a range");
}
