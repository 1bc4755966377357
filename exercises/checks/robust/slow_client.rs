use super::*;
use std::{
    any::Any,
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    hash::{BuildHasher, RandomState},
    io::{self, BufRead, BufReader, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, OnceLock,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, ThreadId},
    time::Duration,
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How long a closed connection waits for word that `serve` has ended, which would be the reason.
const MOMENT: Duration = Duration::from_millis(500);

/// More than a pool of threads has that somebody thought large.
const MANY: usize = 100;

const OWN_THREAD: &str =
    "does each client have a thread of its own, and does nobody wait for the end of another's?";

#[test]
fn each_line_is_answered_with_the_next_number() {
    let test = Test::start();
    let client = test.comes(Habit::Takes);
    client.sends(b"hello\n");
    let look = "is a line answered as soon as its LF has come?";
    test.wants(&client, "1\n", "a client sent a line", look);
    client.sends(b"three\nat once\n\n");
    test.wants(
        &client,
        "2\n3\n4\n",
        "three lines came in one read",
        "is each of them answered?",
    );
    client.sends(b"one in ");
    client.sends(b"two pieces\n");
    test.wants(&client, "5\n", "a line came in two reads", look);
    client.sends(b"no text: \xff\xfe\0\r \n");
    let story = "a line came that is no text, as it may";
    test.wants(&client, "6\n", story, "what it says does not matter");
    let more = 2 + random() % 300;
    client.sends(&b"x\n".repeat(more));
    let wanted: String = (7..7 + more).map(|number| format!("{number}\n")).collect();
    let story = format!("{more} lines came at once");
    test.wants(&client, &wanted, &story, "is each of them answered?");
    test.wants_the_end(client);
}

#[test]
fn a_line_that_never_ends_gets_no_number() {
    let test = Test::start();
    let client = test.comes(Habit::Takes);
    client.sends(b"one\nhalf a li");
    test.wants(
        &client,
        "1\n",
        "a client sent a line, and a part of another",
        "is a line answered as soon as its LF has come?",
    );
    test.wants_the_end(client);
    let after = test.comes(Habit::Takes);
    after.sends(b"and I?\n");
    let story = "client 1 ended in the middle of its second line";
    let look =
        "a line is at its end when its LF has come, and this one has none: it takes no number";
    test.wants(&after, "2\n", story, look);
}

#[test]
fn a_silent_client_holds_up_only_itself() {
    let test = Test::start();
    let silent = test.comes(Habit::Takes);
    for number in 1..=3 {
        let client = test.comes(Habit::Takes);
        client.sends(b"and I?\n");
        test.wants(
            &client,
            &format!("{number}\n"),
            "client 1 says nothing",
            &format!("{OWN_THREAD} What do the threads hold while they read?"),
        );
    }
    silent.sends(b"now I\n");
    let story = "client 1 said nothing for a while, and then sent a line";
    test.wants(&silent, "4\n", story, "to say nothing is no end");
    test.wants_the_end(silent);
}

#[test]
fn a_client_in_the_middle_of_a_line_holds_up_only_itself() {
    let test = Test::start();
    let slow = test.comes(Habit::Takes);
    slow.sends(b"first\nsec");
    test.wants(
        &slow,
        "1\n",
        "a client sent a line, and a part of another",
        "is a line answered as soon as its LF has come?",
    );
    let client = test.comes(Habit::Takes);
    client.sends(b"quick\n");
    test.wants(
        &client,
        "2\n",
        "client 1 stopped in the middle of a line",
        &format!("{OWN_THREAD} What do the threads hold while they read?"),
    );
    slow.sends(b"ond\n");
    test.wants(
        &slow,
        "3\n",
        "the rest of the line of client 1 came",
        "a line may come in two reads",
    );
}

#[test]
fn a_hundred_silent_clients_hold_up_only_themselves() {
    let test = Test::start();
    let silent: Vec<_> = (0..MANY).map(|_| test.comes(Habit::Takes)).collect();
    let client = test.comes(Habit::Takes);
    client.sends(b"and I?\n");
    let story = format!("the {MANY} clients before it say nothing");
    let look = "do they take all the threads that there are?";
    test.wants(&client, "1\n", &story, look);
    for (number, client) in (2..).zip(silent.iter().skip(MANY - 3)) {
        client.sends(b"now I\n");
        test.wants(client, &format!("{number}\n"), &story, look);
    }
}

#[test]
fn a_client_that_takes_no_reply_holds_up_only_itself() {
    let test = Test::start();
    let stuck = test.comes(Habit::TakesNothing);
    stuck.sends(b"I don't read\n");
    test.wants_a_waiting_write(&stuck);
    for number in 2..=4 {
        let client = test.comes(Habit::Takes);
        client.sends(b"but I do\n");
        test.wants(
            &client,
            &format!("{number}\n"),
            "client 1 does not read, so that a write to it waits, with the number 1 in it",
            &format!("{OWN_THREAD} What does the thread of client 1 hold meanwhile? Take a number, let go, then write"),
        );
    }
}

#[test]
fn an_error_with_one_client_is_not_the_end_of_others() {
    let test = Test::start();
    let before = test.comes(Habit::Takes);
    for _ in 0..3 {
        let fails = test.comes(Habit::Takes);
        fails.says(Says::Fails);
        test.wants_closed(&fails, "it failed: reading gave the error ConnectionReset");
    }
    let breaks = test.comes(Habit::Breaks);
    breaks.sends(b"I am gone\n");
    test.wants_closed(
        &breaks,
        "writing to it gave the error BrokenPipe, and reading from it waits",
    );
    let story = "the connections of four other clients failed";
    before.sends(b"still here?\n");
    // The number 1 went to the client that broke.
    test.wants(&before, "2\n", story, OWN_THREAD);
    let after = test.comes(Habit::Takes);
    after.sends(b"and I?\n");
    test.wants(&after, "3\n", story, OWN_THREAD);
}

#[test]
fn a_panic_with_one_client_is_not_the_end_of_others() {
    let test = Test::start();
    let before = test.comes(Habit::Takes);
    let panics = test.comes(Habit::Takes);
    panics.says(Says::Panics);
    test.wants_closed(&panics, "the thread that read from it panicked");
    let story = "the thread of client 2 panicked";
    before.sends(b"still here?\n");
    test.wants(&before, "1\n", story, OWN_THREAD);
    // Whoever looks after threads that have ended finds the one that panicked, sooner or later.
    for number in 2..=30 {
        let after = test.comes(Habit::Takes);
        after.sends(b"and I?\n");
        test.wants(&after, &format!("{number}\n"), story, OWN_THREAD);
        test.wants_the_end(after);
    }
}

#[test]
fn an_error_in_place_of_a_connection_is_not_the_end() {
    let test = Test::start();
    let before = test.comes(Habit::Takes);
    let mut number = 0;
    for error in [
        ErrorKind::ConnectionAborted.into(),
        io::Error::other("too many open files"),
    ] {
        let story = format!("`incoming` gave the error {:?}", error.to_string());
        let _ = test.incoming.send(Err(error));
        let after = test.comes(Habit::Takes);
        for client in [&after, &before] {
            number += 1;
            client.sends(b"and I?\n");
            let look = "that is one client that did not come in. Do you go on with the next, in a thread of its own?";
            test.wants(client, &format!("{number}\n"), &story, look);
        }
    }
}

#[test]
fn no_number_is_given_twice() {
    let test = Test::start();
    // So many at once that two threads meet between looking at the counter and counting.
    let (clients, lines) = (8, 2_000);
    let all: Vec<_> = (0..clients).map(|_| test.comes(Habit::Takes)).collect();
    for client in &all {
        client.sends(&b"next\n".repeat(lines));
    }
    let mut numbers = BTreeSet::new();
    while numbers.len() < clients * lines {
        let line = test.next_line();
        let number: usize = line.parse().unwrap_or_else(|_| {
            panic!("a reply is {line:?}, and it is to be a number and an LF: are digits and LF of two replies mixed?")
        });
        assert!(
            number <= clients * lines,
            "{} clients sent {lines} lines each, and one of them got the number {number}: each number is the one \
             before and 1",
            clients
        );
        assert!(
            numbers.insert(number),
            "{clients} clients sent lines at the same time, and the number {number} came twice: to look at the \
             counter and to count must be one step (`fetch_add`), or under one lock"
        );
    }
}

#[test]
fn the_same_holds_on_real_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Held here as well, so that clients in the queue do not break when `serve` returns.
    let _held = listener.try_clone().unwrap();
    let (verdict, events) = mpsc::channel();
    let ended = verdict.clone();
    thread::spawn(move || {
        let end = panic::catch_unwind(AssertUnwindSafe(|| serve(listener.incoming())));
        let _ = ended.send(Err(end));
    });
    let silent = TcpStream::connect(address).unwrap();
    thread::spawn(move || {
        let mut client = TcpStream::connect(address).unwrap();
        let _ = client.set_read_timeout(Some(2 * DEADLINE));
        let mut line = String::new();
        let _ = client.write_all(b"hello\n");
        let _ = BufReader::new(client).read_line(&mut line);
        let _ = verdict.send(Ok(line));
    });
    match events.recv_timeout(DEADLINE) {
        Ok(Ok(line)) => assert_eq!(
            line, "1\n",
            "a client on a real connection sent a line; this is its reply"
        ),
        Ok(Err(end)) => ended_too_soon(end),
        Err(_) => panic!(
            "on real connections, one client says nothing, and another got no reply within {DEADLINE:?}: {OWN_THREAD}"
        ),
    }
    drop(silent);
}

/// What a client is like.
#[derive(Clone, Copy, PartialEq)]
enum Habit {
    /// Takes each reply.
    Takes,
    /// A write to it waits until it is gone.
    TakesNothing,
    /// A write to it fails.
    Breaks,
}

/// What comes from a client.
enum Says {
    Bytes(Vec<u8>),
    /// The connection fails.
    Fails,
    /// A bug in the answering: it stands for any panic in the client's thread.
    Panics,
}

/// Whatever happens, with the client's number.
enum Event {
    /// These bytes came for a client.
    Reply(usize, Vec<u8>),
    /// A write to a client waits.
    WriteWaits(usize),
    /// A client's connection was closed.
    Closed(usize),
    /// The thread that called `serve` reads from a client itself, or writes to it.
    InTheAcceptingThread(&'static str),
    /// `serve` returned or panicked.
    Ended(thread::Result<()>),
}

/// The client's end of a connection in memory. When it goes, so does the connection.
struct Client {
    number: usize,
    input: Sender<Says>,
    /// Nothing is ever sent on it: a write that waits ends when this is dropped.
    _patience: Sender<()>,
}

impl Client {
    fn sends(&self, bytes: &[u8]) {
        self.says(Says::Bytes(bytes.to_vec()));
    }

    fn says(&self, what: Says) {
        let _ = self.input.send(what);
    }
}

/// The server's end of a connection in memory.
struct Connection {
    number: usize,
    habit: Habit,
    input: Receiver<Says>,
    patience: Receiver<()>,
    /// What came and was not read yet.
    rest: Vec<u8>,
    /// How often it was read behind its end.
    vain_reads: usize,
    events: Sender<Event>,
    accepting: Arc<OnceLock<ThreadId>>,
}

impl Connection {
    fn looks_at_the_thread(&self, what: &'static str) {
        if self.accepting.get() == Some(&thread::current().id()) {
            let _ = self.events.send(Event::InTheAcceptingThread(what));
        }
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.looks_at_the_thread("reads from a client");
        if self.rest.is_empty() {
            match self.input.recv() {
                Ok(Says::Bytes(bytes)) => self.rest = bytes,
                Ok(Says::Fails) => return Err(ErrorKind::ConnectionReset.into()),
                // It is told where it is seen, so nothing is printed here.
                Ok(Says::Panics) => panic::resume_unwind(Box::new("a bug")),
                Err(_) => {
                    self.vain_reads += 1;
                    if self.vain_reads > 1_000 {
                        thread::sleep(2 * DEADLINE);
                    }
                    return Ok(0);
                }
            }
        }
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.looks_at_the_thread("writes to a client");
        if self.habit == Habit::TakesNothing {
            let _ = self.events.send(Event::WriteWaits(self.number));
            let _ = self.patience.recv();
            return Err(ErrorKind::BrokenPipe.into());
        }
        if self.habit == Habit::Breaks {
            return Err(ErrorKind::BrokenPipe.into());
        }
        // A byte at a time: `write` says how much it took, and `write_all` goes on with the rest.
        let taken = bytes.len().min(1);
        let _ = self
            .events
            .send(Event::Reply(self.number, bytes[..taken].to_vec()));
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Closed(self.number));
    }
}

/// The learner's server at work.
struct Test {
    incoming: Sender<io::Result<Connection>>,
    sender: Sender<Event>,
    events: Receiver<Event>,
    accepting: Arc<OnceLock<ThreadId>>,
    /// What came for each client that was not looked at yet, and whether its connection is closed.
    clients: RefCell<HashMap<usize, (Vec<u8>, bool)>>,
}

impl Test {
    fn start() -> Self {
        let (incoming, connections) = mpsc::channel();
        let (sender, events) = mpsc::channel();
        let accepting = Arc::new(OnceLock::new());
        let (ended, own) = (sender.clone(), accepting.clone());
        thread::spawn(move || {
            let _ = own.set(thread::current().id());
            let end = panic::catch_unwind(AssertUnwindSafe(|| serve(connections.into_iter())));
            let _ = ended.send(Event::Ended(end));
        });
        Test {
            incoming,
            sender,
            events,
            accepting,
            clients: RefCell::default(),
        }
    }

    fn comes(&self, habit: Habit) -> Client {
        let (says, input) = mpsc::channel();
        let (_patience, patience) = mpsc::channel();
        let number = self.clients.borrow().len() + 1;
        self.clients
            .borrow_mut()
            .insert(number, (Vec::new(), false));
        let _ = self.incoming.send(Ok(Connection {
            number,
            habit,
            input,
            patience,
            rest: Vec::new(),
            vain_reads: 0,
            events: self.sender.clone(),
            accepting: self.accepting.clone(),
        }));
        Client {
            number,
            input: says,
            _patience,
        }
    }

    /// Takes the next event in. Gives whose it was, if it was in time, and whether a write waits.
    fn next(&self) -> Option<(usize, bool)> {
        let event = match self.events.recv_timeout(DEADLINE) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        let mut clients = self.clients.borrow_mut();
        match event {
            Event::Reply(number, bytes) => {
                clients.get_mut(&number)?.0.extend(bytes);
                Some((number, false))
            }
            Event::Closed(number) => {
                clients.get_mut(&number)?.1 = true;
                Some((number, false))
            }
            Event::WriteWaits(number) => Some((number, true)),
            Event::InTheAcceptingThread(what) => panic!(
                "the thread that takes connections from `incoming` {what} itself. While it waits for this one, \
                 nobody else comes in: all that talks to a client belongs into that client's own thread"
            ),
            Event::Ended(end) => ended_too_soon(end),
        }
    }

    /// Wants this reply, and nothing else, for this client.
    fn wants(&self, client: &Client, wanted: &str, story: &str, where_to_look: &str) {
        let number = client.number;
        loop {
            let (came, closed) = {
                let mut clients = self.clients.borrow_mut();
                let (came, closed) = clients.get_mut(&number).unwrap();
                let shown = String::from_utf8_lossy(came).into_owned();
                if shown == wanted {
                    came.clear();
                    return;
                }
                (shown, *closed)
            };
            let got = format!(
                "client {number} got {:?}, not {:?}",
                shortened(&came),
                shortened(wanted)
            );
            assert!(
                wanted.starts_with(&came),
                "{got} ({story}): for each LF a number and an LF. Each number is the one before and 1, for all \
                 clients together, and it is counted before it is written. (A `static` would count on in the next `serve`)"
            );
            if closed {
                self.gives_serve_a_moment();
                panic!(
                    "{got}, and its connection was closed ({story}): it is the client who ends. Did its thread \
                     return, or panic?"
                );
            }
            if self.next().is_none() {
                let where_to_look = match came.is_empty() {
                    true => where_to_look,
                    false => {
                        "is the whole reply written? `write` may take a part, and says how much"
                    }
                };
                panic!(
                    "{got}, and nothing more came within {DEADLINE:?} ({story}): {where_to_look}"
                );
            }
        }
    }

    /// The next line that came for whichever client.
    fn next_line(&self) -> String {
        loop {
            for (came, _) in self.clients.borrow_mut().values_mut() {
                if let Some(end) = came.iter().position(|byte| *byte == b'\n') {
                    let line = came.drain(..=end).collect::<Vec<_>>();
                    return String::from_utf8_lossy(&line[..end]).into_owned();
                }
            }
            if self.next().is_none() {
                panic!(
                    "eight clients sent many lines each, and not all were answered: nothing more came within \
                     {DEADLINE:?}"
                );
            }
        }
    }

    fn wants_a_waiting_write(&self, client: &Client) {
        loop {
            match self.next() {
                Some((_, true)) => return,
                Some((number, _)) if number == client.number => {
                    self.gives_serve_a_moment();
                    panic!(
                        "client {number} sent a line, and its connection was closed without a reply"
                    )
                }
                Some(_) => {}
                None => panic!(
                    "client {} sent a line, and no reply was written within {DEADLINE:?}",
                    client.number
                ),
            }
        }
    }

    /// The client ends. Nothing more comes for it, and its connection is closed.
    fn wants_the_end(&self, client: Client) {
        let Client { number, input, .. } = client;
        drop(input);
        self.waits_for_the_end(
            number,
            "it has ended, and `read` gives 0 bytes from then on",
        );
        let clients = self.clients.borrow();
        let came = &clients[&number].0;
        assert!(
            came.is_empty(),
            "client {number} has all its replies, and got {:?} besides: one number for each LF, and no other",
            String::from_utf8_lossy(came)
        );
    }

    fn wants_closed(&self, client: &Client, story: &str) {
        self.waits_for_the_end(client.number, story);
    }

    fn waits_for_the_end(&self, number: usize, story: &str) {
        while !self.clients.borrow()[&number].1 {
            if self.next().is_none() {
                panic!(
                    "the connection of client {number} was not closed within {DEADLINE:?}: {story}"
                );
            }
        }
    }

    /// If `serve` has ended, that was the reason, and the verdict.
    fn gives_serve_a_moment(&self) {
        while let Ok(event) = self.events.recv_timeout(MOMENT) {
            if let Event::Ended(end) = event {
                ended_too_soon(end);
            }
        }
    }
}

fn ended_too_soon(end: thread::Result<()>) -> ! {
    match end {
        Err(panic) => report_panic(panic),
        Ok(()) => panic!(
            "`serve` returned, and `incoming` is not at its end: whatever goes wrong with one client, go on with the \
             next"
        ),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Different at each run, so that no answer can be written down beforehand.
fn random() -> usize {
    RandomState::new().hash_one(0) as usize
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
