use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    io::{self, Read},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// In pieces of how many bytes a stream arrives: TCP has no messages, so anything may happen.
const PIECES: [usize; 7] = [1_000_000, 1, 2, 3, 4, 5, 1000];

#[test]
fn a_message_becomes_a_frame() {
    encodes(b"hello");
    encodes(b"a");
    encodes(&random_bytes(200));
    encodes(&(0..=255).collect::<Vec<u8>>());
    encodes(b"");
    // A length of two bytes, and the largest.
    encodes(&random_bytes(258));
    encodes(&random_bytes(LARGEST_MESSAGE));
}

#[test]
fn a_message_that_is_too_large_becomes_none() {
    for length in [LARGEST_MESSAGE + 1, LARGEST_MESSAGE + 4, 70_000] {
        match learners_frame(&vec![b'x'; length]) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
            Err(error) => panic!(
                "`encode` refuses a message of {length} bytes with the kind {:?}: it must be `InvalidInput`",
                error.kind()
            ),
            Ok(_) => panic!(
                "`encode` makes a frame of {length} bytes, and {LARGEST_MESSAGE} are the most (`LARGEST_MESSAGE`): \
                 the other side will refuse it"
            ),
        }
    }
}

#[test]
fn a_frame_becomes_a_message() {
    decodes(&[b"hello"]);
    decodes(&[b"a"]);
    decodes(&[&(0..=255).collect::<Vec<u8>>()]);
    decodes(&[&random_bytes(258)]);
    decodes(&[]);
}

#[test]
fn frames_come_one_by_one() {
    decodes(&[b"first", b"second", b"the third"]);
    decodes(&[&random_bytes(20), b"\0\0\0\x05", &random_bytes(300), b"\n"]);
}

#[test]
fn an_empty_message_is_a_message() {
    decodes(&[b""]);
    decodes(&[b"", b"", b"not empty", b""]);
}

#[test]
fn the_largest_message_is_read() {
    decodes(&[
        &random_bytes(LARGEST_MESSAGE - 1),
        &random_bytes(LARGEST_MESSAGE),
        b"and more",
    ]);
}

#[test]
fn a_length_that_is_too_large_is_refused_at_once() {
    for length in [
        LARGEST_MESSAGE as u32 + 1,
        LARGEST_MESSAGE as u32 + 4,
        1 << 16,
        1 << 24,
        1 << 31,
        u32::MAX,
    ] {
        let mut sent = length.to_be_bytes().to_vec();
        for (then, rest) in [(Then::Silence, 0), (Then::Silence, 20_000), (Then::End, 0)] {
            sent.truncate(4);
            sent.resize(4 + rest, b'x');
            let why = "so long a message is refused, as soon as its length is there";
            let stream = fails(&sent, 1_000_000, then, io::ErrorKind::InvalidData, why);
            assert_eq!(
                stream.given, 4,
                "the peer says a length of {length}, and you take {} bytes before you refuse it: the four of the \
                 length are enough to know. Look at it before you make room, and before you read on",
                stream.given
            );
        }
    }
}

#[test]
fn an_end_in_a_frame_is_an_error() {
    let frame = frame_of(b"hello, world");
    for length in 1..frame.len() {
        let why = match length {
            1..4 => {
                "the stream ended in the middle of the length: only where there is no byte of it is the end clean"
            }
            _ => "the stream ended before the message did: half a message is none",
        };
        for piece in PIECES {
            fails(
                &frame[..length],
                piece,
                Then::End,
                io::ErrorKind::UnexpectedEof,
                why,
            );
        }
    }
    // Zeros that look like an empty message.
    for length in 1..4 {
        let why = "the stream ended in the middle of the length: only where there is no byte of it is the end clean";
        fails(
            &[0; 3][..length],
            1,
            Then::End,
            io::ErrorKind::UnexpectedEof,
            why,
        );
    }
}

#[test]
fn what_the_stream_says_is_handed_on() {
    let frame = frame_of(b"hello");
    for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::TimedOut] {
        for length in [0, 2, 4, 7] {
            let why = "hand on what the stream says, with `?`: it has not ended";
            fails(&frame[..length], 1_000_000, Then::Fails(kind), kind, why);
        }
    }
}

#[test]
fn an_interrupted_read_is_tried_again() {
    let sent = [frame_of(b"hello"), frame_of(b""), frame_of(b"again")].concat();
    for piece in PIECES {
        let mut stream = Stream::new(&sent, piece, Then::Silence);
        stream.interrupts = true;
        for wanted in [&b"hello"[..], b"", b"again"] {
            let call = format!(
                "{}, and each second read says `Interrupted`",
                called(&sent, piece)
            );
            let (result, after) = learners_message(stream, &call);
            stream = after;
            match result {
                Ok(Some(message)) if message == wanted => {}
                Ok(got) => panic!(
                    "{call}, and you give {}, not {}: `Interrupted` means that nothing was read, so read again",
                    described(&got),
                    shown(wanted)
                ),
                Err(error) => panic!(
                    "{call}, and you give an error of kind {:?}: `Interrupted` is no error of the stream's, so read \
                     again, as `read_exact` does",
                    error.kind()
                ),
            }
        }
    }
}

#[test]
fn random_messages_come_through_both() {
    let mut random = Random(RandomState::new().hash_one(0) | 1);
    for _ in 0..100 {
        let messages: Vec<Vec<u8>> = (0..random.below(6))
            .map(|_| {
                let limit = [2, 10, 600][random.below(3)];
                let length = random.below(limit);
                random_bytes(length)
            })
            .collect();
        for message in &messages {
            encodes(message);
        }
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        decodes(&messages);
    }
}

/// Wants the right frame of this message.
fn encodes(message: &[u8]) {
    let call = format!("of the message {}, `encode`", shown(message));
    let wanted = frame_of(message);
    match learners_frame(message) {
        Ok(frame) if frame == wanted => {}
        Ok(frame) => panic!(
            "{call} makes {}, not {}: {}",
            shown(&frame),
            shown(&wanted),
            why_not_this_frame(&frame, message)
        ),
        Err(error) => panic!(
            "{call} makes an error of kind {:?}: up to {LARGEST_MESSAGE} bytes are allowed, and none at all, too",
            error.kind()
        ),
    }
}

fn why_not_this_frame(frame: &[u8], message: &[u8]) -> &'static str {
    let length = message.len() as u32;
    if frame.starts_with(&length.to_le_bytes()) {
        "in network byte order the most significant byte is the first: `to_be_bytes`. Your machine's own order may \
         be the other one"
    } else if frame.starts_with(&(length + 4).to_be_bytes()) {
        "the length is the message's alone, without the four bytes of the length"
    } else if frame.starts_with(&length.to_be_bytes()) {
        "behind the length come the message's bytes, all of them, and nothing else"
    } else {
        "a frame begins with the length of the message, in four bytes"
    }
}

/// Sends these messages in pieces of several sizes, and wants each one when its last byte is there.
fn decodes(messages: &[&[u8]]) {
    let sent: Vec<u8> = messages
        .iter()
        .flat_map(|message| frame_of(message))
        .collect();
    for piece in PIECES {
        let call = called(&sent, piece);
        let mut stream = Stream::new(&sent, piece, Then::Silence);
        let mut end = 0;
        for (at, wanted) in messages.iter().enumerate() {
            end += 4 + wanted.len();
            let number = at + 1;
            let (result, after) = learners_message(stream, &call);
            stream = after;
            match result {
                Ok(Some(message)) if message == *wanted => {}
                Ok(None) => panic!(
                    "{call}, and your call number {number} gives no message, where {} is next: {}",
                    shown(wanted),
                    if wanted.is_empty() {
                        "an empty message is a message, `Some`, and the stream has not ended"
                    } else {
                        "did a call before it take more than its frame?"
                    }
                ),
                Ok(Some(message)) => panic!(
                    "{call}, and your call number {number} gives the message {}, not {}: {}",
                    shown(&message),
                    shown(wanted),
                    if message.len() == wanted.len()
                        && wanted.starts_with(without_zeros_at_its_end(&message))
                    {
                        "a `read` may give less than the buffer has room for; `read_exact` goes on until it is full"
                    } else if message.len() < wanted.len() {
                        "the length is the message's alone, and a `read` may give less than all of it"
                    } else {
                        "four bytes, the most significant first, are the length of the message that follows"
                    }
                ),
                Err(_) if stream.asked_for_more => panic!(
                    "{call}, and your call number {number} reads on behind the frame, or has lost what an earlier call \
                     took: the peer says nothing more, so you would wait for ever. The length is the message's alone, \
                     without its own four bytes; and a `BufReader` of your own keeps what it has read"
                ),
                Err(error) => panic!(
                    "{call}, and your call number {number} gives an error of kind {:?}, where the message is {}: {}",
                    error.kind(),
                    shown(wanted),
                    if wanted.len() + 4 > LARGEST_MESSAGE {
                        "a message may have up to `LARGEST_MESSAGE` bytes, these included"
                    } else {
                        "is the most significant byte of the length the first (`from_be_bytes`)? And do you collect all \
                         pieces before you judge?"
                    }
                ),
            }
            assert_eq!(
                stream.given, end,
                "{call}, and your call number {number} leaves the stream at byte {}, not behind its frame at {end}: the \
                 rest belongs to the next call. A `BufReader` of your own takes more than a frame",
                stream.given
            );
        }
        stream.then = Then::End;
        match learners_message(stream, &call).0 {
            Ok(None) => {}
            got => panic!(
                "{call}, and ends; your last call gives {}: between two frames the stream may end, and then there is \
                 no message, `Ok(None)`",
                match got {
                    Ok(got) => described(&got),
                    Err(error) => format!("an error of kind {:?}", error.kind()),
                }
            ),
        }
    }
}

fn without_zeros_at_its_end(message: &[u8]) -> &[u8] {
    let end = message.iter().rposition(|byte| *byte != 0);
    &message[..end.map_or(0, |end| end + 1)]
}

/// Sends bytes in pieces of this size, and wants this error.
fn fails(sent: &[u8], piece: usize, then: Then, kind: io::ErrorKind, why: &str) -> Stream {
    let call = match then {
        Then::End => format!("{}, and ends", called(sent, piece)),
        Then::Fails(kind) => format!(
            "{}, and then reading fails with {kind:?}",
            called(sent, piece)
        ),
        Then::Silence => called(sent, piece),
    };
    let (result, stream) = learners_message(Stream::new(sent, piece, then), &call);
    match result {
        Err(error) if error.kind() == kind => {}
        Err(error) => panic!(
            "{call}, and you give an error of kind {:?}, not {kind:?}: {why}",
            error.kind()
        ),
        Ok(got) => panic!(
            "{call}, and you give {}, not an error of kind {kind:?}: {why}",
            described(&got)
        ),
    }
    stream
}

/// What a right `encode` makes.
fn frame_of(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes(), message].concat()
}

/// Lets the learner's `encode` work once, on a thread of its own.
fn learners_frame(message: &[u8]) -> io::Result<Vec<u8>> {
    let call = format!("`encode` gets the message {}", shown(message));
    let message = message.to_vec();
    on_a_thread(&call, move || encode(&message))
}

/// Lets the learner's `decode` work once, on a thread of its own.
fn learners_message(mut stream: Stream, call: &str) -> (io::Result<Option<Vec<u8>>>, Stream) {
    stream.asked_for_more = false;
    on_a_thread(call, move || {
        let result = decode(&mut stream);
        (result, stream)
    })
}

fn on_a_thread<T: Send + 'static>(call: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(panic::catch_unwind(AssertUnwindSafe(work)));
    });
    match verdict.recv_timeout(DEADLINE) {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => report_panic(call, panic),
        Err(_) => panic!(
            "{call}, and your answer is not there after {DEADLINE:?}: is there an endless loop? At the end of the \
             stream each read gives 0 bytes, again and again"
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
        panic::resume_unwind(panic);
    }
    panic!(
        "{call}, and your answer panicked: {why}. A peer may send any bytes at all, or none: that is an error to \
         return, not a reason to panic"
    );
}

/// What the connection does when all has been read.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// It is closed.
    End,
    /// It stays open and silent: a read would wait for ever.
    Silence,
    /// Each read fails so.
    Fails(io::ErrorKind),
}

/// A connection that never really waits.
struct Stream {
    bytes: Vec<u8>,
    piece: usize,
    then: Then,
    /// Whether each second read is interrupted.
    interrupts: bool,
    /// How many bytes have been taken out.
    given: usize,
    /// Whether more was asked for than the peer sends.
    asked_for_more: bool,
    reads: usize,
    /// How often it was asked for more.
    vain_reads: usize,
}

impl Stream {
    fn new(bytes: &[u8], piece: usize, then: Then) -> Self {
        Stream {
            bytes: bytes.to_vec(),
            piece,
            then,
            interrupts: false,
            given: 0,
            asked_for_more: false,
            reads: 0,
            vain_reads: 0,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.interrupts && self.reads % 2 == 1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        // Who asks for no bytes gets none, also at the end.
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.given == self.bytes.len() {
            self.asked_for_more = self.then == Then::Silence;
            self.vain_reads += 1;
            // An endless loop, which would fill the memory until its time is up: hold it here.
            if self.vain_reads > 1_000 {
                thread::sleep(2 * DEADLINE);
            }
            return match self.then {
                Then::End => Ok(0),
                Then::Silence => Err(io::ErrorKind::TimedOut.into()),
                Then::Fails(kind) => Err(kind.into()),
            };
        }
        let end = (self.given / self.piece + 1) * self.piece;
        let count = (&self.bytes[self.given..end.min(self.bytes.len())]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

fn called(sent: &[u8], piece: usize) -> String {
    match piece {
        1_000_000 => format!("the peer sends {}", shown(sent)),
        _ => format!("the peer sends {}, in pieces of {piece} bytes", shown(sent)),
    }
}

fn described(message: &Option<Vec<u8>>) -> String {
    match message {
        Some(message) => format!("the message {}", shown(message)),
        None => "`None`".into(),
    }
}

/// The bytes as Rust would write them, and of many the beginning.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 60;
    match bytes.len() {
        ..=MOST => format!("\"{}\"", bytes.escape_ascii()),
        count => format!("\"{}\"… ({count} bytes)", bytes[..MOST].escape_ascii()),
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_bytes(count: usize) -> Vec<u8> {
    let mut random = Random(RandomState::new().hash_one(0) | 1);
    (0..count).map(|_| random.below(256) as u8).collect()
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
