use super::*;
use std::{
    any::Any,
    hash::{BuildHasher, RandomState},
    io,
    net::{SocketAddr, UdpSocket},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How long a test waits at last for an `ask` that has no reply: more than a time that a learner
/// might have fixed.
const LAST_WAIT: Duration = Duration::from_secs(3);

/// The learner's patience where the reply comes: more than it ever needs.
const LONG_PATIENCE: Duration = Duration::from_secs(10);

/// The learner's patience where the reply never comes: far apart, so that no fixed time suits both.
const SHORT_PATIENCE: Duration = Duration::from_millis(100);
const MIDDLE_PATIENCE: Duration = Duration::from_millis(if cfg!(windows) { 800 } else { 300 });

/// How much later than the patience a right answer may end. Windows adds up to half a second to a
/// socket's time limit.
const TOLERANCE: Duration = Duration::from_millis(if cfg!(windows) { 600 } else { 150 });

/// When a reply comes that is late, yet within the long patience.
const LATE_REPLY: Duration = Duration::from_millis(300);

/// How long a verdict waits for word of a question that may have come.
const MOMENT: Duration = Duration::from_millis(200);

/// The longest reply of the task. macOS by default sends none over 9,216 bytes.
const LONGEST: usize = 9_000;

#[test]
fn the_reply_comes_back_byte_for_byte() {
    replies(b"what is your name?", b"udp_ask's server");
    replies(&random_bytes(200), &random_bytes(100));
    replies(
        b"caf\xe9 in Latin-1?",
        &(1..=255).chain([0]).collect::<Vec<u8>>(),
    );
}

#[test]
fn the_ends_of_a_reply_are_part_of_it() {
    replies(b" \t indented?\r\n", b" \t leading and trailing \r\n");
    replies(b"a line?\n", b"line\n");
    replies(b"\0zeros?\0", b"\0zeros at both ends\0\0");
}

#[test]
fn an_empty_question_may_have_an_empty_reply() {
    replies(b"", b"");
}

#[test]
fn a_long_reply_comes_back_whole() {
    replies(b"tell me everything", &random_bytes(LONGEST));
}

#[test]
fn what_a_stranger_sends_is_no_reply() {
    let reply = random_bytes(40);
    let mut test = Test::start(b"what is the answer?", LONG_PATIENCE);
    let client = test.hears_the_question();
    let stranger = Stranger::new();
    stranger.forges_a_reply_to(client);
    stranger.forges_a_reply_to(client);
    test.sends(client, &reply);
    test.wants(&reply);
}

#[test]
fn a_late_reply_is_waited_for_as_long_as_patience_lasts() {
    let reply = random_bytes(40);
    let mut test = Test::start(b"take your time?", LONG_PATIENCE);
    let client = test.hears_the_question();
    if let Some(end) = test.end_within(LATE_REPLY) {
        must_have_timed_out(end, LONG_PATIENCE);
    }
    test.sends(client, &reply);
    test.wants(&reply);
}

#[test]
fn without_a_reply_it_gives_up_when_a_short_patience_ends() {
    gives_up_in_time(SHORT_PATIENCE);
}

#[test]
fn without_a_reply_it_gives_up_when_a_longer_patience_ends() {
    gives_up_in_time(MIDDLE_PATIENCE);
}

#[test]
fn a_stranger_who_keeps_sending_buys_no_time() {
    let mut test = Test::start(b"is anybody there?", SHORT_PATIENCE);
    let client = test.hears_the_question();
    let stranger = Stranger::new();
    let start = Instant::now();
    let end = loop {
        stranger.forges_a_reply_to(client);
        if let Some(end) = test.end_within(Duration::from_millis(20)) {
            break end;
        }
        assert!(
            start.elapsed() < DEADLINE,
            "`ask` with a patience of {SHORT_PATIENCE:?} still waits after {DEADLINE:?}, while a \
             stranger sends a datagram every 20 ms: is there a time limit, and does each datagram \
             start it anew? Wait until one fixed `Instant`, or let `connect` keep strangers out"
        );
    };
    must_have_timed_out(end, SHORT_PATIENCE);
}

/// Asks a server that never replies, and wants `ask` to end when `patience` does.
fn gives_up_in_time(patience: Duration) {
    let latest = patience + TOLERANCE;
    // To end late may be the machine's doing, so that is tried again. To end early never is.
    for _ in 0..2 {
        let mut test = Test::start(b"is anybody there?", patience);
        test.hears_the_question();
        if let Some(end) = test.end_within(latest) {
            let took = must_have_timed_out(end, patience);
            if took <= latest {
                return;
            }
        }
    }
    let mut test = Test::start(b"is anybody there?", patience);
    test.hears_the_question();
    let Some(end) = test.end_within(LAST_WAIT) else {
        panic!(
            "`ask` with a patience of {patience:?} still waits after {LAST_WAIT:?}: the server \
             does not reply. Is there a limit to the waiting (`set_read_timeout`), and is it \
             `patience`?"
        );
    };
    let took = must_have_timed_out(end, patience);
    assert!(
        took <= latest,
        "`ask` with a patience of {patience:?} gave up only after {took:.1?}: how long to wait is \
         the caller's choice. Is the time limit `patience`, neither a fixed time nor a multiple?"
    );
}

/// Has `question` asked and `reply` sent, and wants just that reply from `ask`.
fn replies(question: &[u8], reply: &[u8]) {
    let mut test = Test::start(question, LONG_PATIENCE);
    let client = test.hears_the_question();
    test.sends(client, reply);
    test.wants(reply);
}

/// What happens while a test waits.
enum Event {
    /// A datagram came to the server.
    Question(Vec<u8>, SocketAddr),
    /// The learner's `ask` returned or panicked, after this time.
    Ended(thread::Result<io::Result<Vec<u8>>>, Duration),
}

/// What `ask` returned, and after which time.
type End = (io::Result<Vec<u8>>, Duration);

/// The learner's client at work, and the server that it asks.
struct Test {
    question: Vec<u8>,
    server: UdpSocket,
    events: Receiver<Event>,
    /// How `ask` ended, if that was seen before its question was.
    ended: Option<End>,
}

impl Test {
    /// Starts `ask` on a thread of its own, and a thread that waits for its question.
    /// Both report to one channel, so that a test sees whatever happens first.
    fn start(question: &[u8], patience: Duration) -> Self {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server.set_read_timeout(Some(2 * DEADLINE)).unwrap();
        let address = server.local_addr().unwrap();
        let (sender, events) = mpsc::channel();

        let (receiving, questions) = (server.try_clone().unwrap(), sender.clone());
        thread::spawn(move || {
            let mut buffer = vec![0; 65_535];
            loop {
                let (length, client) = match receiving.recv_from(&mut buffer) {
                    Ok(received) => received,
                    // A pause of the test, not the answer's doing.
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                let question = buffer[..length].to_vec();
                if questions.send(Event::Question(question, client)).is_err() {
                    break;
                }
            }
        });

        let asked = question.to_vec();
        thread::spawn(move || {
            let start = Instant::now();
            let end = std::panic::catch_unwind(|| ask(address, &asked, patience));
            let _ = sender.send(Event::Ended(end, start.elapsed()));
        });
        Test {
            question: question.to_vec(),
            server,
            events,
            ended: None,
        }
    }

    /// Waits for the question and returns who asked.
    fn hears_the_question(&mut self) -> SocketAddr {
        let mut limit = DEADLINE;
        loop {
            match self.events.recv_timeout(limit) {
                Ok(Event::Question(question, client)) => {
                    assert!(
                        question == self.question,
                        "the server got a question of {} bytes, \"{}\", \
                         but `ask` was given {} bytes, \"{}\"",
                        question.len(),
                        shown(&question),
                        self.question.len(),
                        shown(&self.question)
                    );
                    return client;
                }
                Ok(Event::Ended(Err(panic), _)) => report_panic(panic),
                Ok(Event::Ended(Ok(result), took)) => {
                    // On a busy machine the question may be there, and its thread not yet awake.
                    self.ended = Some((result, took));
                    limit = MOMENT;
                }
                Err(_) => match &self.ended {
                    Some((Ok(reply), _)) => panic!(
                        "`ask` returned Ok with {} bytes, but no question has reached the server",
                        reply.len()
                    ),
                    Some((Err(error), _)) => panic!(
                        "`ask` returned an error, and no question has reached the server: {error}. \
                         Is your socket bound to port 0 of an IPv4 address, and the question sent?"
                    ),
                    None => panic!(
                        "no question has reached the server within {DEADLINE:?}: \
                         is it sent, even if it is empty, before you wait for the reply?"
                    ),
                },
            }
        }
    }

    fn sends(&self, client: SocketAddr, reply: &[u8]) {
        // If the learner's socket is gone, Windows may say so here. The event says why.
        let _ = self.server.send_to(reply, client);
    }

    /// How `ask` ended, or `None` if it has not, in time.
    fn end_within(&mut self, limit: Duration) -> Option<End> {
        if self.ended.is_some() {
            return self.ended.take();
        }
        match self.events.recv_timeout(limit) {
            Ok(Event::Ended(Err(panic), _)) => report_panic(panic),
            Ok(Event::Ended(Ok(result), took)) => Some((result, took)),
            Ok(Event::Question(again, _)) => panic!(
                "a second datagram, of {} bytes, came to the server: the question is sent once",
                again.len()
            ),
            Err(_) => None,
        }
    }

    /// Wants `ask` to return the reply that the server has just sent.
    fn wants(&mut self, reply: &[u8]) {
        match self.end_within(DEADLINE) {
            Some((Ok(returned), _)) => compare(reply, &returned),
            Some((Err(error), _)) => panic!(
                "the server sent a reply of {} bytes, and `ask` returned an error: {error}. \
                 Is a stranger's datagram ignored? How large is your buffer?",
                reply.len()
            ),
            None => panic!(
                "the server has sent a reply of {} bytes to where the question came from, and `ask` \
                 still waits after {DEADLINE:?}: do you receive on the socket that you sent from, \
                 and take an empty reply for a reply?",
                reply.len()
            ),
        }
    }
}

/// Wants `ask` to have given up with the right error, and not too early. Returns how long it took.
fn must_have_timed_out((result, took): End, patience: Duration) -> Duration {
    let error = match result {
        Err(error) => error,
        Ok(returned) => {
            assert!(returned != Stranger::FORGED, "{}", Stranger::ADVICE);
            panic!(
                "the server has not replied, yet `ask` returned Ok with {} bytes",
                returned.len()
            );
        }
    };
    match error.kind() {
        io::ErrorKind::TimedOut => {
            // A tenth less, for systems whose timers are coarse.
            assert!(
                took >= patience * 9 / 10,
                "`ask` gave up after {took:.1?}, with a patience of {patience:?}: how long to wait \
                 is the caller's choice. Is the time limit `patience`, neither a fixed time nor a \
                 part of it?"
            );
            took
        }
        io::ErrorKind::WouldBlock => panic!(
            "the error's kind is WouldBlock: Unix says so when a socket's time limit is up, \
             Windows says TimedOut. Turn it into `TimedOut`, so that callers need to know only one"
        ),
        io::ErrorKind::InvalidInput => panic!(
            "the error's kind is InvalidInput: {error}. A time limit of zero is refused: \
             when no time is left, return `TimedOut` yourself"
        ),
        kind => panic!(
            "the server has not replied: the error's kind is {kind:?} ({error}), not TimedOut"
        ),
    }
}

/// Somebody else, who knows the client's address and sends what nobody asked for.
struct Stranger(UdpSocket);

impl Stranger {
    const FORGED: &[u8] = b"forged by a stranger";
    const ADVICE: &str = "`ask` returned what a stranger sent: `connect` the socket to `server`, \
                          or compare the address that `recv_from` gives";

    fn new() -> Self {
        Stranger(UdpSocket::bind("127.0.0.1:0").unwrap())
    }

    fn forges_a_reply_to(&self, client: SocketAddr) {
        // Once the client is gone, some systems say so here. That is no concern of the stranger's.
        let _ = self.0.send_to(Self::FORGED, client);
    }
}

/// Fails, saying in what they differ, unless `ask` returned the server's reply.
fn compare(sent: &[u8], returned: &[u8]) {
    if returned == sent {
        return;
    }
    assert!(returned != Stranger::FORGED, "{}", Stranger::ADVICE);
    let (had, came) = (sent.len(), returned.len());
    assert!(
        !returned.starts_with(sent),
        "`ask` returned {came} bytes, the server sent {had}: \
         did you return the whole buffer instead of `..length`?"
    );
    assert!(
        !returned.is_empty(),
        "`ask` returned nothing, the server sent {had} bytes. How large is your buffer? \
         `Vec::with_capacity(n)` has no bytes yet to receive into; `vec![0; n]` has n"
    );
    assert!(
        returned != sent.trim_ascii(),
        "`ask` returned {came} of {had} bytes: the white space at the ends of the reply is missing, \
         and it is part of the reply"
    );
    let ends_at_zero = sent.iter().position(|&byte| byte == 0) == Some(came);
    assert!(
        !(ends_at_zero && sent.starts_with(returned)),
        "`ask` returned only the first {came} of {had} bytes: it stops at a zero byte, \
         which is a byte like any other. How many bytes came, `recv` says"
    );
    assert!(
        !sent.starts_with(returned),
        "`ask` returned only the first {came} of {had} bytes: what does not fit into the buffer \
         is cut off and lost. How large is your buffer?"
    );
    panic!(
        "the server sent {had} bytes, \"{}\", but `ask` returned {came} bytes, \"{}\"",
        shown(sent),
        shown(returned)
    );
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
    (0..count).map(|i| random.hash_one(i) as u8).collect()
}
