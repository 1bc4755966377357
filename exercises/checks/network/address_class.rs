use super::*;
use std::{
    any::Any,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for all its answers, which a right answer gives in milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// Each class, the bits that its addresses begin with, and its first and last address as numbers.
const CLASSES: [(Class, &str, u32, u32); 5] = [
    (Class::A, "0", 0x0000_0000, 0x7fff_ffff),
    (Class::B, "10", 0x8000_0000, 0xbfff_ffff),
    (Class::C, "110", 0xc000_0000, 0xdfff_ffff),
    (Class::D, "1110", 0xe000_0000, 0xefff_ffff),
    (Class::E, "1111", 0xf000_0000, 0xffff_ffff),
];

#[test]
fn well_known_addresses_have_their_class() {
    let addresses = [
        [10, 0, 0, 1],
        [172, 16, 0, 1],
        [192, 168, 0, 1],
        [224, 0, 0, 1],
        [240, 0, 0, 1],
        [8, 8, 8, 8],
        [127, 0, 0, 1],
        [0, 0, 0, 0],
        [255, 255, 255, 255],
    ];
    judge(addresses.map(Ipv4Addr::from));
}

#[test]
fn each_class_begins_and_ends_where_it_should() {
    let edges = CLASSES.map(|(_, _, first, last)| [first, first + 1, last - 1, last]);
    judge(edges.into_iter().flatten().map(Ipv4Addr::from_bits));
}

#[test]
fn the_first_number_alone_decides() {
    // Each first number, with rests that would lead astray whoever looks at another one.
    let rests = [[0, 0, 0], [255, 255, 255], [10, 128, 240], [224, 192, 1]];
    judge((0..=255).flat_map(|first| {
        rests.map(|[second, third, fourth]| Ipv4Addr::new(first, second, third, fourth))
    }));
}

#[test]
fn any_address_has_its_class() {
    let mut random = 0x0791_u32;
    judge((0..1_000).map(|_| {
        // Random enough (xorshift), and the same at each run: what failed before is tried again.
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        Ipv4Addr::from_bits(random)
    }));
}

/// Gives each address to the learner's `address_class`, on a thread of its own, and fails at the
/// first wrong answer, at a panic, and when the time is up.
fn judge(addresses: impl IntoIterator<Item = Ipv4Addr>) {
    let addresses: Vec<Ipv4Addr> = addresses.into_iter().collect();
    let asked = addresses.clone();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        for address in asked {
            let answer = std::panic::catch_unwind(|| address_class(address));
            let panicked = answer.is_err();
            if sender.send(answer).is_err() || panicked {
                break;
            }
        }
    });
    let end = Instant::now() + DEADLINE;
    for address in addresses {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Ok(class)) => compare(address, class),
            Ok(Err(panic)) => report_panic(address, panic),
            Err(_) => panic!(
                "`address_class({address})` has not returned after {DEADLINE:?}: \
                 is there an endless loop?"
            ),
        }
    }
}

fn compare(address: Ipv4Addr, answer: Class) {
    let number = address.to_bits();
    for (class, bits, first, last) in CLASSES {
        let inside = (first..=last).contains(&number);
        if !inside || class == answer {
            continue;
        }
        let first_number = address.octets()[0];
        let (from, to) = (first >> 24, last >> 24);
        let more = match first_number {
            0 => {
                "\n  It is the first of all. That it is used for \"this network\" changes nothing."
            }
            127 => "\n  It is the last of class A. That it is used for loopback changes nothing.",
            255 => {
                "\n  It is the last of all. That one address of it is a broadcast changes nothing."
            }
            _ if u32::from(first_number) == from || u32::from(first_number) == to => {
                "\n  It stands at the edge of its class: is one of your ranges one too short or \
                 too long?"
            }
            _ => "",
        };
        panic!(
            "{address} is of class {class:?}, and you say {answer:?}: its first number, \
             {first_number}, is {first_number:08b} in bits and begins with {bits}; \
             class {class:?} has the first numbers {from} to {to}{more}"
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
    panic!("your `address_class({address})` panicked: {why}. Every address has a class");
}
