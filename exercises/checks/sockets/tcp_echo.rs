use super::*;
use std::{
    any::Any,
    collections::VecDeque,
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How long a broken connection waits for word that the learner's function has ended.
const MOMENT: Duration = Duration::from_millis(200);

// `echo`, on a connection in memory that shows what real ones hide on a good day.

#[test]
fn every_byte_comes_back_even_if_each_write_takes_only_three() {
    for parts in [
        vec![b"hello".to_vec(), b", ".to_vec(), b"network".to_vec()],
        vec![(0..=255).collect(), random_bytes(10_000), random_bytes(1)],
        // Bytes that a tidy program takes for waste.
        vec![
            b" \n\0 in between \0\r\n ".to_vec(),
            b"\n".to_vec(),
            b"\0".to_vec(),
        ],
    ] {
        let (end, memory) = run_echo(Memory::new(parts));
        memory.wants_everything_back(end);
    }
}

#[test]
fn a_write_that_is_interrupted_is_tried_again() {
    let mut memory = Memory::new(vec![random_bytes(100), random_bytes(100)]);
    memory.interrupt_at = Some(2);
    let (end, memory) = run_echo(memory);
    if let Err(error) = &end
        && error.kind() == ErrorKind::Interrupted
    {
        panic!(
            "`echo` gave up when a write was interrupted: nothing is wrong with the connection. \
             Call `write` again with the same bytes; `write_all` does"
        );
    }
    memory.wants_everything_back(end);
}

#[test]
fn a_connection_that_fails_is_an_error() {
    let mut memory = Memory::new(vec![random_bytes(10)]);
    memory.fails_at_last = true;
    let (end, memory) = run_echo(memory);
    memory.wants_a_true_echo();
    match end {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => assert!(
            memory.came_back.len() == memory.handed_out.len(),
            "the connection failed after {} bytes, of which `echo` had sent back {}: \
             send back what has come before you read on",
            memory.handed_out.len(),
            memory.came_back.len()
        ),
        Err(error) => panic!(
            "the connection failed with the error ConnectionReset, and `echo` returned another: {error}"
        ),
        Ok(()) => {
            memory.wants_reading_to_the_end();
            panic!(
                "reading failed (the client reset the connection) and `echo` returned Ok(()): \
                 an error is not the end of the stream. Hand it on, as `?` does"
            );
        }
    }
}

#[test]
fn a_write_that_fails_is_an_error() {
    let mut memory = Memory::new(vec![random_bytes(10), random_bytes(10)]);
    memory.writes_fail_from = Some(2);
    let (end, memory) = run_echo(memory);
    match end {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            panic!("a write failed with the error BrokenPipe, and `echo` returned another: {error}")
        }
        Ok(()) => {
            assert!(
                memory.writes >= 2,
                "`echo` returned Ok(()) after {} of {} bytes came back: is everything written \
                 that was read?",
                memory.came_back.len(),
                memory.total
            );
            panic!(
                "writing failed (the client is gone) and `echo` returned Ok(()): the result of a \
                 write tells whether the echo is on its way. Hand its error on, as `?` does"
            );
        }
    }
}

// `serve`, with no client, and with real ones.

#[test]
fn serve_returns_the_error_that_ended_accepting() {
    // This listener does not wait for a client: its `accept` fails at once.
    let listener = Arc::new(TcpListener::bind("127.0.0.1:0").unwrap());
    listener.set_nonblocking(true).unwrap();
    let learners = listener.clone();
    let (verdict, wait) = mpsc::channel();
    thread::spawn(move || {
        let end = std::panic::catch_unwind(|| serve(&learners));
        let _ = verdict.send(end);
    });
    match wait.recv_timeout(DEADLINE) {
        Ok(Ok(Err(error))) if error.kind() == ErrorKind::WouldBlock => {}
        Ok(Ok(Err(error))) => panic!(
            "`accept` failed with the error WouldBlock, and `serve` returned another: {error}"
        ),
        Ok(Ok(Ok(()))) => panic!(
            "`accept` failed, and `serve` returned Ok(()): whoever started it cannot learn why \
             it ended. Return the error of `accept`, as `?` does"
        ),
        Ok(Err(panic)) => report_panic("serve", panic),
        Err(_) => {
            // From now on `accept` waits, so that a `serve` that tries for ever spares the machine.
            let _ = listener.set_nonblocking(false);
            panic!(
                "`accept` fails each time, and `serve` has not returned after {DEADLINE:?}: \
                 does it try again and again? Return the error of `accept`, as `?` does"
            );
        }
    }
}

const WAITS_FOR_ITS_ECHO: &str = "does `echo` answer what has come before it waits for more? \
                                  The client waits for its echo, too";
const GOES_ON: &str = "does `echo` go on until `read` gives 0, the end of the stream?";

#[test]
fn the_echo_comes_before_the_client_sends_more() {
    let test = Test::start("its first client says hello and waits for the echo");
    let client = test.connect();
    for part in [b"hello".to_vec(), random_bytes(20), random_bytes(1)] {
        send(&client, &part);
        test.wants_bytes(&part, WAITS_FOR_ITS_ECHO);
    }
    end(&client);
    test.wants_the_end();
}

#[test]
fn a_message_longer_than_any_buffer_comes_back_whole() {
    let message = random_bytes(300_000);
    let test = Test::start("its first client sends 300,000 bytes");
    let client = test.connect();
    let sent = message.clone();
    // Sending and receiving at the same time: else both sides could wait for room in a buffer.
    thread::spawn(move || {
        for part in sent.chunks(7_000) {
            send(&client, part);
        }
        end(&client);
    });
    test.wants_bytes(
        &message,
        "does `echo` read and write in a loop, until `read` gives 0?",
    );
    test.wants_the_end();
}

#[test]
fn one_client_after_another_is_served() {
    let test = Test::start("its first client has said that it is done");
    for message in [
        b"first".to_vec(),
        Vec::new(),
        random_bytes(50),
        b"last".to_vec(),
    ] {
        let client = test.connect();
        send(&client, &message);
        end(&client);
        test.wants_bytes(&message, "is every client accepted, one after another?");
        test.wants_the_end();
    }
}

#[test]
fn a_client_that_resets_its_connection_is_not_the_end() {
    let test = Test::start("a client has reset its connection");
    for _ in 0..2 {
        test.client_that_resets();
    }
    let client = test.connect();
    send(&client, b"and I?");
    end(&client);
    test.wants_bytes(
        b"and I?",
        "does `serve` go on after a client has reset its connection?",
    );
    test.wants_the_end();
}

/// No client waits for ever. macOS refuses limits on a connection that is broken already; on that one
/// nothing waits.
fn limit(client: &TcpStream) {
    let _ = client.set_read_timeout(Some(2 * DEADLINE));
    let _ = client.set_write_timeout(Some(2 * DEADLINE));
}

/// Sends. If the connection is broken, the client's receiving thread reports it.
fn send(mut client: &TcpStream, bytes: &[u8]) {
    let _ = client.write_all(bytes);
}

/// Says that the client sends no more.
fn end(client: &TcpStream) {
    let _ = client.shutdown(Shutdown::Write);
}

/// A connection in memory. Its `write` takes three bytes at a time.
struct Memory {
    parts: VecDeque<Vec<u8>>,
    /// How many bytes there are to read, all in all.
    total: usize,
    /// The bytes that `read` has given so far, and those that `write` has taken.
    handed_out: Vec<u8>,
    came_back: Vec<u8>,
    /// How many bytes the latest `write` was given, and how many it took.
    latest_write: (usize, usize),
    /// The first write that took a part and was not followed by one of the rest.
    cut_short: Option<(usize, usize)>,
    /// The write with this number is interrupted, counting from 1.
    interrupt_at: Option<usize>,
    writes: usize,
    /// From this number on, every write fails.
    writes_fail_from: Option<usize>,
    /// Whether the client resets the connection instead of ending it.
    fails_at_last: bool,
    /// Whether `read` has said that this was all.
    end_seen: bool,
}

impl Memory {
    fn new(parts: Vec<Vec<u8>>) -> Self {
        Memory {
            total: parts.iter().map(Vec::len).sum(),
            parts: parts.into(),
            handed_out: Vec::new(),
            came_back: Vec::new(),
            latest_write: (0, 0),
            cut_short: None,
            interrupt_at: None,
            writes: 0,
            writes_fail_from: None,
            fails_at_last: false,
            end_seen: false,
        }
    }

    /// Fails, saying in what they differ, unless all that was sent came back.
    fn wants_everything_back(&self, end: io::Result<()>) {
        if let Err(error) = end {
            panic!(
                "`echo` returned an error, although nothing was wrong with the connection: {error}"
            );
        }
        self.wants_a_true_echo();
        self.wants_reading_to_the_end();
        assert!(
            self.came_back.len() == self.total,
            "{} of {} bytes came back: is everything written that was read, with nothing trimmed?",
            self.came_back.len(),
            self.total
        );
    }

    /// Fails unless what came back is what was read, so far as it goes.
    fn wants_a_true_echo(&self) {
        if let Some((given, taken)) = self.cut_short() {
            panic!(
                "`write` was given {given} bytes and took {taken}, as it may, and the rest was \
                 never sent: `write` returns how many it took. `write_all` goes on with the rest"
            );
        }
        compare(&self.handed_out, &self.came_back);
    }

    fn wants_reading_to_the_end(&self) {
        assert!(
            self.end_seen,
            "`echo` returned Ok(()) after {} of {} bytes, not at the end of the stream: one `read` \
             is not all that comes. Read on until `read` gives 0",
            self.handed_out.len(),
            self.total
        );
    }

    /// The first write whose rest was forgotten.
    fn cut_short(&self) -> Option<(usize, usize)> {
        let (given, taken) = self.latest_write;
        self.cut_short
            .or((taken < given).then_some(self.latest_write))
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.cut_short = self.cut_short();
        let Some(part) = self.parts.front_mut() else {
            if self.end_seen {
                // An `echo` that misses the end comes here again and again. Spare the machine.
                thread::sleep(Duration::from_millis(1));
            }
            self.end_seen = true;
            return if self.fails_at_last {
                Err(ErrorKind::ConnectionReset.into())
            } else {
                Ok(0)
            };
        };
        let length = part.len().min(buffer.len());
        buffer[..length].copy_from_slice(&part[..length]);
        self.handed_out.extend(part.drain(..length));
        if part.is_empty() {
            self.parts.pop_front();
        }
        Ok(length)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        self.latest_write = (bytes.len(), 0);
        if self.interrupt_at == Some(self.writes) {
            return Err(ErrorKind::Interrupted.into());
        }
        if self
            .writes_fail_from
            .is_some_and(|first| self.writes >= first)
        {
            // An `echo` that tries for ever comes here again and again. Spare the machine.
            thread::sleep(Duration::from_millis(1));
            return Err(ErrorKind::BrokenPipe.into());
        }
        let length = bytes.len().min(3);
        self.latest_write = (bytes.len(), length);
        self.came_back.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs the learner's `echo` to its end on a connection in memory.
fn run_echo(mut memory: Memory) -> (io::Result<()>, Memory) {
    let (verdict, wait) = mpsc::channel();
    let writing_fails = memory.writes_fail_from.is_some();
    thread::spawn(move || {
        let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| echo(&mut memory)));
        let _ = verdict.send((end, memory));
    });
    match wait.recv_timeout(DEADLINE) {
        Ok((Ok(end), memory)) => (end, memory),
        Ok((Err(panic), _)) => report_panic("echo", panic),
        Err(_) if writing_fails => panic!(
            "every write fails, and `echo` has not returned after {DEADLINE:?}: \
             hand the error on, as `?` does"
        ),
        Err(_) => panic!(
            "`echo` has not returned {DEADLINE:?} after the end of the stream: \
             `read` says the end by giving 0 bytes, and will say so again and again"
        ),
    }
}

/// Fails, saying how they differ, unless what came back is what was sent, or the beginning of it.
fn compare(sent: &[u8], back: &[u8]) {
    if sent.starts_with(back) {
        return;
    }
    // What a lossy trip through text puts in the place of bytes that are not text.
    let replaced = |bytes: &[u8]| bytes.windows(3).filter(|&w| w == b"\xef\xbf\xbd").count();
    assert!(
        replaced(back) <= replaced(sent),
        "the bytes came back changed, as they are after a trip through text: \
         did you make a `String` of them? Send back the bytes themselves"
    );
    let place = sent.iter().zip(back).take_while(|(a, b)| a == b).count();
    assert!(
        back.len() > sent.len(),
        "from byte {place} on the echo is not what came, {} bytes for {}: \
         is every byte sent back as it came, with nothing trimmed or changed?",
        back.len(),
        sent.len()
    );
    panic!(
        "from byte {place} on the echo is not what came, {} bytes for {}: \
         did you write the whole buffer instead of `..length`?",
        back.len(),
        sent.len()
    );
}

/// What happens while a test waits.
enum Event {
    /// Bytes came to the client, or, with none, the end of the stream.
    Bytes(Vec<u8>),
    /// The client's connection broke.
    Broken(io::Error),
    /// A client got an echo, did not read it, and closed: that resets the connection.
    Reset,
    /// The learner's `serve` returned or panicked.
    Ended(thread::Result<io::Result<()>>),
}

/// The learner's server at work.
struct Test {
    /// Held here as well, so that clients in the queue do not break when `serve` returns.
    _listener: Arc<TcpListener>,
    server: SocketAddr,
    sender: Sender<Event>,
    events: Receiver<Event>,
    /// What has happened, for a message about a `serve` that returned.
    story: &'static str,
}

impl Test {
    /// Starts `serve` on a thread of its own. It and all clients report to one channel, so that a
    /// test sees whatever happens first.
    fn start(story: &'static str) -> Self {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let server = listener.local_addr().unwrap();
        let (sender, events) = mpsc::channel();
        let (learners, ended) = (listener.clone(), sender.clone());
        thread::spawn(move || {
            let end = std::panic::catch_unwind(|| serve(&learners));
            let _ = ended.send(Event::Ended(end));
        });
        Test {
            _listener: listener,
            server,
            sender,
            events,
            story,
        }
    }

    /// A client whose thread reports what it receives.
    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.server).unwrap();
        limit(&client);
        let mut receiving = client.try_clone().unwrap();
        let events = self.sender.clone();
        thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            loop {
                let event = match receiving.read(&mut buffer) {
                    Ok(length) => Event::Bytes(buffer[..length].to_vec()),
                    // A pause of the test, not the answer's doing.
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => Event::Broken(error),
                };
                let more = matches!(&event, Event::Bytes(bytes) if !bytes.is_empty());
                if events.send(event).is_err() || !more {
                    break;
                }
            }
        });
        client
    }

    /// Resets a connection: closing it with bytes unread does that on every system.
    fn client_that_resets(&self) {
        let client = TcpStream::connect(self.server).unwrap();
        limit(&client);
        send(&client, b"I shall not read this");
        let events = self.sender.clone();
        thread::spawn(move || {
            // Peeking waits for the echo and leaves it unread.
            let peeked = loop {
                match client.peek(&mut [0]) {
                    // A pause of the test, not the answer's doing.
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    peeked => break peeked,
                }
            };
            let event = match peeked {
                Ok(0) => Event::Broken(ErrorKind::UnexpectedEof.into()),
                Ok(_) => Event::Reset,
                Err(error) => Event::Broken(error),
            };
            drop(client);
            let _ = events.send(event);
        });
        match self.next() {
            Some(Event::Reset) => {}
            Some(Event::Broken(error)) => self.broken(&format!(
                "the connection broke before the echo came, with \"{error}\": {GOES_ON}"
            )),
            _ => panic!("nothing came back within {DEADLINE:?}: {WAITS_FOR_ITS_ECHO}"),
        }
    }

    /// The next event, if it comes in time. Gives the verdict if `serve` has ended.
    fn next(&self) -> Option<Event> {
        match self.events.recv_timeout(DEADLINE) {
            Ok(Event::Ended(end)) => self.ended(end),
            event => event.ok(),
        }
    }

    /// Waits for the echo of `sent`. Fails at once, saying how, when something else happens.
    fn wants_bytes(&self, sent: &[u8], where_to_look: &str) {
        let mut back = Vec::new();
        while back.len() < sent.len() {
            match self.next() {
                Some(Event::Bytes(bytes)) if bytes.is_empty() => self.broken(&format!(
                    "the server closed the connection after {} of {} bytes of echo: {GOES_ON}",
                    back.len(),
                    sent.len()
                )),
                Some(Event::Bytes(bytes)) => back.extend(bytes),
                Some(Event::Broken(error)) => self.broken(&format!(
                    "the connection broke after {} of {} bytes of echo, with \"{error}\": {GOES_ON}",
                    back.len(),
                    sent.len()
                )),
                _ => panic!(
                    "{} of {} bytes came back, then nothing for {DEADLINE:?}: {where_to_look}",
                    back.len(),
                    sent.len()
                ),
            }
        }
        compare(sent, &back);
    }

    /// Waits until the server has closed the connection.
    fn wants_the_end(&self) {
        match self.next() {
            Some(Event::Bytes(bytes)) => assert!(
                bytes.is_empty(),
                "{} bytes came back after the whole echo: \
                 did you write the whole buffer instead of `..length`?",
                bytes.len()
            ),
            Some(Event::Broken(error)) => self.broken(&format!(
                "the connection broke after the whole echo, with \"{error}\": \
                 does `echo` read to the end of the stream?"
            )),
            _ => panic!(
                "the client has said that it is done and has its echo, but the connection is not \
                 closed within {DEADLINE:?}: does `echo` return when `read` gives 0, and does the \
                 connection go out of scope then?"
            ),
        }
    }

    /// Says how the connection ended too soon, or why, if that was because `serve` has ended.
    fn broken(&self, how: &str) -> ! {
        while let Ok(event) = self.events.recv_timeout(MOMENT) {
            if let Event::Ended(end) = event {
                self.ended(end);
            }
        }
        panic!("{how}");
    }

    fn ended(&self, end: thread::Result<io::Result<()>>) -> ! {
        let story = self.story;
        match end {
            Err(panic) => report_panic("serve", panic),
            Ok(Ok(())) => panic!(
                "`serve` returned Ok(()), but it serves for ever ({story}): \
                 is there a loop around `accept`?"
            ),
            Ok(Err(error)) => panic!(
                "`serve` returned an error ({story}): {error}. What goes wrong with one client must \
                 not end the service for the next: only an error of `accept` may"
            ),
        }
    }
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(function: &str, panic: Box<dyn Any + Send>) -> ! {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "no text",
    };
    if text.starts_with("not yet implemented") {
        std::panic::resume_unwind(panic);
    }
    panic!("your `{function}` panicked: {text}");
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_bytes(count: usize) -> Vec<u8> {
    let random = RandomState::new();
    (0..count.div_ceil(8))
        .flat_map(|i| random.hash_one(i).to_ne_bytes())
        .take(count)
        .collect()
}
