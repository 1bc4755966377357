use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(3);

/// The learner's patience where the reply comes: more than it ever needs.
const LONG_PATIENCE: Duration = Duration::from_secs(10);

/// The learner's patience where the reply is never complete. Two, far apart, so that no fixed time is
/// right for both.
const SHORT_PATIENCE: Duration = Duration::from_millis(100);
const LONGER_PATIENCE: Duration = Duration::from_millis(if cfg!(windows) { 1500 } else { 400 });

/// How late giving up may be. A Windows system may let a socket's limit pass by half a second.
const LATE: Duration = Duration::from_millis(if cfg!(windows) { 700 } else { 150 });

/// What is no machine's doing any more.
const VERY_LATE: Duration = Duration::from_millis(1500);

/// How often giving up may be late before it counts: once or twice it may be the machine.
const TRIES: usize = 3;

/// More than the buffers of both systems hold, so that sending has to wait.
const HUGE: usize = 32 << 20;

/// The server's pause between the pieces of a reply: long enough for the client to read the one
/// before. Nothing depends on it in a right answer.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a verdict waits for the server to tell what it has heard.
const MOMENT: Duration = Duration::from_millis(200);

#[test]
fn the_reply_comes_back_byte_for_byte() {
    replies(b"what is your name?", &[b"tcp_ask's server"]);
    replies(&random_bytes(200), &[&random_bytes(100)]);
    let all: Vec<u8> = (0..=255).collect();
    replies(b"caf\xe9 in Latin-1?", &[&all]);
    // Bytes that a tidy program takes for waste.
    replies(
        b" \n\0 in between? \0\r\n ",
        &[b"\n \0 in between \0\t\r\n "],
    );
}

#[test]
fn a_reply_in_pieces_comes_back_whole() {
    replies(
        b"tell me slowly",
        &[b"first, ", &random_bytes(30), b", and last"],
    );
}

#[test]
fn an_empty_question_may_have_an_empty_reply() {
    replies(b"", &[]);
    replies(b"", &[b"you said nothing"]);
}

#[test]
fn a_long_question_and_a_long_reply_arrive_whole() {
    let (start, rest) = (random_bytes(100_000), random_bytes(200_000));
    replies(&random_bytes(300_000), &[&start, &rest]);
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    for patience in [SHORT_PATIENCE, LONGER_PATIENCE] {
        gives_up_in_time(
            b"is anybody there?",
            patience,
            |server| {
                server.hears_the_question();
                server.waits_for_the_end_of_the_test();
            },
            "the server is silent: is there a limit to the waiting (`set_read_timeout`), and is it \
             the caller's `patience`, not a time of your own?",
        );
    }
}

#[test]
fn a_server_that_trickles_buys_no_time() {
    gives_up_in_time(
        b"tell me for ever",
        2 * SHORT_PATIENCE,
        |server| {
            server.hears_the_question();
            while !server.test_has_ended_within(PAUSE) && server.sends(b".") {}
        },
        "the server sends one byte every 20 ms: is there a time limit, and does each byte start \
         it anew? Take one fixed `Instant`, and before each read set the limit to what is left until then",
    );
}

#[test]
fn a_server_that_does_not_read_is_given_up_in_time() {
    gives_up_in_time(
        &vec![b'?'; HUGE],
        LONGER_PATIENCE,
        |server| server.waits_for_the_end_of_the_test(),
        "the server does not read the question: does sending have a time limit, too \
         (`set_write_timeout`)? And does each `write` inside `write_all` start it anew? \
         Call `write` in a loop, and before each set the limit to what is left",
    );
}

#[test]
fn a_server_that_reads_late_buys_no_time_for_its_reply() {
    gives_up_in_time(
        &vec![b'?'; HUGE],
        LONGER_PATIENCE * 3 / 2,
        |server| {
            if !server.test_has_ended_within(LONGER_PATIENCE * 3 / 4) {
                server.skips_the_question();
                server.waits_for_the_end_of_the_test();
            }
        },
        "sending the question took half of it or more, then the server was silent: does the waiting \
         for the reply start with the whole `patience` again? It is for everything together",
    );
}

#[test]
fn a_connection_that_is_reset_is_an_error() {
    for start in [b"the answer is not".to_vec(), random_bytes(50)] {
        let length = start.len();
        let test = Test::start(
            b"what is the answer?".to_vec(),
            LONG_PATIENCE,
            move |server| {
                // Closing with the question unread resets the connection, on every system.
                server.peeks_at_the_question();
                server.sends(&start);
                thread::sleep(2 * PAUSE);
                server.says_that_it_resets();
            },
        );
        let outcome = test.outcome();
        match outcome.result {
            Some(Err(_)) => {}
            Some(Ok(returned)) if !outcome.reset => panic!("{}", too_early(&returned)),
            Some(Ok(returned)) => panic!(
                "the server reset the connection after {length} bytes of its reply, and `ask` \
                 returned Ok with {} bytes: an error is not the end of the stream. Hand it on, \
                 as `?` does, lest half a reply be taken for a whole one",
                returned.len()
            ),
            None => panic!(
                "the server reset the connection, and `ask` still runs after {DEADLINE:?}: \
                 when reading fails, return that error at once, as `?` does"
            ),
        }
    }
}

/// Has `question` asked of a server that never completes its reply, and wants `ask` to give up with the
/// right error, neither early nor late.
fn gives_up_in_time(
    question: &[u8],
    patience: Duration,
    behave: fn(&mut Server),
    where_to_look: &str,
) {
    let mut took = Duration::ZERO;
    for _ in 0..TRIES {
        took = Test::start(question.to_vec(), patience, behave).wants_timed_out(where_to_look);
        if took <= patience + LATE {
            return;
        }
        if took > patience + VERY_LATE {
            break;
        }
    }
    panic!(
        "`ask` gave up only after {took:?}, with a patience of {patience:?}, and {where_to_look}"
    );
}

/// Has `question` asked and replied to piece by piece, and wants the whole reply from `ask`.
fn replies(question: &[u8], pieces: &[&[u8]]) {
    let reply = pieces.concat();
    let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
    let test = Test::start(question.to_vec(), LONG_PATIENCE, move |server| {
        server.hears_the_question();
        let pause = if pieces.len() > 1 {
            PAUSE
        } else {
            Duration::ZERO
        };
        for piece in pieces {
            thread::sleep(pause);
            server.sends(&piece);
        }
    });
    let Outcome {
        result,
        heard,
        heard_all,
        ..
    } = test.outcome_with_the_question();
    let ending = match &result {
        Some(Ok(returned)) => format!("`ask` has returned Ok with {} bytes", returned.len()),
        Some(Err(error)) => format!("`ask` has returned an error ({error})"),
        None => format!("`ask` has not returned within {DEADLINE:?}"),
    };
    assert!(
        question.starts_with(&heard),
        "the server got a question of {} bytes, \"{}\", but `ask` was given {} bytes, \"{}\"",
        heard.len(),
        shown(&heard),
        question.len(),
        shown(question)
    );
    assert!(
        heard.len() == question.len(),
        "the server got {} of the question's {} bytes. {ending}. `write` may take only a part: \
         is the rest sent too?",
        heard.len(),
        question.len()
    );
    assert!(
        heard_all,
        "the server has all {} bytes of the question and still waits for their end. {ending}. \
         Say that this was all: `shutdown(Shutdown::Write)`",
        heard.len()
    );
    match result {
        Some(Ok(returned)) => compare(&reply, &returned),
        Some(Err(error)) if error.kind() == ErrorKind::InvalidInput => panic!(
            "the server heard the whole question and sent its reply. {ending}. A time limit of zero \
             is refused; and macOS refuses every limit once both sides have said that they are done: \
             there, ignore the error, since no read waits any more"
        ),
        Some(Err(_)) => panic!(
            "the server heard the whole question and sent a reply of {} bytes. {ending}. \
             Did you shut down both directions? `Shutdown::Write` leaves the reply's open",
            reply.len()
        ),
        None => panic!(
            "the server heard the whole question, sent a reply of {} bytes and closed. {ending}. \
             Do you read until `read` gives 0?",
            reply.len()
        ),
    }
}

/// What happens while a test waits.
enum Event {
    /// Bytes of the question came to the server, or, with none, its end.
    Question(Vec<u8>),
    /// The server is about to reset the connection.
    Reset,
    /// The learner's `ask` returned or panicked, after this time.
    Ended(thread::Result<io::Result<Vec<u8>>>, Duration),
}

/// What a test has seen when it is over.
#[derive(Default)]
struct Outcome {
    /// What `ask` returned; `None` if it did not, in time.
    result: Option<io::Result<Vec<u8>>>,
    took: Duration,
    /// What the server got of the question, and whether it was told that this was all.
    heard: Vec<u8>,
    heard_all: bool,
    /// Whether the server reset the connection while `ask` was running.
    reset: bool,
}

/// The server's side of the learner's connection.
struct Server {
    connection: TcpStream,
    events: Sender<Event>,
    test: Receiver<()>,
}

impl Server {
    /// Reads the question to its end and reports it as it comes.
    fn hears_the_question(&mut self) {
        let mut buffer = vec![0; 65_536];
        loop {
            let length = match self.connection.read(&mut buffer) {
                Ok(length) => length,
                // A pause of the test, not the answer's doing.
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let bytes = buffer[..length].to_vec();
            if self.events.send(Event::Question(bytes)).is_err() || length == 0 {
                break;
            }
        }
    }

    /// Reads the question to its end, as fast as it comes.
    fn skips_the_question(&mut self) {
        let _ = io::copy(&mut self.connection, &mut io::sink());
    }

    /// Waits for bytes of the question, and leaves them unread.
    fn peeks_at_the_question(&self) {
        let interrupted = |error: io::Error| error.kind() == ErrorKind::Interrupted;
        while self.connection.peek(&mut [0]).is_err_and(interrupted) {}
    }

    fn says_that_it_resets(&self) {
        let _ = self.events.send(Event::Reset);
    }

    /// Whether the bytes could be sent: not if the client has closed its connection.
    fn sends(&mut self, bytes: &[u8]) -> bool {
        self.connection.write_all(bytes).is_ok()
    }

    fn test_has_ended_within(&self, limit: Duration) -> bool {
        self.test.recv_timeout(limit) != Err(RecvTimeoutError::Timeout)
    }

    fn waits_for_the_end_of_the_test(&self) {
        self.test_has_ended_within(2 * DEADLINE);
    }
}

/// The learner's client at work.
struct Test {
    patience: Duration,
    events: Receiver<Event>,
    /// Dropped with the test, which tells the server that the test has ended.
    _test: Sender<()>,
}

impl Test {
    /// Starts `ask` and the server, each on a thread of its own. Both report to one channel, so that a
    /// test sees whatever happens first.
    fn start(
        question: Vec<u8>,
        patience: Duration,
        behave: impl FnOnce(&mut Server) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, events) = mpsc::channel();
        let (running, test) = mpsc::channel();

        let servers_events = sender.clone();
        thread::spawn(move || {
            let (connection, _) = listener.accept().unwrap();
            // macOS refuses limits on a connection that is broken already; there nothing waits.
            let _ = connection.set_read_timeout(Some(2 * DEADLINE));
            let _ = connection.set_write_timeout(Some(2 * DEADLINE));
            behave(&mut Server {
                connection,
                events: servers_events,
                test,
            });
        });

        thread::spawn(move || {
            let start = Instant::now();
            let end = std::panic::catch_unwind(|| ask(address, &question, patience));
            let _ = sender.send(Event::Ended(end, start.elapsed()));
        });
        Test {
            patience,
            events,
            _test: running,
        }
    }

    /// Waits until `ask` has ended.
    fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::default();
        self.watch(&mut outcome, DEADLINE, |outcome| outcome.result.is_some());
        outcome
    }

    /// Waits until `ask` has ended, and a moment longer if the server has more to tell.
    fn outcome_with_the_question(&self) -> Outcome {
        let mut outcome = self.outcome();
        self.watch(&mut outcome, MOMENT, |outcome| outcome.heard_all);
        outcome
    }

    /// Takes in what happens until it is enough, or time is up.
    fn watch(&self, outcome: &mut Outcome, limit: Duration, enough: fn(&Outcome) -> bool) {
        let end = Instant::now() + limit;
        while !enough(outcome) {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Ended(Err(panic), _)) => report_panic(panic),
                Ok(Event::Ended(Ok(result), took)) => {
                    outcome.result = Some(result);
                    outcome.took = took;
                }
                Ok(Event::Question(bytes)) if bytes.is_empty() => outcome.heard_all = true,
                Ok(Event::Question(bytes)) => outcome.heard.extend(bytes),
                Ok(Event::Reset) => outcome.reset = true,
                Err(_) => break,
            }
        }
    }

    /// Wants `ask` to give up with the right error, and not early. Returns after what time it did.
    fn wants_timed_out(&self, where_to_look: &str) -> Duration {
        let Outcome { result, took, .. } = self.outcome();
        let patience = self.patience;
        let error = match result {
            Some(Err(error)) => error,
            Some(Ok(returned)) => panic!("{}", too_early(&returned)),
            None => panic!(
                "`ask` with a patience of {patience:?} still runs after {DEADLINE:?}, and \
                 {where_to_look}"
            ),
        };
        match error.kind() {
            ErrorKind::TimedOut => assert!(
                took >= patience * 9 / 10,
                "`ask` gave up after {took:?}, too early for a patience of {patience:?}: \
                 wait as long as the caller says, not a time of your own"
            ),
            ErrorKind::WouldBlock => panic!(
                "the error's kind is WouldBlock: Unix says so when a socket's time limit is up, \
                 Windows says TimedOut. Turn it into `TimedOut`, so that callers need to know only one"
            ),
            ErrorKind::InvalidInput => panic!(
                "the error's kind is InvalidInput: {error}. A time limit of zero is refused: \
                 when no time is left, return `TimedOut` yourself"
            ),
            kind => panic!(
                "the reply was never complete: the error's kind is {kind:?} ({error}), not TimedOut"
            ),
        }
        took
    }
}

/// What to say to an `ask` that returned Ok while the server was still to send more.
fn too_early(returned: &[u8]) -> String {
    if returned.is_empty() {
        return "the server had not ended its reply, but `ask` returned Ok with nothing: did you shut \
                down both directions, where `Shutdown::Write` leaves the reply's open? Or did you \
                take the end of your patience for the end of the reply?"
            .into();
    }
    format!(
        "the server had not ended its reply, but `ask` returned Ok with {} of its bytes: only a \
         `read` that gives 0 is the end, not one that leaves room in your buffer, and not \
         the end of your patience",
        returned.len()
    )
}

/// Fails, saying in what they differ, unless `ask` returned the server's reply.
fn compare(sent: &[u8], returned: &[u8]) {
    if returned == sent {
        return;
    }
    let (had, came) = (sent.len(), returned.len());
    assert!(
        !returned.is_empty(),
        "`ask` returned nothing, the server sent {had} bytes: \
         did you shut down both directions? `Shutdown::Write` leaves the reply's open"
    );
    assert!(
        came > had || without_blank_edges(returned) != without_blank_edges(sent),
        "`ask` returned {came} of the {had} bytes that the server sent, without the blanks, line ends or \
         zeros at the edges: did you trim? Every byte belongs to the reply"
    );
    assert!(
        !sent.starts_with(returned),
        "`ask` returned only the first {came} of {had} bytes: one `read` is not the whole reply, \
         and one that does not fill your buffer is not its end. Read on until `read` gives 0"
    );
    let place = sent
        .iter()
        .zip(returned)
        .take_while(|(a, b)| a == b)
        .count();
    panic!(
        "the server sent {had} bytes and `ask` returned {came}, which differ from byte {place} on: \
         did you keep the whole buffer instead of `..length`?"
    );
}

fn without_blank_edges(mut bytes: &[u8]) -> &[u8] {
    let blank = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    while let [first, rest @ ..] = bytes
        && blank(first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && blank(last)
    {
        bytes = rest;
    }
    bytes
}

/// The first bytes, as text where they are text.
fn shown(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(24)];
    let more = if bytes.len() > start.len() {
        " …"
    } else {
        ""
    };
    format!("{}{more}", start.escape_ascii())
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>) -> ! {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "no text",
    };
    if text.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!("your `ask` panicked: {text}");
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_bytes(count: usize) -> Vec<u8> {
    let random = RandomState::new();
    (0..count.div_ceil(8))
        .flat_map(|i| random.hash_one(i).to_ne_bytes())
        .take(count)
        .collect()
}
