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

/// The lesson's frame: "hello" from 192.0.2.10 port 49152 to 192.0.2.20 port 7001, with the 13 bytes of
/// padding that bring a frame to 60.
const HELLO: [u8; 60] = [
    0x02, 0, 0, 0, 0, 0x14, 0x02, 0, 0, 0, 0, 0x0a, 0x08, 0x00, //
    0x45, 0x00, 0x00, 0x21, 0x00, 0x01, 0x40, 0x00, 0x40, 0x11, 0xb6, 0xac, //
    192, 0, 2, 10, 192, 0, 2, 20, //
    0xc0, 0x00, 0x1b, 0x59, 0x00, 0x0d, 0x5c, 0x89, b'h', b'e', b'l', b'l', b'o', //
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// A frame to be built, field by field, so that each can be wrong.
#[derive(Clone)]
struct Frame {
    ether_type: u16,
    version: u8,
    /// In bytes, a multiple of four.
    options: Vec<u8>,
    fragmentation: u16,
    protocol: u8,
    source: SocketAddrV4,
    destination: SocketAddrV4,
    payload: Vec<u8>,
    /// What stands in the packet behind the UDP datagram.
    surplus: Vec<u8>,
    /// What stands in the frame behind the packet.
    padding: Vec<u8>,
    /// The lengths, where they are not right.
    header_words: Option<u8>,
    total_length: Option<u16>,
    udp_length: Option<u16>,
}

impl Frame {
    /// A frame that holds a datagram.
    fn new(random: &mut Random, length: usize) -> Self {
        Frame {
            ether_type: 0x0800,
            version: 4,
            options: Vec::new(),
            fragmentation: 0x4000,
            protocol: 17,
            source: random.address(),
            destination: random.address(),
            payload: random.bytes(length),
            surplus: Vec::new(),
            padding: Vec::new(),
            header_words: None,
            total_length: None,
            udp_length: None,
        }
    }

    /// The frame as it is sent. Its checksums are zero, as before a card fills them in.
    fn bytes(&self) -> Vec<u8> {
        let header = 20 + self.options.len();
        let udp = 8 + self.payload.len();
        let total = header + udp + self.surplus.len();
        let header_words = self.header_words.unwrap_or(header as u8 / 4);
        let total_length = self.total_length.unwrap_or(total as u16);
        let udp_length = self.udp_length.unwrap_or(udp as u16);
        [
            &HELLO[..12],
            &self.ether_type.to_be_bytes(),
            &[self.version << 4 | header_words, 0],
            &total_length.to_be_bytes(),
            &[0x12, 0x34],
            &self.fragmentation.to_be_bytes(),
            &[64, self.protocol, 0, 0],
            &self.source.ip().octets(),
            &self.destination.ip().octets(),
            &self.options,
            &self.source.port().to_be_bytes(),
            &self.destination.port().to_be_bytes(),
            &udp_length.to_be_bytes(),
            &[0, 0],
            &self.payload,
            &self.surplus,
            &self.padding,
        ]
        .concat()
    }

    fn datagram(&self) -> Found {
        Found {
            source: self.source,
            destination: self.destination,
            payload: self.payload.clone(),
        }
    }
}

#[test]
fn the_lessons_frame_says_hello() {
    let right = Found {
        source: SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 10), 49152),
        destination: SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 20), 7001),
        payload: b"hello".to_vec(),
    };
    judge([(HELLO.to_vec(), Ok(right), "this is the lesson's frame")]);
}

#[test]
fn what_was_wrapped_comes_out() {
    let mut random = Random::new();
    for length in [1, 2, 17, 18, 19, 100, 1_472] {
        finds(
            &Frame::new(&mut random, length),
            "a frame with nothing special about it",
        );
    }
}

#[test]
fn a_frame_may_be_longer_than_most() {
    let mut random = Random::new();
    // The last is all that IPv4's length can say: on the loopback interface there are such frames.
    for length in [1_473, 9_000, 65_507] {
        finds(
            &Frame::new(&mut random, length),
            "1,500 bytes is what Ethernet promises; other networks, and loopback, carry more, and \
             IPv4's total length goes up to 65,535",
        );
    }
}

#[test]
fn a_port_may_be_any_number() {
    let mut random = Random::new();
    for (source, destination) in [(0, 7001), (49152, 0), (0, 0), (65_535, 65_535)] {
        let mut frame = Frame::new(&mut random, 20);
        frame.source.set_port(source);
        frame.destination.set_port(destination);
        finds(
            &frame,
            "a port is what the header says, be it 0: no error of this task is for that",
        );
    }
}

#[test]
fn a_payload_may_be_empty() {
    let mut frame = Frame::new(&mut Random::new(), 0);
    let why = "UDP's length is 8: the header alone, and an empty payload is a payload";
    finds(&frame, why);
    frame.padding = vec![0; 18];
    finds(&frame, why);
}

#[test]
fn options_make_the_ipv4_header_longer() {
    let mut random = Random::new();
    for words in 1..=10 {
        let mut frame = Frame::new(&mut random, 20);
        frame.options = random.bytes(4 * words);
        finds(
            &frame,
            "this IPv4 header has options: the lower 4 bits of its first byte say where it ends, \
             and UDP's header begins there",
        );
    }
}

#[test]
fn padding_is_no_payload() {
    let mut random = Random::new();
    for length in 0..18 {
        let mut frame = Frame::new(&mut random, length);
        // Old cards pad with whatever is in their memory.
        for padding in [vec![0; 18 - length], random.bytes(18 - length)] {
            frame.padding = padding;
            finds(
                &frame,
                "what is behind IPv4's total length is padding: no part of the payload, and no \
                 reason to refuse the frame",
            );
        }
    }
}

#[test]
fn udps_length_ends_the_payload() {
    let mut random = Random::new();
    for surplus in [1, 4, 30] {
        let mut frame = Frame::new(&mut random, 10);
        frame.surplus = random.bytes(surplus);
        finds(
            &frame,
            "UDP's length ends before the packet does: the payload is what UDP's length says",
        );
    }
}

#[test]
fn a_frame_of_something_else_is_not_ipv4() {
    let mut random = Random::new();
    let mut frame = Frame::new(&mut random, 20);
    for ether_type in [0x0806, 0x86dd, 0x8100, 0x0008, 0x0801, 0x002e] {
        frame.ether_type = ether_type;
        refuses(
            &frame,
            &[DecodeError::NotIpv4],
            "the EtherType is another than 0x0800, so what is behind it is no IPv4 header",
        );
    }
    let mut frame = Frame::new(&mut random, 20);
    for version in [0, 5, 6, 15] {
        frame.version = version;
        refuses(
            &frame,
            &[DecodeError::NotIpv4],
            "the EtherType says IPv4, but the version (the upper 4 bits of the first byte of the \
             header) does not",
        );
    }
}

#[test]
fn other_protocols_are_not_udp() {
    let mut frame = Frame::new(&mut Random::new(), 20);
    for protocol in [0, 1, 6, 16, 18, 136, 255] {
        frame.protocol = protocol;
        refuses(
            &frame,
            &[DecodeError::NotUdp],
            "the protocol is another than 17, so what is behind the IPv4 header is no UDP header",
        );
    }
}

#[test]
fn a_fragment_is_no_whole_datagram() {
    let mut frame = Frame::new(&mut Random::new(), 24);
    for fragmentation in [0x2000, 0x0001, 0x0010, 0x0100, 0x1fff, 0x2001, 0x3fff] {
        frame.fragmentation = fragmentation;
        let why = if fragmentation == 0x2000 {
            "\"more fragments\" is set: this is the first piece of a datagram, not the whole"
        } else {
            "the offset is not 0: this is a later piece of a datagram, and where a UDP header \
             would stand, there is payload"
        };
        refuses(&frame, &[DecodeError::Fragment], why);
    }
    // "Don't fragment" is no fragment, and neither is a packet without any flag.
    for fragmentation in [0x4000, 0x0000] {
        frame.fragmentation = fragmentation;
        finds(
            &frame,
            "this is no fragment: 0x4000 says \"don't fragment\", and only 0x2000 and the offset \
             tell a fragment",
        );
    }
}

#[test]
fn no_header_is_shorter_than_its_fields() {
    let mut random = Random::new();
    let mut frame = Frame::new(&mut random, 20);
    // Whoever believes the length finds a length of UDP, too, in an address or in a port.
    frame.source = SocketAddrV4::new(Ipv4Addr::new(0, 12, 7, 7), 12);
    frame.destination = SocketAddrV4::new(Ipv4Addr::new(0, 12, 7, 7), 12);
    for words in 0..5 {
        frame.header_words = Some(words);
        refuses(
            &frame,
            &[DecodeError::BadLength],
            "the IPv4 header says that it is shorter than its own 20 bytes",
        );
    }
    let mut frame = Frame::new(&mut random, 20);
    for length in 0..20 {
        frame.total_length = Some(length);
        refuses(
            &frame,
            &[DecodeError::BadLength],
            "IPv4's total length counts its header, and is smaller than that",
        );
    }
    frame.options = random.bytes(8);
    frame.total_length = Some(24);
    refuses(
        &frame,
        &[DecodeError::BadLength],
        "IPv4's total length counts its header with the options, and is smaller than that",
    );
    let mut frame = Frame::new(&mut random, 20);
    for length in 0..8 {
        frame.udp_length = Some(length);
        refuses(
            &frame,
            &[DecodeError::BadLength],
            "UDP's length counts its own 8 bytes, and is smaller than that",
        );
    }
}

#[test]
fn a_packet_without_room_for_udp_holds_none() {
    let mut frame = Frame::new(&mut Random::new(), 20);
    for length in 20..28 {
        frame.total_length = Some(length);
        refuses(
            &frame,
            &[DecodeError::BadLength, DecodeError::CutShort],
            "IPv4's total length leaves no room for UDP's 8 bytes",
        );
    }
}

#[test]
fn udps_length_stays_within_the_packet() {
    let mut random = Random::new();
    // The last is 0xffff: whatever is added to it needs more than 16 bits.
    for length in [14, 15, 18, 25, 26, 1_013, 65_013, 65_535] {
        let mut frame = Frame::new(&mut random, 5);
        frame.padding = vec![0; 13];
        frame.udp_length = Some(length);
        refuses(
            &frame,
            &[DecodeError::BadLength],
            "UDP's length reaches beyond the end of the IPv4 packet; what is behind that is \
             padding, or nothing at all",
        );
    }
}

#[test]
fn a_total_length_beyond_the_frame_is_a_cut_frame() {
    let mut frame = Frame::new(&mut Random::new(), 20);
    // With Ethernet's 14 bytes, the last two need more than 16 bits.
    for length in [49, 50, 148, 60_048, 0xfff1, 0xfff2, 0xffff] {
        frame.total_length = Some(length);
        refuses(
            &frame,
            &[DecodeError::CutShort],
            "IPv4's total length reaches beyond the end of the frame, so a part is missing",
        );
    }
}

#[test]
fn a_frame_may_be_cut_anywhere() {
    let mut random = Random::new();
    let (plain, mut long) = (Frame::new(&mut random, 20), Frame::new(&mut random, 30));
    long.options = random.bytes(12);
    for mut frame in [plain, long] {
        let whole = frame.bytes().len();
        frame.padding = vec![0; 6];
        let bytes = frame.bytes();
        judge((0..bytes.len()).map(|length| {
            let right = match length < whole {
                true => Err(vec![DecodeError::CutShort]),
                false => Ok(frame.datagram()),
            };
            let why = match length {
                0 => "the frame has no bytes",
                1..14 => "the frame ends within Ethernet's header",
                14 => "the frame ends behind Ethernet's header",
                _ if length < whole => "the frame ends before IPv4's total length is reached",
                _ => "only padding is missing: the packet is whole",
            };
            (bytes[..length].to_vec(), right, why)
        }));
    }
}

#[test]
fn one_byte_of_a_frame_may_be_anything() {
    let mut with_options = Frame::new(&mut Random::new(), 3);
    with_options.options = vec![1; 4];
    with_options.padding = vec![0; 11];
    for frame in [HELLO.to_vec(), with_options.bytes()] {
        let changes = (0..50).flat_map(|at| (0..=255).map(move |byte| (at, byte)));
        judge(changes.map(|(at, byte)| {
            let mut changed = frame.clone();
            changed[at] = byte;
            let right = by_the_rules(&changed);
            let why = format!(
                "byte {at} of a good frame was changed from {:02x} to {byte:02x}{}",
                frame[at],
                meaning(&right)
            );
            (changed, right, why)
        }));
    }
}

#[test]
fn a_frame_may_be_any_bytes() {
    let mut random = Random::new();
    let frames: Vec<_> = (0..4_000)
        .map(|round| {
            let length = random.below(100);
            let mut frame = random.bytes(length);
            // Pure chance never comes as far as UDP: so most frames begin as a good one does.
            let good = [0, 14, 16, 24, 38][round % 5].min(length);
            frame[..good].copy_from_slice(&HELLO[..good]);
            let right = by_the_rules(&frame);
            let why = format!(
                "after its first {good} bytes, this frame is random{}",
                meaning(&right)
            );
            (frame, right, why)
        })
        .collect();
    judge(frames);
}

/// What makes these errors right.
fn meaning(right: &Right) -> String {
    let Err(errors) = right else {
        return String::new();
    };
    let mut meanings = Vec::new();
    for error in errors {
        let meaning = match error {
            DecodeError::CutShort => {
                "the frame ends before a header does, or before IPv4's total length is reached"
            }
            DecodeError::NotIpv4 => "the EtherType or the version says something else than IPv4",
            DecodeError::Fragment => "\"more fragments\" is set, or the offset is not 0",
            DecodeError::NotUdp => "the protocol is not 17",
            DecodeError::BadLength => {
                "a length is too small for its own header, or UDP's reaches beyond the packet"
            }
        };
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }
    format!("; {}", meanings.join("; and "))
}

/// Wants the datagram that went into this frame.
fn finds(frame: &Frame, why: &str) {
    judge([(frame.bytes(), Ok(frame.datagram()), why)]);
}

/// Wants one of these errors.
fn refuses(frame: &Frame, errors: &[DecodeError], why: &str) {
    judge([(frame.bytes(), Err(errors.to_vec()), why)]);
}

/// A datagram with a payload of its own, so that it outlives its frame.
#[derive(Clone, PartialEq)]
struct Found {
    source: SocketAddrV4,
    destination: SocketAddrV4,
    payload: Vec<u8>,
}

/// What is right: a datagram, or any of these errors.
type Right = Result<Found, Vec<DecodeError>>;

/// What the rules say of these bytes: the datagram, or every error that fits.
fn by_the_rules(frame: &[u8]) -> Right {
    use DecodeError::*;
    let byte = |at: usize| frame.get(at).copied().map(usize::from);
    let number = |at: usize| Some(byte(at)? << 8 | byte(at + 1)?);
    let mut fit = Vec::new();
    // Three headers do not fit into fewer bytes.
    if frame.len() < 42 {
        fit.push(CutShort);
    }
    if number(12).is_some_and(|ether_type| ether_type != 0x0800) {
        fit.push(NotIpv4);
        return Err(fit);
    }
    if byte(14).is_some_and(|first| first >> 4 != 4) {
        fit.push(NotIpv4);
    }
    let header = byte(14).map_or(20, |first| 4 * (first & 0x0f));
    if header < 20 {
        fit.push(BadLength);
    }
    let Some(total) = number(16) else {
        return Err(fit);
    };
    if total < header {
        fit.push(BadLength);
    }
    if 14 + total.max(header + 8) > frame.len() {
        fit.push(CutShort);
    }
    let fragmentation = number(20).unwrap_or(0);
    if fragmentation & 0x3fff != 0 {
        fit.push(Fragment);
    }
    let is_udp = byte(23).is_none_or(|protocol| protocol == 17);
    if !is_udp {
        fit.push(NotUdp);
    }
    // Only behind a good IPv4 header, and only in the first fragment, there is a header of UDP.
    if header >= 20 && total >= header && is_udp && fragmentation & 0x1fff == 0 {
        let room = total - header;
        if room < 8 {
            fit.extend([BadLength, CutShort]);
        } else if number(14 + header + 4).is_some_and(|udp| udp < 8 || udp > room) {
            fit.push(BadLength);
        }
    }
    if !fit.is_empty() {
        return Err(fit);
    }
    let udp = 14 + header;
    let length = number(udp + 4).unwrap_or(8);
    let address = |at: usize| Ipv4Addr::new(frame[at], frame[at + 1], frame[at + 2], frame[at + 3]);
    let port = |at: usize| number(at).unwrap_or(0) as u16;
    Ok(Found {
        source: SocketAddrV4::new(address(26), port(udp)),
        destination: SocketAddrV4::new(address(30), port(udp + 2)),
        payload: frame[udp + 8..udp + length].to_vec(),
    })
}

/// Has each frame decoded, and compares with what is right.
fn judge<S: AsRef<str>>(cases: impl IntoIterator<Item = (Vec<u8>, Right, S)>) {
    let cases: Vec<_> = cases.into_iter().collect();
    let frames: Vec<Vec<u8>> = cases.iter().map(|(frame, ..)| frame.clone()).collect();
    let (verdict, wait) = mpsc::channel();
    thread::spawn(move || {
        for frame in frames {
            let decoded = std::panic::catch_unwind(|| {
                decode(&frame).map(|datagram| Found {
                    source: datagram.source,
                    destination: datagram.destination,
                    payload: datagram.payload.to_vec(),
                })
            });
            let panicked = decoded.is_err();
            if verdict.send(decoded).is_err() || panicked {
                return;
            }
        }
    });
    for (frame, right, why) in cases {
        let why = why.as_ref();
        let given = match wait.recv_timeout(patience()) {
            Ok(Ok(given)) => given,
            Ok(Err(panic)) => report_panic(panic, why, &frame),
            Err(_) => {
                WAITED_IN_VAIN.store(true, Ordering::Relaxed);
                panic!(
                    "`decode` does not return: is there an endless loop?\n{}",
                    written(&frame)
                )
            }
        };
        let wrong = match (&given, &right) {
            (Ok(given), Ok(right)) => difference(given, right),
            (Err(given), Err(right)) if right.contains(given) => None,
            (given, right) => Some(format!(
                "`decode` gives {}, and right is {}",
                match given {
                    Ok(found) =>
                        format!("a datagram with {} bytes of payload", found.payload.len()),
                    Err(error) => format!("{error:?}"),
                },
                match right {
                    Ok(found) =>
                        format!("a datagram with {} bytes of payload", found.payload.len()),
                    Err(errors) => either(errors),
                }
            )),
        };
        if let Some(wrong) = wrong {
            panic!("{wrong}: {why}\n{}", written(&frame));
        }
    }
}

/// How this datagram differs from the right one.
fn difference(given: &Found, right: &Found) -> Option<String> {
    let reversed =
        |address: SocketAddrV4| SocketAddrV4::new(*address.ip(), address.port().swap_bytes());
    if given == right {
        None
    } else if given.source == right.destination && given.destination == right.source {
        Some("`decode` takes the source for the destination: the source comes first in both headers, \
              and only Ethernet has it the other way round".into())
    } else if given.source == reversed(right.source) && given.source != right.source {
        Some(format!(
            "`decode` gives the source port {}, and right is {}: the first byte is the upper half \
             of the number (`u16::from_be_bytes`)",
            given.source.port(),
            right.source.port()
        ))
    } else if given.source != right.source {
        Some(format!(
            "`decode` gives the source {}, and right is {}",
            given.source, right.source
        ))
    } else if given.destination != right.destination {
        Some(format!(
            "`decode` gives the destination {}, and right is {}",
            given.destination, right.destination
        ))
    } else if given.payload.len() != right.payload.len() {
        Some(format!(
            "`decode` gives a payload of {} bytes, and right are {}",
            given.payload.len(),
            right.payload.len()
        ))
    } else {
        Some("`decode` gives a payload of the right length, with other bytes".into())
    }
}

fn either(errors: &[DecodeError]) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in errors.iter().map(|error| format!("{error:?}")) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" or ")
}

/// The frame's bytes, 16 on a line, each line with the place of its first byte.
fn written(frame: &[u8]) -> String {
    const SHOWN: usize = 96;
    let mut lines = vec![format!("  the frame has {} bytes:", frame.len())];
    for (row, bytes) in frame[..frame.len().min(SHOWN)].chunks(16).enumerate() {
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push(format!("  {:4}  {}", 16 * row, bytes.join(" ")));
    }
    if frame.len() > SHOWN {
        lines.push("        …".into());
    }
    lines.join("\n")
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

    fn address(&mut self) -> SocketAddrV4 {
        let octet = |random: &mut Self| random.below(256) as u8;
        let ip = Ipv4Addr::new(octet(self), octet(self), octet(self), octet(self));
        SocketAddrV4::new(ip, self.below(1 << 16) as u16)
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
fn report_panic(panic: Box<dyn Any + Send>, why: &str, frame: &[u8]) -> ! {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "no text",
    };
    if text.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    let way_out = if text.contains("subtract with overflow") {
        "a length may be too small for it, so compare before you subtract"
    } else if text.contains("overflow") {
        "a length may need all 16 bits already, so calculate with `usize`"
    } else {
        "`slice::get` gives `None` where `[…]` panics"
    };
    panic!(
        "your `decode` panicked: {text}\n  ({why}; a stranger who sends it ends your program: \
         {way_out})\n{}",
        written(frame)
    );
}
