use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// How long a test waits for something that a right answer does at once: with the tests that
/// wait after it, less than 2 s.
const DEADLINE: Duration = Duration::from_millis(1_500);

/// How long the other tests wait once one has waited in vain: they would learn nothing new.
const SHORT_WAIT: Duration = Duration::from_millis(100);
static WAITED_IN_VAIN: AtomicBool = AtomicBool::new(false);

/// An IPv4 header with the checksum that its sender wrote: from 192.0.2.10 to 192.0.2.20, 33 bytes, UDP.
const HEADER: [u8; 20] = [
    0x45, 0x00, 0x00, 0x21, 0x00, 0x01, 0x40, 0x00, 0x40, 0x11, 0xb6, 0xac, 192, 0, 2, 10, 192, 0,
    2, 20,
];

#[test]
fn the_tasks_example_and_one_like_it() {
    wants(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7], 0x220d);
    wants(&[0x12, 0x34, 0x43, 0x21], 0xaaaa);
}

#[test]
fn two_bytes_are_one_number_most_significant_first() {
    wants(&[0x01, 0x02], !0x0102);
    wants(&[0x00, 0xff, 0x00, 0x01], !0x0100);
    wants(&[0xab, 0xcd], !0xabcd);
}

#[test]
fn what_is_above_16_bits_is_added_to_the_rest() {
    wants(&[0xff, 0xff, 0x00, 0x02], !0x0002);
    wants(&[0x80, 0x00, 0x80, 0x00], !0x0001);
    wants(&[0xf0, 0x00, 0xf0, 0x00, 0xf0, 0x00], !0xd002);
}

#[test]
fn adding_it_may_need_17_bits_again() {
    wants(&[0xff, 0xff, 0xff, 0xff, 0x00, 0x01], !0x0001);
    wants(&[[0xff; 8].as_slice(), &[0x00, 0x03]].concat(), !0x0003);
}

#[test]
fn adding_it_may_need_17_bits_even_the_second_time() {
    // The sum is 0x1_0000_ffff; then 0x1ffff; then 0x10000; then 1.
    let ones = [0xff; 2 * 65_538];
    wants(&[ones.as_slice(), &[0x00, 0x01]].concat(), !0x0001);
}

#[test]
fn a_byte_left_over_has_a_zero_behind_it() {
    // First with a pair in front: of a single byte, a zero on the wrong side and a pair the wrong
    // way round look the same.
    wants(&[0x00, 0x01, 0x02], !0x0201);
    wants(&[0xff, 0xff, 0x01], !0x0100);
    wants(&[0xab], !0xab00);
}

#[test]
fn nothing_has_a_checksum_too() {
    wants(&[], 0xffff);
    wants(&[0; 2], 0xffff);
    wants(&[0; 33], 0xffff);
    // UDP alone sends 0xffff in place of 0, since 0 means "no checksum" there (RFC 768).
    wants(&[0xff; 2], 0);
    wants(&[0xff; 64], 0);
}

#[test]
fn a_real_header_sums_up_to_zero() {
    wants(&HEADER, 0);
    let mut unsigned = HEADER;
    (unsigned[10], unsigned[11]) = (0, 0);
    wants(&unsigned, 0xb6ac);
}

#[test]
fn long_data_needs_no_wider_sum_than_there_is() {
    for (byte, length) in [
        (0xff, 131_074),
        (0xff, 131_076),
        (0xff, 200_000),
        (0xfe, 200_001),
    ] {
        let data = vec![byte; length];
        wants(&data, by_remainder(&data));
    }
}

#[test]
fn any_bytes_have_the_checksum_of_the_rules() {
    let mut random = Random::new();
    let (even, odd) = ((0..300).step_by(2), (1..300).step_by(2));
    for length in even.chain(odd).chain([1_499, 1_500, 65_507]) {
        let data = random.bytes(length);
        wants(&data, by_remainder(&data));
    }
    // Many large numbers, so that the sum passes 16 bits by a little and by a lot.
    for length in 0..300 {
        let mut data = vec![0xff; length];
        for _ in 0..length.min(3) {
            data[random.below(length)] = random.below(256) as u8;
        }
        wants(&data, by_remainder(&data));
    }
}

#[test]
fn data_with_its_checksum_sums_up_to_zero() {
    let mut random = Random::new();
    for length in 0..100 {
        // The checksum stands at an even place, as in every packet.
        let mut packet = random.bytes(2 * length);
        let checksum = learners_checksum(&packet);
        packet.extend(checksum.to_be_bytes());
        let sum = learners_checksum(&packet);
        assert!(
            sum == 0,
            "a receiver calls it on the whole packet, its checksum {checksum:#06x} included, and \
             must get 0 (the sum, 0xffff, turned over), but gets {sum:#06x}\n{}",
            written(&packet)
        );
    }
}

/// The same number in another way: to add what is above 16 bits to the rest changes nothing about the
/// remainder of the division by 0xffff. Of 0 and 0xffff, which have the same, only a sum without a
/// single bit gives 0.
fn by_remainder(data: &[u8]) -> u16 {
    let (even, odd): (u64, u64) = data.chunks(2).fold((0, 0), |(even, odd), pair| {
        (
            even + u64::from(pair[0]),
            odd + pair.get(1).map_or(0, |&byte| u64::from(byte)),
        )
    });
    let sum = 256 * even + odd;
    match sum % 0xffff {
        0 if sum > 0 => 0,
        remainder => !(remainder as u16),
    }
}

/// Wants this checksum, and says what the given one would come of.
fn wants(data: &[u8], right: u16) {
    let given = learners_checksum(data);
    if given == right {
        return;
    }
    let even = &data[..data.len() & !1];
    let wide: u64 = data
        .chunks(2)
        .map(|pair| u64::from(pair[0]) * 256 + pair.get(1).map_or(0, |&byte| u64::from(byte)))
        .sum();
    let folded_once = (wide & 0xffff) + (wide >> 16);
    let folded_twice = (folded_once & 0xffff) + (folded_once >> 16);
    let bytes: u64 = data.iter().map(|&byte| u64::from(byte)).sum();
    let last = data.last().map_or(0, |&byte| u64::from(byte));
    let odd = data.len() % 2 == 1;
    let in_front = by_remainder(&[even, &[0, last as u8]].concat());

    let why = if odd && given == by_remainder(even) {
        "the number of bytes is odd, and the last one is missing from your sum"
    } else if odd && given == in_front {
        "the number of bytes is odd: the zero goes behind the last byte, so that it is the upper \
         half of its number, not the lower"
    } else if given == 0 && wide > u64::from(u32::MAX) {
        "the sum needs more bits than its type has, and stays at the greatest number \
         (`saturating_add`?): take a wider type"
    } else if right == 0 && given == 0xffff {
        "the sum is 0xffff, and with every bit turned over (`!`) it is 0. To send 0xffff in place \
         of 0 is UDP's rule alone, and its sender's business"
    } else if given == !right {
        "this is the sum: the checksum is the sum with every bit turned over (`!`)"
    } else if given == right.swap_bytes() {
        "the two bytes stand the wrong way round: the first byte of each pair is the upper half \
         of its number (`u16::from_be_bytes`)"
    } else if given == !(wide as u16) {
        "what is above 16 bits was thrown away: it is to be added to the rest"
    } else if given == !(folded_once as u16) {
        "what is above 16 bits was added to the rest, and that needed 17 bits again: go on until \
         16 bits are enough"
    } else if given == !(folded_twice as u16) {
        "what is above 16 bits was added to the rest, and that needed 17 bits even the second \
         time: go on until 16 bits are enough"
    } else if given == !(bytes as u16) {
        "you sum up single bytes: take them in pairs, as 16-bit numbers"
    } else if given == (!right).wrapping_neg() {
        "turn every bit over (`!`): to change the sign is something else"
    } else if (17..2_000).contains(&data.len())
        && (2..data.len()).any(|end| given == by_remainder(&data[..end]))
    {
        "this is the checksum of the first bytes alone: all count, however many there are"
    } else {
        "compare step by step: the pairs, their sum, the sum in 16 bits, all bits turned over"
    };
    panic!(
        "the checksum of these bytes is {right:#06x}, and `internet_checksum` says {given:#06x}: \
         {why}\n{}",
        written(data)
    );
}

/// The bytes in pairs, or the first of them and how many there are.
fn written(data: &[u8]) -> String {
    const SHOWN: usize = 32;
    let pairs: Vec<String> = data[..data.len().min(SHOWN)]
        .chunks(2)
        .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    match data.len() {
        0 => "  no bytes".into(),
        1 => format!("  1 byte: {}", pairs.join(" ")),
        length if length > SHOWN => format!("  {length} bytes: {} …", pairs.join(" ")),
        length => format!("  {length} bytes: {}", pairs.join(" ")),
    }
}

/// Different at each run, so that an answer cannot be written down beforehand. A library of property
/// tests would take longer to build than everything else here.
struct Random {
    state: RandomState,
    drawn: u64,
}

impl Random {
    fn new() -> Self {
        Random {
            state: RandomState::new(),
            drawn: 0,
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.drawn += 1;
        (self.state.hash_one(self.drawn) % end as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}

fn learners_checksum(data: &[u8]) -> u16 {
    let (verdict, wait) = mpsc::channel();
    let bytes = data.to_vec();
    thread::spawn(move || {
        let _ = verdict.send(std::panic::catch_unwind(|| internet_checksum(&bytes)));
    });
    match wait.recv_timeout(patience()) {
        Ok(Ok(checksum)) => checksum,
        Ok(Err(panic)) => report_panic(panic, data),
        Err(_) => {
            WAITED_IN_VAIN.store(true, Ordering::Relaxed);
            panic!(
                "`internet_checksum` does not return: is there an endless loop?\n{}",
                written(data)
            )
        }
    }
}

/// How long to wait for the learner's answer.
fn patience() -> Duration {
    if WAITED_IN_VAIN.load(Ordering::Relaxed) {
        SHORT_WAIT
    } else {
        DEADLINE
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>, data: &[u8]) -> ! {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "no text",
    };
    if text.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    let why = if text.contains("add with overflow") || text.contains("multiply with overflow") {
        "\n  (the sum needs more bits than its type has: take a wider one, or cut off what is \
         above 16 bits, and add it, as soon as it comes up)"
    } else if data.is_empty() {
        "\n  (there are no bytes at all: their sum is 0)"
    } else if data.len() % 2 == 1 {
        "\n  (the number of bytes is odd: the last chunk has one byte, and no second)"
    } else {
        ""
    };
    panic!(
        "your `internet_checksum` panicked: {text}{why}\n{}",
        written(data)
    );
}
