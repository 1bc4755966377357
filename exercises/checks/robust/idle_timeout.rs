use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Read, Write},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a test waits for what a right answer does at once: its stream never really waits.
const DEADLINE: Duration = Duration::from_secs(2);

/// What a socket says when its time limit is up: Unix, and Windows.
const TIME_IS_UP: [ErrorKind; 2] = [ErrorKind::WouldBlock, ErrorKind::TimedOut];

const REAL_ERRORS: [ErrorKind; 3] = [
    ErrorKind::ConnectionReset,
    ErrorKind::BrokenPipe,
    ErrorKind::ConnectionAborted,
];

#[test]
fn what_comes_goes_back_until_the_end() {
    judge(reads([]), [], Ok(Ending::Finished));
    judge(reads([b"hello".to_vec()]), [], Ok(Ending::Finished));
    judge(
        reads([random_bytes(300), b"\0".to_vec(), random_bytes(20)]),
        [],
        Ok(Ending::Finished),
    );
    judge(reads([random_bytes(100_000)]), [], Ok(Ending::Finished));
}

#[test]
fn an_idle_peer_is_told_on_every_system() {
    for kind in TIME_IS_UP {
        judge(vec![Step::Fails(kind)], [], Ok(Ending::Idle));
        let mut steps = reads([b"hello".to_vec(), random_bytes(10)]);
        steps.push(Step::Fails(kind));
        judge(steps, [], Ok(Ending::Idle));
    }
}

#[test]
fn a_peer_that_does_not_read_is_told_on_every_system() {
    for kind in TIME_IS_UP {
        judge(
            reads([b"hello".to_vec()]),
            [Step::Fails(kind)],
            Ok(Ending::Stuck),
        );
        let some = [Step::Bytes(vec![0; 3]), Step::Fails(kind)];
        judge(reads([b"hello".to_vec()]), some, Ok(Ending::Stuck));
    }
}

#[test]
fn a_write_may_take_a_part() {
    let small = |count| vec![Step::Bytes(vec![0; 1]); count];
    judge(
        reads([b"hello".to_vec(), b"again".to_vec()]),
        small(7),
        Ok(Ending::Finished),
    );
    judge(reads([random_bytes(5000)]), small(40), Ok(Ending::Finished));
}

#[test]
fn an_interruption_is_nothing() {
    let interrupted = || Step::Fails(ErrorKind::Interrupted);
    let steps = vec![
        interrupted(),
        Step::Bytes(b"hello".to_vec()),
        interrupted(),
        interrupted(),
    ];
    judge(steps, [], Ok(Ending::Finished));
    let steps = vec![interrupted(), Step::Fails(ErrorKind::WouldBlock)];
    judge(steps, [], Ok(Ending::Idle));
    let writes = [interrupted(), Step::Bytes(vec![0; 2]), interrupted()];
    judge(
        reads([b"hello".to_vec(), b"again".to_vec()]),
        writes,
        Ok(Ending::Finished),
    );
}

#[test]
fn a_real_error_is_an_error() {
    for kind in REAL_ERRORS {
        judge(vec![Step::Fails(kind)], [], Err(kind));
        judge(
            vec![Step::Bytes(b"hello".to_vec()), Step::Fails(kind)],
            [],
            Err(kind),
        );
        judge(reads([b"hello".to_vec()]), [Step::Fails(kind)], Err(kind));
    }
}

/// What a read or a write does.
#[derive(Clone)]
enum Step {
    /// A read gives these bytes, or as many as there is room for; a write takes as many as these.
    Bytes(Vec<u8>),
    /// It fails so.
    Fails(ErrorKind),
}

fn reads(pieces: impl IntoIterator<Item = Vec<u8>>) -> Vec<Step> {
    pieces.into_iter().map(Step::Bytes).collect()
}

/// A connection that never really waits, and notes what happens.
struct Stream {
    reads: Vec<Step>,
    writes: Vec<Step>,
    given: Vec<u8>,
    taken: Vec<u8>,
    /// Whether more was read while something was still to be sent back.
    read_too_early: bool,
    /// How often it was read after its end.
    vain_reads: usize,
    /// Whether it has said that a limit is up, or worse, and was used once more.
    used_on: bool,
    failed: bool,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.read_too_early |= self.given.len() > self.taken.len();
        self.used_on |= self.failed;
        match self.reads.first_mut() {
            None => {
                self.vain_reads += 1;
                // An endless loop: hold it here until the test is over.
                if self.vain_reads > 1_000 {
                    thread::sleep(2 * DEADLINE);
                }
                Ok(0)
            }
            Some(Step::Fails(kind)) => {
                let kind = *kind;
                // A signal comes once; a limit that is up, or a broken connection, is so again.
                if kind == ErrorKind::Interrupted {
                    self.reads.remove(0);
                } else {
                    self.failed = true;
                    self.vain_reads += 1;
                    if self.vain_reads > 1_000 {
                        thread::sleep(2 * DEADLINE);
                    }
                }
                Err(kind.into())
            }
            Some(Step::Bytes(bytes)) => {
                let count = bytes.len().min(buffer.len());
                buffer[..count].copy_from_slice(&bytes[..count]);
                self.given.extend(bytes.drain(..count));
                if bytes.is_empty() {
                    self.reads.remove(0);
                }
                Ok(count)
            }
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.used_on |= self.failed;
        let count = match self.writes.first() {
            None => bytes.len(),
            Some(Step::Fails(kind)) => {
                let kind = *kind;
                if kind == ErrorKind::Interrupted {
                    self.writes.remove(0);
                } else {
                    self.failed = true;
                    self.vain_reads += 1;
                    if self.vain_reads > 1_000 {
                        thread::sleep(2 * DEADLINE);
                    }
                }
                return Err(kind.into());
            }
            Some(Step::Bytes(most)) => {
                let count = most.len().min(bytes.len());
                self.writes.remove(0);
                count
            }
        };
        self.taken.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lets the learner's `echo` talk to a peer that does these things, and wants this ending.
fn judge(reads: Vec<Step>, writes: impl Into<Vec<Step>>, wanted: Result<Ending, ErrorKind>) {
    let writes = writes.into();
    let call = format!(
        "the reads give {}; the writes {}",
        listed(&reads, "then the end"),
        listed(&writes, "then all")
    );
    let mut stream = Stream {
        reads,
        writes,
        given: Vec::new(),
        taken: Vec::new(),
        read_too_early: false,
        vain_reads: 0,
        used_on: false,
        failed: false,
    };
    let (sender, verdict) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(|| echo(&mut stream)));
        let _ = sender.send((result, stream));
    });
    let (result, stream) = match verdict.recv_timeout(DEADLINE) {
        Ok((Ok(result), stream)) => (result.map_err(|error| error.kind()), stream),
        Ok((Err(panic), _)) => report_panic(&call, panic),
        Err(_) => panic!(
            "{call}, and `echo` has not returned after {DEADLINE:?}: it tries again and again. The end of the stream, a \
             limit that is up and an error are all three the end; `Interrupted` alone is not"
        ),
    };
    assert!(
        stream.given.starts_with(&stream.taken),
        "{call}, and what you send back begins with {}, not with {}: send what was read, `..length` of the buffer, each \
         byte once",
        shown(&stream.taken),
        shown(&stream.given)
    );
    assert!(
        !stream.read_too_early,
        "{call}, and you read on before all was sent back: a write may take only a part (`write_all` writes the rest)"
    );
    if result != wanted {
        panic!(
            "{call}, and `echo` gives {result:?}, not {wanted:?}: {}",
            why(result, wanted)
        );
    }
    assert!(
        !stream.used_on,
        "{call}, and you try once more: the limit was the peer's whole time, and an error is the end, too"
    );
    if wanted == Ok(Ending::Finished) {
        assert!(
            stream.given.len() == stream.taken.len(),
            "{call}, and you send back {} of {} bytes: a write may take only a part (`write_all` writes the rest)",
            stream.taken.len(),
            stream.given.len()
        );
    }
}

fn why(result: Result<Ending, ErrorKind>, wanted: Result<Ending, ErrorKind>) -> &'static str {
    match (result, wanted) {
        (Err(ErrorKind::WouldBlock), _) => "where a limit is up, Unix says `WouldBlock`",
        (Err(ErrorKind::TimedOut), _) => "where a limit is up, Windows says `TimedOut`",
        (Err(ErrorKind::Interrupted), _) => "`Interrupted` is no end and no error: try again",
        (_, Err(_)) => "this is an error of the connection, and no limit that is up: return it",
        (_, Ok(Ending::Stuck)) => "it was a write whose limit was up: the peer does not read",
        (_, Ok(Ending::Idle)) => {
            "it was a read whose limit was up: the peer said nothing, and did not end"
        }
        (_, Ok(Ending::Finished)) => "the peer ended its direction, and nothing went wrong",
    }
}

fn listed(steps: &[Step], end: &str) -> String {
    let mut text = String::new();
    for step in steps.iter().take(8) {
        text += &match step {
            Step::Bytes(bytes) => format!("{} bytes, ", bytes.len()),
            Step::Fails(kind) => format!("{kind:?}, "),
        };
    }
    text + if steps.len() > 8 { "and so on" } else { end }
}

fn shown(bytes: &[u8]) -> String {
    let most = bytes.len().min(40);
    format!(
        "\"{}\" ({} bytes)",
        bytes[..most].escape_ascii(),
        bytes.len()
    )
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_bytes(count: usize) -> Vec<u8> {
    let state = RandomState::new();
    (0..count).map(|at| state.hash_one(at) as u8).collect()
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
        "{call}, and your `echo` panicked: {why}. An error of the stream is one to look at, then to return"
    );
}
