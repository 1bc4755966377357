use super::*;
use std::{
    any::Any,
    cell::RefCell,
    hash::{BuildHasher, RandomState},
    io,
    net::{SocketAddr, UdpSocket},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

/// The longest datagram of the task. macOS by default sends none over 9,216 bytes.
const LONGEST: usize = 9_000;

const TWICE: &str = "a datagram came back a second time: send one reply to each";

#[test]
fn a_datagram_comes_back_byte_for_byte() {
    let test = Test::start(1);
    test.echoes(0, b"hello, network");
    test.echoes(0, &random_bytes(100));
    test.echoes(0, "你好, network 👋".as_bytes());
}

#[test]
fn an_empty_datagram_is_answered_too() {
    let test = Test::start(1);
    test.echoes(0, b"");
    test.echoes(0, b"still there?");
}

#[test]
fn bytes_need_not_be_text() {
    let all: Vec<u8> = (1..=255).chain([0]).collect();
    let test = Test::start(1);
    test.echoes(0, &all);
    test.echoes(0, b"caf\xe9 in Latin-1");
}

#[test]
fn the_ends_of_a_datagram_are_part_of_it() {
    let test = Test::start(1);
    test.echoes(0, b" \t leading and trailing \r\n");
    test.echoes(0, b"line\n");
    test.echoes(0, b"\0zeros at both ends\0\0");
}

#[test]
fn a_long_datagram_comes_back_whole_and_a_short_one_after_it_stays_short() {
    let test = Test::start(1);
    test.echoes(0, &random_bytes(LONGEST));
    test.echoes(0, b"short");
}

#[test]
fn each_client_gets_its_own_datagrams_back() {
    let test = Test::start(2);
    test.echoes(0, b"from the first client");
    test.echoes(1, b"from the second client");
    test.echoes(0, &random_bytes(20));
    test.echoes(1, &random_bytes(30));
}

#[test]
fn datagrams_that_wait_together_are_answered_one_by_one() {
    let test = Test::start(1);
    let datagrams = [random_bytes(10), random_bytes(20), random_bytes(30)];
    for datagram in &datagrams {
        test.send(0, datagram);
    }
    // UDP promises no order, and neither does the task.
    let mut unanswered = datagrams.to_vec();
    while let Some(next) = unanswered.first() {
        let reply = test.reply_to(0, next);
        if let Some(place) = unanswered.iter().position(|datagram| *datagram == reply) {
            unanswered.remove(place);
            continue;
        }
        assert!(!datagrams.contains(&reply), "{TWICE}");
        // A changed reply is compared with the datagram that it seems to be made from.
        let begins_alike = |datagram: &&Vec<u8>| datagram.first() == reply.first();
        compare(unanswered.iter().find(begins_alike).unwrap_or(next), &reply);
    }
}

#[test]
fn an_error_in_receiving_is_returned() {
    // With a time limit on its socket, a receive that waits in vain fails.
    let test = Test::start_with_limit(1, Some(Duration::from_millis(50)));
    match test.events.recv_timeout(DEADLINE) {
        Ok(Event::Ended(Ok(Err(_)))) => {}
        Ok(Event::Ended(Ok(Ok(())))) => {
            panic!("receiving failed and `echo` returned Ok(()): hand the error on, as `?` does")
        }
        Ok(Event::Ended(Err(panic))) => report_panic(panic),
        Ok(Event::Reply(_, reply, _)) => panic!(
            "nobody sent anything, yet `echo` sent {} bytes: what came of the error in receiving?",
            reply.len()
        ),
        Err(_) => panic!(
            "receiving fails again and again, and `echo` goes on after {DEADLINE:?}: \
             return the error, as `?` does"
        ),
    }
}

/// What happens while a test waits.
enum Event {
    /// The client with this number received a datagram, from this address.
    Reply(usize, Vec<u8>, SocketAddr),
    /// The learner's `echo` returned or panicked.
    Ended(thread::Result<io::Result<()>>),
}

/// The learner's server at work, and its clients.
struct Test {
    server: SocketAddr,
    clients: Vec<UdpSocket>,
    events: Receiver<Event>,
    /// The last datagram that came back as it should.
    echoed: RefCell<Vec<u8>>,
}

impl Test {
    fn start(clients: usize) -> Self {
        Self::start_with_limit(clients, None)
    }

    /// Starts `echo` on a thread of its own, and for each client a thread that waits for replies.
    /// All of them report to one channel, so that a test sees whatever happens first.
    fn start_with_limit(clients: usize, limit: Option<Duration>) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(limit).unwrap();
        let server = socket.local_addr().unwrap();
        let (sender, events) = mpsc::channel();

        let clients = (0..clients)
            .map(|number| {
                let client = UdpSocket::bind("127.0.0.1:0").unwrap();
                client.set_read_timeout(Some(2 * DEADLINE)).unwrap();
                let (receiving, sender) = (client.try_clone().unwrap(), sender.clone());
                thread::spawn(move || {
                    let mut buffer = vec![0; 65_535];
                    loop {
                        let (length, from) = match receiving.recv_from(&mut buffer) {
                            Ok(received) => received,
                            // A pause of the test, not the answer's doing.
                            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                            Err(_) => break,
                        };
                        let reply = buffer[..length].to_vec();
                        if sender.send(Event::Reply(number, reply, from)).is_err() {
                            break;
                        }
                    }
                });
                client
            })
            .collect();

        thread::spawn(move || {
            let end = std::panic::catch_unwind(|| echo(&socket));
            let _ = sender.send(Event::Ended(end));
        });
        Test {
            server,
            clients,
            events,
            echoed: RefCell::default(),
        }
    }

    fn send(&self, client: usize, datagram: &[u8]) {
        // If the learner's socket is gone, Windows may say so here. The event says why.
        let _ = self.clients[client].send_to(datagram, self.server);
    }

    fn echoes(&self, client: usize, datagram: &[u8]) {
        self.send(client, datagram);
        let reply = self.reply_to(client, datagram);
        // An empty reply has more likely causes, which `compare` names.
        let again = !reply.is_empty() && reply == *self.echoed.borrow();
        assert!(reply == datagram || !again, "{TWICE}");
        compare(datagram, &reply);
        self.echoed.replace(reply);
    }

    /// Waits for the reply to `sent`. Fails at once, saying how, when something else happens.
    fn reply_to(&self, client: usize, sent: &[u8]) -> Vec<u8> {
        match self.events.recv_timeout(DEADLINE) {
            Ok(Event::Reply(to, reply, from)) => {
                assert!(
                    to == client,
                    "client {} sent a datagram and client {} got the reply: `recv_from` gives the \
                     sender's address with each datagram, and it may be another each time",
                    client + 1,
                    to + 1
                );
                assert!(
                    from == self.server,
                    "the echo came from another address, {from}, not from {}: send it from the \
                     socket that received, or a client that connects never sees it",
                    self.server
                );
                reply
            }
            Ok(Event::Ended(Ok(Ok(())))) if sent.is_empty() => panic!(
                "`echo` returned Ok(()) after an empty datagram: it serves for ever, \
                 and 0 bytes are a datagram here, not the end of a stream as on TCP"
            ),
            Ok(Event::Ended(Ok(Ok(())))) => panic!(
                "`echo` returned Ok(()), but it serves for ever: \
                 is there a `loop` around receiving and sending, with no way out but an error?"
            ),
            Ok(Event::Ended(Ok(Err(error)))) => panic!(
                "`echo` returned an error when a datagram of {} bytes came: {error}. \
                 If it comes from sending: did you send the whole buffer instead of `..length`? \
                 If from receiving: has your buffer room for 9,000 bytes? (`Vec::with_capacity` \
                 gives one with no bytes yet to receive into; `vec![0; n]` has n.)",
                sent.len()
            ),
            Ok(Event::Ended(Err(panic))) => report_panic(panic),
            Err(_) => panic!(
                "client {} sent a datagram of {} bytes, and nothing came back within {DEADLINE:?}. {}",
                client + 1,
                sent.len(),
                where_to_look(client, sent)
            ),
        }
    }
}

fn where_to_look(client: usize, sent: &[u8]) -> &'static str {
    match sent.len() {
        _ if client > 0 => {
            "Is every client answered, at the address that `recv_from` gave? \
             (A connected socket hears one peer only.)"
        }
        0 => "Is an empty datagram sent back as well? `send_to` takes an empty slice, too",
        1_000.. => "Has your buffer room for 9,000 bytes?",
        _ => {
            "Does the reply go to the address that `recv_from` gave, \
             and is it `..length` of the buffer? A whole buffer may be too long to send"
        }
    }
}

/// Fails, saying in what they differ, unless the reply is what was sent.
fn compare(sent: &[u8], reply: &[u8]) {
    if reply == sent {
        return;
    }
    let (had, came) = (sent.len(), reply.len());
    assert!(
        !reply.starts_with(sent),
        "the reply has {came} bytes, the client sent {had}: \
         did you send the whole buffer instead of `..length`?"
    );
    assert!(
        !reply.is_empty(),
        "the reply is empty, the client sent {had} bytes. Has your buffer any room? \
         `Vec::with_capacity` gives one with no bytes yet to receive into; `vec![0; n]` has n. \
         Or is an empty datagram that came before answered twice?"
    );
    assert!(
        reply != sent.trim_ascii(),
        "{came} of {had} bytes came back: the white space at the ends is missing, \
         and it is part of the datagram"
    );
    let ends_at_zero = sent.iter().position(|&byte| byte == 0) == Some(came);
    assert!(
        !(ends_at_zero && sent.starts_with(reply)),
        "only the first {came} of {had} bytes came back: the reply stops at a zero byte, \
         which is a byte like any other. How many bytes came, `recv_from` says"
    );
    assert!(
        !sent.starts_with(reply),
        "only the first {came} of {had} bytes came back: what does not fit into the buffer \
         is cut off and lost. Has your buffer room for 9,000 bytes?"
    );
    assert!(
        reply != String::from_utf8_lossy(sent).as_bytes(),
        "the bytes came back changed, as they are after a trip through text: \
         did you make a `String` of them? Send back the bytes themselves"
    );
    let place = sent.iter().zip(reply).take_while(|(a, b)| a == b).count();
    panic!(
        "the client sent {had} bytes and got {came} back, which differ from byte {place} on:\n  \
         sent  {}\n  reply {}",
        shown(sent, place),
        shown(reply, place)
    );
}

/// A few bytes from `place` on, as text where they are text.
fn shown(bytes: &[u8], place: usize) -> String {
    let end = bytes.len().min(place + 16);
    bytes[place..end].escape_ascii().to_string()
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
    panic!("your `echo` panicked: {text}");
}

/// Different at each run, so that no answer can be written down beforehand.
fn random_bytes(count: usize) -> Vec<u8> {
    let random = RandomState::new();
    (0..count).map(|i| random.hash_one(i) as u8).collect()
}
