use super::*;
use socket2::SockRef;
use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle, ThreadId},
    time::{Duration, Instant},
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How long a closed connection waits for word that `serve` has ended, which would be the reason.
const MOMENT: Duration = Duration::from_millis(500);

/// How long a client says nothing before it sends a request.
const PAUSE: Duration = Duration::from_millis(250);

/// A patience that no test waits for.
const LONG: Duration = Duration::from_secs(60);

/// How often a test sends a client and the end together.
const ROUNDS: usize = 20;

/// More than the buffers of both systems hold for one connection.
const MUCH: usize = 16 << 20;

#[test]
fn each_client_is_talked_to_until_it_ends() {
    let test = Test::start(LONG);
    let silent = test.comes();
    for word in ["hello".to_owned(), random_word()] {
        let client = test.comes();
        for word in [&word, "again"] {
            test.asks(client, word);
            test.wants_reply(client, word);
        }
        test.ends(client);
        test.wants_closed(client, "it has ended, and `talk` has returned");
    }
    for end in ["fail", "panic"] {
        let client = test.comes();
        test.asks(client, end);
        test.wants_closed(client, "its `talk` has ended, with an error or a panic");
    }
    // A client may think for a while, and the server must not mind.
    thread::sleep(PAUSE);
    test.asks(silent, "and I?");
    test.wants_reply(silent, "and I?");
}

#[test]
fn with_nobody_here_the_end_is_at_once() {
    let test = Test::start(LONG);
    test.asks_to_end();
    test.wants_the_end(0);

    let test = Test::start(LONG);
    for end in ["fail", "panic"] {
        let client = test.comes();
        test.asks(client, end);
        test.wants_closed(client, "its `talk` has ended, with an error or a panic");
    }
    let client = test.comes();
    test.ends(client);
    test.wants_closed(client, "it has ended, and `talk` has returned");
    test.asks_to_end();
    test.wants_the_end(0);
}

#[test]
fn who_waits_for_nothing_is_not_waited_for() {
    let test = Test::start(LONG);
    let silent = test.comes();
    let answered = test.comes();
    test.asks(answered, "hello");
    test.wants_reply(answered, "hello");
    let halfway = test.comes();
    test.sends(halfway, "hel");
    test.wants_talk(silent);
    test.wants_talk(halfway);
    test.asks_to_end();
    for (client, what) in [
        (silent, "it has said nothing"),
        (answered, "it has its reply, and has asked nothing more"),
        (halfway, "it has sent a part of a request"),
    ] {
        test.wants_closed(
            client,
            &format!("{what}, and the server is asked to end: no reply to it is in the making"),
        );
        test.wants_nothing_more(client);
    }
    test.wants_the_end(0);
}

#[test]
fn a_reply_in_the_making_is_finished_and_nobody_comes_in_meanwhile() {
    let test = Test::start(LONG);
    let idle = test.comes();
    let before = test.comes();
    let making = [test.comes(), test.comes()];
    for client in making {
        test.asks(client, "work");
        test.wants_the_making(client);
    }
    test.wants_talk(idle);
    test.asks(before, "hello");
    test.wants_reply(before, "hello");
    // What is behind the end in the channel, and what is sent when it has been seen.
    test.asks_to_end();
    let late = test.comes();
    test.asks(late, "and I?");
    test.wants_closed(
        idle,
        "the server is asked to end, and no reply to it is in the making",
    );
    test.wants_not_let_in(late);
    let later = test.comes();
    test.wants_not_let_in(later);
    for client in making {
        let word = random_word();
        test.finishes(client, How::Replies(word.clone()));
        test.wants_reply(client, &word);
        test.wants_closed(
            client,
            "the server is asked to end, and its reply is finished",
        );
    }
    test.wants_the_end(0);
}

#[test]
fn who_came_just_before_the_end_is_waited_for() {
    // Which thread is faster then, that of the client or that of `serve`? Not always the same.
    for _ in 0..ROUNDS {
        let test = Test::start(LONG);
        let client = test.comes_with("work");
        test.asks_to_end();
        test.wants_talk(client);
        // On Linux, what has come can be read after `shutdown(Shutdown::Read)`. Other systems may throw it away.
        test.waits_until(client, |client| client.making || client.closed);
        if cfg!(target_os = "linux") {
            test.wants_the_making(client);
        }
        if test.clients.borrow()[client].making {
            let word = random_word();
            test.finishes(client, How::Replies(word.clone()));
            test.wants_reply(client, &word);
        }
        test.wants_closed(
            client,
            "the server is asked to end, and its reply is finished",
        );
        test.wants_the_end(0);
    }
}

#[test]
fn a_long_reply_comes_whole() {
    let test = Test::start(LONG);
    let reader = test.comes_slowly();
    let idle = test.comes();
    test.asks(reader, "work");
    test.wants_the_making(reader);
    test.wants_talk(idle);
    test.finishes(reader, How::RepliesMuch);
    // Its first bytes are on their way, and the rest has no room until the client reads.
    thread::sleep(Duration::from_millis(50));
    test.asks_to_end();
    test.wants_closed(
        idle,
        "the server is asked to end, and no reply to it is in the making",
    );
    test.reads_now(reader);
    test.wants_much(reader);
    test.wants_closed(
        reader,
        "the server is asked to end, and its reply is finished",
    );
    test.wants_the_end(0);
}

#[test]
fn a_talk_that_fails_meanwhile_has_ended() {
    let test = Test::start(LONG);
    let making = [test.comes(), test.comes(), test.comes()];
    for client in making {
        test.asks(client, "work");
        test.wants_the_making(client);
    }
    test.asks_to_end();
    test.finishes(making[0], How::Panics);
    test.finishes(making[1], How::Fails);
    test.finishes(making[2], How::Replies("done".to_owned()));
    test.wants_reply(making[2], "done");
    test.wants_the_end(0);
}

#[test]
fn who_has_broken_off_is_nobody_elses_concern() {
    let test = Test::start(LONG);
    let gone = test.comes_slowly();
    let making = [test.comes(), test.comes()];
    test.asks(gone, "reset");
    test.wants_the_making(gone);
    for client in making {
        test.asks(client, "work");
        test.wants_the_making(client);
    }
    // Its `talk` goes on for a while, and meanwhile the system answers `shutdown` with an error.
    test.breaks_off(gone);
    test.asks_to_end();
    for client in making {
        let word = random_word();
        test.finishes(client, How::Replies(word.clone()));
        test.wants_reply(client, &word);
        test.wants_closed(
            client,
            "the server is asked to end, and its reply is finished",
        );
    }
    test.finishes(gone, How::Fails);
    test.wants_the_end(0);
}

#[test]
fn nobody_is_waited_for_longer_than_the_grace() {
    for stuck in [1, 8] {
        let grace = Duration::from_millis(400);
        let test = Test::start(grace);
        let gone = test.comes();
        test.ends(gone);
        test.wants_closed(gone, "it has ended, and `talk` has returned");
        let idle = test.comes();
        test.wants_talk(idle);
        let making: Vec<_> = (0..stuck).map(|_| test.comes()).collect();
        for client in making {
            test.asks(client, "work");
            test.wants_the_making(client);
        }
        test.asks_to_end();
        test.wants_the_end(stuck);
    }
}

#[test]
fn the_grace_does_not_begin_anew_with_each_one_that_ends() {
    let grace = Duration::from_millis(800);
    let test = Test::start(grace);
    let making: Vec<_> = (0..30).map(|_| test.comes()).collect();
    for client in &making {
        test.asks(*client, "work");
        test.wants_the_making(*client);
    }
    test.asks_to_end();
    // The grace is over long before the last of these. They come in such short steps that even on a busy machine none
    // takes as long as the grace.
    for client in &making[..28] {
        if test.has_ended_within(Duration::from_millis(100)) {
            return;
        }
        test.finishes(*client, How::Replies("done".to_owned()));
    }
    panic!(
        "`grace` is {grace:?}, every 100 ms one of 30 replies is finished, and `serve` has not returned after 2.8 s: the \
         grace is counted from `End`, for all together"
    );
}

/// How a reply in the making ends.
enum How {
    Replies(String),
    /// Many bytes, more than there is room for on the way.
    RepliesMuch,
    Fails,
    Panics,
}

/// Whatever happens, with the client's number.
enum Seen {
    /// `talk` was called with its connection.
    Talk(usize),
    /// `talk` was called by the thread that called `serve`.
    InTheFirstThread,
    /// `talk` makes a reply.
    Making(usize),
    /// `talk` makes a reply, and its client has broken off.
    BrokenOff(usize),
    /// These bytes came for a client; none is the end.
    Bytes(usize, Vec<u8>),
    /// `serve` returned or panicked.
    Ended(thread::Result<usize>),
}

/// What is known of a client.
struct Client {
    /// None when it has broken off.
    sending: Option<TcpStream>,
    /// Finishes the reply that is in the making.
    finishes: Sender<How>,
    /// Lets it read.
    reads: Option<Sender<()>>,
    /// The thread that reads.
    reader: Option<JoinHandle<()>>,
    talk: bool,
    making: bool,
    broken_off: bool,
    came: Vec<u8>,
    closed: bool,
}

/// What `talk` is to do, by the port of its client.
type Talks = Arc<Mutex<HashMap<u16, (usize, Receiver<How>)>>>;

/// The learner's server at work.
struct Test {
    grace: Duration,
    listener: TcpListener,
    events: Sender<Event>,
    talks: Talks,
    sender: Sender<Seen>,
    seen: Receiver<Seen>,
    clients: RefCell<Vec<Client>>,
    /// When the server was asked to end.
    asked: Cell<Option<Instant>>,
    /// What `serve` returned, if it had a right to return.
    returned: Cell<Option<usize>>,
}

impl Test {
    fn start(grace: Duration) -> Self {
        let (events, happens) = mpsc::channel();
        let (sender, seen) = mpsc::channel();
        let talks = Talks::default();
        let first: Arc<OnceLock<ThreadId>> = Arc::default();
        let talk = {
            let (talks, first, sender) = (Arc::clone(&talks), Arc::clone(&first), sender.clone());
            move |connection: &TcpStream| {
                let port = connection.peer_addr()?.port();
                let found = talks
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&port);
                let Some((number, making)) = found else {
                    return Ok(());
                };
                if first.get() == Some(&thread::current().id()) {
                    let _ = sender.send(Seen::InTheFirstThread);
                }
                let _ = sender.send(Seen::Talk(number));
                talks_to(connection, number, &making, &sender)
            }
        };
        let ended = sender.clone();
        thread::spawn(move || {
            let _ = first.set(thread::current().id());
            let end = panic::catch_unwind(AssertUnwindSafe(|| serve(happens, talk, grace)));
            let _ = ended.send(Seen::Ended(end));
        });
        Test {
            grace,
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            events,
            talks,
            sender,
            seen,
            clients: RefCell::default(),
            asked: Cell::default(),
            returned: Cell::default(),
        }
    }

    /// A client that reads whatever comes.
    fn comes(&self) -> usize {
        let client = self.comes_slowly();
        self.reads_now(client);
        client
    }

    /// A client whose first request is there when it comes in.
    fn comes_with(&self, request: &str) -> usize {
        let client = self.connects(&format!("{request}\n"));
        self.reads_now(client);
        client
    }

    /// A client that does not read yet.
    fn comes_slowly(&self) -> usize {
        self.connects("")
    }

    /// A client that has sent this, and does not read yet.
    fn connects(&self, text: &str) -> usize {
        let client = TcpStream::connect(self.listener.local_addr().unwrap()).unwrap();
        let (connection, _) = self.listener.accept().unwrap();
        (&client).write_all(text.as_bytes()).unwrap();
        // So short a text comes in one piece, and it is here as soon as a part of it is.
        if !text.is_empty() {
            connection.peek(&mut [0]).unwrap();
        }
        let number = self.clients.borrow().len();
        let port = client.local_addr().unwrap().port();
        let (finishes, making) = mpsc::channel();
        self.talks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(port, (number, making));
        let (reads, may_read) = mpsc::channel();
        let (receiving, events) = (client.try_clone().unwrap(), self.sender.clone());
        let reader = thread::spawn(move || {
            if may_read.recv().is_ok() {
                receives(receiving, number, &events);
            }
        });
        self.clients.borrow_mut().push(Client {
            sending: Some(client),
            finishes,
            reads: Some(reads),
            reader: Some(reader),
            talk: false,
            making: false,
            broken_off: false,
            came: Vec::new(),
            closed: false,
        });
        // If nobody takes it, it is closed here, as by a thread that accepts.
        let _ = self.events.send(Event::Came(connection));
        number
    }

    fn reads_now(&self, client: usize) {
        let client = &mut self.clients.borrow_mut()[client];
        client.making = false;
        if let Some(reads) = &client.reads {
            let _ = reads.send(());
        }
    }

    fn asks(&self, client: usize, request: &str) {
        self.sends(client, &format!("{request}\n"));
    }

    /// Sends. If the connection is broken, the client's receiving thread reports it.
    fn sends(&self, client: usize, text: &str) {
        if let Some(mut sending) = self.clients.borrow()[client].sending.as_ref() {
            let _ = sending.write_all(text.as_bytes());
        }
    }

    /// The client ends its direction.
    fn ends(&self, client: usize) {
        if let Some(sending) = &self.clients.borrow()[client].sending {
            let _ = sending.shutdown(Shutdown::Write);
        }
    }

    /// A client that came slowly, and whose `talk` waits for it, is gone at once, as if its program had been killed.
    fn breaks_off(&self, client: usize) {
        {
            let client = &mut self.clients.borrow_mut()[client];
            // The thread that was to read has the socket, too.
            client.reads = None;
            if let Some(reader) = client.reader.take() {
                let _ = reader.join();
            }
            // With this, closing sends a reset.
            if let Some(sending) = client.sending.take() {
                SockRef::from(&sending)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
            }
        }
        self.waits_until(client, |client| client.broken_off);
    }

    fn finishes(&self, client: usize, how: How) {
        let client = &mut self.clients.borrow_mut()[client];
        // So much is finished when the client has read it.
        client.making = matches!(how, How::RepliesMuch);
        let _ = client.finishes.send(how);
    }

    fn asks_to_end(&self) {
        self.asked.set(Some(Instant::now()));
        let _ = self.events.send(Event::End);
    }

    /// Waits until something is so of a client, and says whether it was in time.
    fn waits_until(&self, client: usize, is_so: impl Fn(&Client) -> bool) -> bool {
        while !is_so(&self.clients.borrow()[client]) {
            if !self.next(DEADLINE) {
                return false;
            }
        }
        true
    }

    fn wants_talk(&self, client: usize) {
        assert!(
            self.waits_until(client, |client| client.talk),
            "a client came, and `talk` was not called with it within {DEADLINE:?}: has each one a thread of its own?"
        );
    }

    fn wants_the_making(&self, client: usize) {
        assert!(
            self.waits_until(client, |client| client.making || client.closed),
            "a client came and sent a request, and `talk` was not called with it within {DEADLINE:?}: has each one a \
             thread of its own?"
        );
        assert!(
            self.clients.borrow()[client].making,
            "a client came and sent a request, and its connection was closed: who but `talk` reads from it, and who \
             ends it?"
        );
    }

    fn wants_reply(&self, client: usize, word: &str) {
        let wanted = format!("reply {word}\n");
        let in_time = self.waits_until(client, |client| {
            client.closed || client.came.len() >= wanted.len()
        });
        let came = String::from_utf8_lossy(&self.clients.borrow()[client].came).into_owned();
        if came != wanted {
            self.gives_serve_a_moment();
            let asked = self.asked.get().is_some();
            assert!(
                !asked || in_time,
                "a reply was in the making when the server was asked to end, and only {came:?} of it came within \
                 {DEADLINE:?}"
            );
            assert!(
                !asked,
                "a reply was in the making when the server was asked to end, and its client got {came:?}, not \
                 {wanted:?}: the direction in which the reply goes stays open until `talk` has ended"
            );
            assert!(
                in_time,
                "a client sent a request, and got {came:?}, not {wanted:?}, within {DEADLINE:?}: has each client a \
                 thread of its own, in which `talk` talks to it?"
            );
            panic!(
                "a client sent a request, and got {came:?}, not {wanted:?}, then its connection was closed: nobody \
                 has asked the server to end. Does `talk` get the connection as it came, without a time limit?"
            );
        }
        self.clients.borrow_mut()[client].came.clear();
    }

    fn wants_much(&self, client: usize) {
        self.waits_until(client, |client| client.closed || client.came.len() >= MUCH);
        let came = self.clients.borrow()[client].came.len();
        assert!(
            came == MUCH,
            "a reply of {MUCH} bytes was being written when the server was asked to end, and {came} of them came: \
             the direction in which the reply goes stays open until `talk` has ended"
        );
        self.clients.borrow_mut()[client].came.clear();
    }

    fn wants_closed(&self, client: usize, story: &str) {
        if self.waits_until(client, |client| client.closed) {
            return;
        }
        let look = if self.asked.get().is_some() {
            "is each connection told, and before you wait for any of them? After `shutdown(Shutdown::Read)` a `read` \
             that waits gives 0"
        } else {
            "who else holds it? A `try_clone`, or an `Arc` that is kept for later, keeps it open"
        };
        panic!("a connection is not closed within {DEADLINE:?} ({story}): {look}");
    }

    fn wants_nothing_more(&self, client: usize) {
        let came = &self.clients.borrow()[client].came;
        assert!(
            came.is_empty(),
            "a client that waited for no reply got {:?} when the server was asked to end",
            String::from_utf8_lossy(came)
        );
    }

    /// Wants a client that came after the end to be closed, and `talk` not to be called with it.
    fn wants_not_let_in(&self, client: usize) {
        let closed = self.waits_until(client, |client| client.closed || client.talk);
        assert!(
            !self.clients.borrow()[client].talk,
            "a client came after `End`, and `talk` was called with it: from then on, nobody else comes in"
        );
        assert!(
            closed,
            "a client came after `End`, while a reply to another one is in the making, and its connection is not \
             closed within {DEADLINE:?}: it waits for somebody who will not come. What is in the channel goes when \
             its receiver goes"
        );
    }

    /// Wants `serve` to return this number, not long after it could.
    fn wants_the_end(&self, unfinished: usize) {
        let grace = if unfinished == 0 {
            Duration::ZERO
        } else {
            self.grace
        };
        let until = Instant::now() + grace + DEADLINE;
        let count = loop {
            if let Some(count) = self.returned.get() {
                break count;
            }
            if !self.next(until.saturating_duration_since(Instant::now())) {
                assert!(
                    unfinished > 0,
                    "the server was asked to end, no reply is in the making any more, and {DEADLINE:?} later `serve` \
                     has not returned: does each thread that ends, by an error or a panic, too, end your waiting for \
                     it?"
                );
                panic!(
                    "the server was asked to end, `grace` is {:?}, and {unfinished} connections don't end. \
                     {DEADLINE:?} after the grace `serve` has not returned: the grace is for all together, and then \
                     nobody is waited for",
                    self.grace
                );
            }
        };
        assert!(
            count == unfinished,
            "`serve` returned {count}, not {unfinished}: count the connections whose `talk` has not returned when \
             you stop waiting"
        );
    }

    /// Whether `serve` has returned, or does so within this time.
    fn has_ended_within(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while self.returned.get().is_none() {
            if !self.next(until.saturating_duration_since(Instant::now())) {
                return false;
            }
        }
        true
    }

    /// Takes the next thing in that was seen, and says whether one was in time. Gives the verdict if `serve` has ended
    /// and had no right to.
    fn next(&self, time: Duration) -> bool {
        let Ok(seen) = self.seen.recv_timeout(time) else {
            return false;
        };
        let mut clients = self.clients.borrow_mut();
        match seen {
            Seen::Talk(_) | Seen::Making(_) if self.returned.get() == Some(0) => panic!(
                "`serve` returned 0, as if nobody were here, and then `talk` began with a client that came before \
                 `End`: the program ends when this function returns, and that client gets no reply. Is each one \
                 counted before its thread starts? A new thread may take a while to begin"
            ),
            Seen::Talk(client) => clients[client].talk = true,
            Seen::Making(client) => clients[client].making = true,
            Seen::BrokenOff(client) => clients[client].broken_off = true,
            Seen::Bytes(client, bytes) => {
                clients[client].closed |= bytes.is_empty();
                clients[client].came.extend(bytes);
            }
            Seen::InTheFirstThread => panic!(
                "`talk` is called in the thread that called `serve`: until it ends, nobody else comes in, and `End` \
                 is not seen. Each client has a thread of its own"
            ),
            Seen::Ended(Err(panic)) => report_panic(panic),
            Seen::Ended(Ok(count)) => {
                let Some(asked) = self.asked.get() else {
                    panic!("`serve` returned {count}, and nobody has asked it to end");
                };
                let waited = asked.elapsed();
                let making = clients.iter().any(|client| client.making);
                assert!(
                    !making || waited >= self.grace,
                    "`serve` returned {count}, {waited:?} after `End`, while a reply is in the making: the program \
                     ends when this function returns. Wait for such replies, for `grace` ({:?}) at most",
                    self.grace
                );
                self.returned.set(Some(count));
            }
        }
        true
    }

    /// If `serve` has ended, that was the reason, and the verdict.
    fn gives_serve_a_moment(&self) {
        while self.next(MOMENT) {}
    }
}

/// The conversation with one client.
fn talks_to(
    connection: &TcpStream,
    number: usize,
    making: &Receiver<How>,
    seen: &Sender<Seen>,
) -> io::Result<()> {
    let mut input = BufReader::new(connection);
    loop {
        let mut request = String::new();
        input.read_line(&mut request)?;
        let Some(request) = request.strip_suffix('\n') else {
            return Ok(());
        };
        let how = match request {
            "fail" => How::Fails,
            "panic" => How::Panics,
            "work" | "reset" => {
                let _ = seen.send(Seen::Making(number));
                if request == "reset" {
                    // Until it comes. From then on, nobody needs to be told that the connection is at its end.
                    let _ = connection.peek(&mut [0]);
                    let _ = seen.send(Seen::BrokenOff(number));
                }
                let Ok(how) = making.recv() else {
                    return Ok(());
                };
                how
            }
            other => How::Replies(other.to_owned()),
        };
        let mut output = connection;
        match how {
            How::Replies(word) => output.write_all(format!("reply {word}\n").as_bytes())?,
            How::RepliesMuch => output.write_all(&vec![b'm'; MUCH])?,
            How::Fails => return Err(ErrorKind::ConnectionReset.into()),
            // It is told where it is seen, so nothing is printed here.
            How::Panics => panic::resume_unwind(Box::new("a bug")),
        }
    }
}

/// Reports what comes for a client, until its connection is at its end.
fn receives(mut client: TcpStream, number: usize, seen: &Sender<Seen>) {
    let mut buffer = vec![0; 65_536];
    loop {
        let bytes = match client.read(&mut buffer) {
            Ok(length) => buffer[..length].to_vec(),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => Vec::new(),
        };
        let end = bytes.is_empty();
        if seen.send(Seen::Bytes(number, bytes)).is_err() || end {
            return;
        }
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_word() -> String {
    format!("word {}", RandomState::new().hash_one(0))
}

/// Hands on a `todo!()` as it is, and says of any other panic whose it was.
fn report_panic(panic: Box<dyn Any + Send>) -> ! {
    let why = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(why), _) => why,
        (_, Some(why)) => why.as_str(),
        _ => "no text",
    };
    if why.starts_with("not yet implemented") {
        panic::resume_unwind(panic);
    }
    panic!(
        "your `serve` panicked, and with it the service for all: {why}. What goes wrong with one client, an error or \
         a panic of its thread, is nobody else's concern"
    );
}
