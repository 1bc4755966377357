use super::*;
use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Read},
    net::{Shutdown, TcpListener, TcpStream},
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// How long a closed connection waits for word that `serve` has ended, which would be the reason.
const MOMENT: Duration = Duration::from_millis(500);

/// How many come at once, faster than threads start.
const CROWD: usize = 60;

#[test]
fn as_many_as_there_are_places_are_answered_at_once() {
    for most in [1, 2, 3 + random() % 4] {
        let test = Test::start(most);
        test.fills();
        for _ in 0..3 {
            test.wants_refused(test.comes());
        }
    }
}

#[test]
fn a_place_is_free_when_its_answer_has_ended() {
    ends_again_and_again(&[How::Well]);
}

#[test]
fn a_place_is_free_after_an_error() {
    ends_again_and_again(&[How::Error]);
}

#[test]
fn a_place_is_free_after_a_panic() {
    ends_again_and_again(&[How::Panic]);
}

#[test]
fn no_place_is_made_by_whatever_end() {
    ends_again_and_again(&[How::Well, How::Panic, How::Error, How::Error, How::Panic]);
}

/// Lets more clients come and go than there are places, and looks whether the places are as many as before.
fn ends_again_and_again(ends: &[How]) {
    for most in [1, 3] {
        let test = Test::start(most);
        let mut clients = test.fills();
        for how in ends.iter().cycle().take(6) {
            test.wants_refused(test.comes());
            let client = clients.remove(0);
            test.ends(client, *how);
            clients.push(test.comes_until_answered(*how));
        }
        test.wants_refused(test.comes());
        test.wants_refused(test.comes());
        // All at once, and all anew.
        for (client, how) in clients.into_iter().zip(ends.iter().cycle()) {
            test.ends(client, *how);
        }
        for _ in 0..most {
            test.comes_until_answered(ends[0]);
        }
        test.wants_refused(test.comes());
    }
}

#[test]
fn who_is_refused_takes_no_place_and_gives_none_back() {
    let test = Test::start(2);
    let clients = test.fills();
    for _ in 0..10 {
        test.wants_refused(test.comes());
    }
    for client in clients {
        test.ends(client, How::Well);
        test.comes_until_answered(How::Well);
        test.wants_refused(test.comes());
    }
}

#[test]
fn a_crowd_that_comes_at_once_gets_no_more_places() {
    for most in [1, 2, 4] {
        let test = Test::prepare(most);
        let clients: Vec<_> = (0..CROWD).map(|_| test.comes()).collect();
        test.starts();
        let (inside, outside) = clients.split_at(most);
        for client in inside {
            test.wants_answered(*client);
        }
        for client in outside {
            test.wants_refused(*client);
        }
    }
}

#[test]
fn who_is_refused_and_gone_is_no_harm() {
    let test = Test::start(1);
    let clients = test.fills();
    for _ in 0..2 {
        test.comes_and_is_gone();
        test.wants_refused(test.comes());
    }
    for client in clients {
        test.ends(client, How::Well);
    }
    test.comes_until_answered(How::Well);
}

#[test]
fn an_error_in_place_of_a_connection_takes_no_place() {
    let test = Test::start(2);
    for error in [
        ErrorKind::ConnectionAborted.into(),
        io::Error::other("too many open files"),
        ErrorKind::ConnectionAborted.into(),
    ] {
        test.incoming_fails(error);
    }
    test.fills();
    test.incoming_fails(ErrorKind::ConnectionAborted.into());
    test.wants_refused(test.comes());
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Well,
    Error,
    Panic,
}

/// Whatever happens, with the client's number.
enum Event {
    /// `answer` was called with its connection.
    Answered(usize),
    /// `answer` was called by the thread that called `serve`.
    InTheAcceptingThread,
    /// These bytes came for a client; none is the end.
    Bytes(usize, Vec<u8>),
    /// `serve` returned or panicked.
    Ended(thread::Result<()>),
}

/// What is known of a client.
struct Client {
    /// Ends its answer.
    ends: Sender<How>,
    answered: bool,
    came: Vec<u8>,
    closed: bool,
}

/// What `answer` is to do, by the port of its client.
type Answers = Arc<Mutex<HashMap<u16, (usize, Receiver<How>)>>>;

/// The learner's server at work.
struct Test {
    most: usize,
    listener: TcpListener,
    incoming: Sender<io::Result<TcpStream>>,
    connections: Cell<Option<Receiver<io::Result<TcpStream>>>>,
    answers: Answers,
    sender: Sender<Event>,
    events: Receiver<Event>,
    clients: RefCell<Vec<Client>>,
}

impl Test {
    fn start(most: usize) -> Self {
        let test = Test::prepare(most);
        test.starts();
        test
    }

    fn prepare(most: usize) -> Self {
        let (incoming, connections) = mpsc::channel();
        let (sender, events) = mpsc::channel();
        Test {
            most,
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            incoming,
            connections: Cell::new(Some(connections)),
            answers: Answers::default(),
            sender,
            events,
            clients: RefCell::default(),
        }
    }

    /// Calls `serve` on a thread of its own.
    fn starts(&self) {
        let connections = self.connections.take().unwrap();
        let accepting: Arc<OnceLock<ThreadId>> = Arc::default();
        let (answers, own, sender) = (
            Arc::clone(&self.answers),
            Arc::clone(&accepting),
            self.sender.clone(),
        );
        let answer = move |connection: TcpStream| {
            let port = connection.peer_addr()?.port();
            let found = answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&port);
            let Some((number, end)) = found else {
                return Ok(());
            };
            if own.get() == Some(&thread::current().id()) {
                let _ = sender.send(Event::InTheAcceptingThread);
            }
            let _ = sender.send(Event::Answered(number));
            match end.recv() {
                Ok(How::Error) => Err(ErrorKind::ConnectionReset.into()),
                // It is told where it is seen, so nothing is printed here.
                Ok(How::Panic) => panic::resume_unwind(Box::new("a bug")),
                Ok(How::Well) | Err(_) => Ok(()),
            }
        };
        let (most, ended) = (self.most, self.sender.clone());
        thread::spawn(move || {
            let _ = accepting.set(thread::current().id());
            let end = panic::catch_unwind(AssertUnwindSafe(|| {
                serve(connections.into_iter(), most, answer);
            }));
            let _ = ended.send(Event::Ended(end));
        });
    }

    /// A client and its connection, which `serve` gets next.
    fn comes(&self) -> usize {
        let (client, connection) = self.connected();
        let number = self.clients.borrow().len();
        let (ends, end) = mpsc::channel();
        self.clients.borrow_mut().push(Client {
            ends,
            answered: false,
            came: Vec::new(),
            closed: false,
        });
        let port = client.local_addr().unwrap().port();
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(port, (number, end));
        let events = self.sender.clone();
        thread::spawn(move || receives(client, number, &events));
        let _ = self.incoming.send(Ok(connection));
        number
    }

    /// A connection to which nothing can be written any more.
    fn comes_and_is_gone(&self) {
        let (_, connection) = self.connected();
        connection.shutdown(Shutdown::Write).unwrap();
        let _ = self.incoming.send(Ok(connection));
    }

    fn connected(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.listener.local_addr().unwrap()).unwrap();
        (client, self.listener.accept().unwrap().0)
    }

    fn incoming_fails(&self, error: io::Error) {
        let _ = self.incoming.send(Err(error));
    }

    /// Lets as many come as there are places, when all are free.
    fn fills(&self) -> Vec<usize> {
        (0..self.most)
            .map(|_| {
                let client = self.comes();
                self.wants_answered(client);
                client
            })
            .collect()
    }

    fn ends(&self, client: usize, how: How) {
        let _ = self.clients.borrow()[client].ends.send(how);
        loop {
            if self.clients.borrow()[client].closed {
                return;
            }
            assert!(
                self.next(),
                "an answer has ended ({how:?}), and its connection is not closed within {DEADLINE:?}: who else holds \
                 it?"
            );
        }
    }

    /// A client that comes until there is a place for it: between the end of an answer and its place being free there
    /// may be a moment.
    fn comes_until_answered(&self, how: How) -> usize {
        let start = Instant::now();
        loop {
            let client = self.comes();
            if self.is_answered(client) {
                return client;
            }
            assert!(
                start.elapsed() < DEADLINE,
                "an answer has ended ({how:?}), and {DEADLINE:?} later there is still no place for another client: \
                 {} are being answered, and `most` is {}. Is the place given back on this way, too? And does nobody \
                 else keep one, such as who was refused?",
                self.inside(),
                self.most
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn wants_answered(&self, client: usize) {
        assert!(
            self.is_answered(client),
            "{} are being answered, `most` is {}, and the next client is refused: is there a place for each of them, \
             the last one, too, and does nothing else take one?",
            self.inside(),
            self.most
        );
    }

    /// Waits until a client is either answered or told that there is no place.
    fn is_answered(&self, client: usize) -> bool {
        loop {
            {
                let clients = self.clients.borrow();
                if clients[client].answered {
                    return true;
                }
                if clients[client].closed {
                    drop(clients);
                    self.looks_at_the_refusal(client);
                    return false;
                }
            }
            if !self.next() {
                panic!(
                    "{} are being answered, `most` is {}, and the next client is neither answered nor refused within \
                     {DEADLINE:?}: does the loop that accepts wait for something?",
                    self.inside(),
                    self.most
                );
            }
        }
    }

    fn wants_refused(&self, client: usize) {
        loop {
            {
                let clients = self.clients.borrow();
                if clients[client].closed {
                    break;
                }
            }
            if !self.next() {
                let came = &self.clients.borrow()[client].came;
                assert!(
                    !came.is_empty(),
                    "`most` is {}, so many are being answered, and who comes then is told nothing within \
                     {DEADLINE:?}: write `BUSY`, and do not let it wait for a place",
                    self.most
                );
                panic!(
                    "`most` is {}, so many are being answered, and who comes then is told {:?}, and its connection \
                     is not closed within {DEADLINE:?}: does it go out of scope?",
                    self.most,
                    String::from_utf8_lossy(came)
                );
            }
        }
        self.looks_at_the_refusal(client);
    }

    /// Looks at what a client was told whose connection was closed without an answer.
    fn looks_at_the_refusal(&self, client: usize) {
        let came = self.clients.borrow()[client].came.clone();
        if came == BUSY {
            return;
        }
        self.gives_serve_a_moment();
        assert!(
            !came.is_empty(),
            "{} were being answered, `most` is {}, and the connection of the next client was closed without a word: \
             write `BUSY` before you close it",
            self.inside(),
            self.most
        );
        panic!(
            "a client for whom there is no place is told {:?}, not {:?} (`BUSY`), whole and once",
            String::from_utf8_lossy(&came),
            String::from_utf8_lossy(BUSY)
        );
    }

    /// How many are being answered.
    fn inside(&self) -> usize {
        let clients = self.clients.borrow();
        clients
            .iter()
            .filter(|client| client.answered && !client.closed)
            .count()
    }

    /// Takes the next event in, and says whether one came in time.
    fn next(&self) -> bool {
        let Ok(event) = self.events.recv_timeout(DEADLINE) else {
            return false;
        };
        match event {
            Event::Answered(client) => {
                self.clients.borrow_mut()[client].answered = true;
                let inside = self.inside();
                if inside > self.most {
                    self.too_many(client, inside);
                }
            }
            Event::Bytes(client, bytes) => self.came(client, bytes),
            Event::InTheAcceptingThread => panic!(
                "`answer` is called in the thread that takes connections from `incoming`: until it ends, nobody else \
                 is answered or refused. Each client has a thread of its own"
            ),
            Event::Ended(end) => ended_too_soon(end),
        }
        true
    }

    fn came(&self, client: usize, bytes: Vec<u8>) {
        let client = &mut self.clients.borrow_mut()[client];
        client.closed |= bytes.is_empty();
        client.came.extend(bytes);
    }

    fn too_many(&self, client: usize, inside: usize) -> ! {
        while let Ok(event) = self.events.recv_timeout(MOMENT) {
            if let Event::Bytes(client, bytes) = event {
                self.came(client, bytes);
            }
        }
        let told = &self.clients.borrow()[client].came;
        assert!(
            told.is_empty(),
            "a client was told {:?}, and all the same `answer` was called with its connection: it is one or the other",
            String::from_utf8_lossy(told)
        );
        panic!(
            "{inside} are answered at once, and `most` is {}: is each counted before its thread is started, held \
             until its thread has ended, and given back once, by the one who took it?",
            self.most
        );
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

/// Reports what comes for a client, until its connection is at its end.
fn receives(mut client: TcpStream, number: usize, events: &Sender<Event>) {
    let mut buffer = [0; 1000];
    loop {
        let bytes = match client.read(&mut buffer) {
            Ok(length) => buffer[..length].to_vec(),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => Vec::new(),
        };
        let end = bytes.is_empty();
        if events.send(Event::Bytes(number, bytes)).is_err() || end {
            return;
        }
    }
}

fn ended_too_soon(end: thread::Result<()>) -> ! {
    match end {
        Err(panic) => report_panic(panic),
        Ok(()) => panic!(
            "`serve` returned, and `incoming` is not at its end: whoever is refused, or does not come in, is one \
             client. Go on with the next"
        ),
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
