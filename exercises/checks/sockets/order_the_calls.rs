use super::*;
use std::{any::Any, sync::mpsc, thread, time::Duration};

/// How long a test waits for something that a right answer does at once.
const DEADLINE: Duration = Duration::from_secs(2);

#[test]
fn a_udp_server_can_reply() {
    judge(Transport::Udp, Role::Server);
}

#[test]
fn a_udp_client_can_ask() {
    judge(Transport::Udp, Role::Client);
}

#[test]
fn a_tcp_server_can_reply() {
    judge(Transport::Tcp, Role::Server);
}

#[test]
fn a_tcp_client_can_ask() {
    judge(Transport::Tcp, Role::Client);
}

/// Makes the learner's calls one by one, as the operating system would see them.
fn judge(transport: Transport, role: Role) {
    let calls = learners_calls(transport, role);
    let side = match (transport, role) {
        (Transport::Udp, Role::Server) => "the UDP server",
        (Transport::Udp, Role::Client) => "the UDP client",
        (Transport::Tcp, Role::Server) => "the TCP server",
        (Transport::Tcp, Role::Client) => "the TCP client",
    };
    assert!(!calls.is_empty(), "{side} makes no call at all");

    let mut socket = Model::new(transport, role);
    for (index, &call) in calls.iter().enumerate() {
        if let Err(problem) = socket.make(call) {
            panic!(
                "{side}, call {} of {}, `{call:?}`: {problem}\n  its calls: {calls:?}",
                index + 1,
                calls.len()
            );
        }
    }
    if let Err(problem) = socket.finish() {
        panic!("{side}: {problem}\n  its calls: {calls:?}");
    }
}

/// What a socket is ready for. After `Accept`, this is the connection, not the listener.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Missing,
    Created,
    Bound,
    Listening,
    Connected,
    Closed,
}

/// A socket, so far as the order of calls matters.
struct Model {
    transport: Transport,
    role: Role,
    state: State,
    sent: bool,
    received: bool,
    listener_closed: bool,
}

impl Model {
    fn new(transport: Transport, role: Role) -> Self {
        Model {
            transport,
            role,
            state: State::Missing,
            sent: false,
            received: false,
            listener_closed: false,
        }
    }

    /// Makes one call, or says why the system would refuse it or wait for ever.
    fn make(&mut self, call: Call) -> Result<(), &'static str> {
        let tcp = self.transport == Transport::Tcp;
        let server = self.role == Role::Server;
        match (call, self.state) {
            (Call::Socket, State::Missing) => self.state = State::Created,
            (Call::Socket, _) => {
                return Err("there is a socket already; the only other one here is `Accept`'s");
            }
            (_, State::Missing) => return Err("there is no socket yet: `Socket` creates it"),

            // Whether a TCP server closes its listener, too, is not asked: it may, once.
            (Call::Close, State::Closed) if tcp && server && !self.listener_closed => {
                self.listener_closed = true;
            }
            (_, State::Closed) => return Err("the socket is closed: no call on it works any more"),

            (Call::Bind, State::Created) => self.state = State::Bound,
            (Call::Bind, _) => {
                return Err("the socket has an address already: \
                     the place of `Bind` is right after `Socket`, once");
            }

            (Call::Listen, _) if !tcp => {
                return Err("UDP has no connections to listen for; \
                     a bound socket queues datagrams without it");
            }
            (Call::Listen, _) if !server => {
                return Err("a listening socket waits for others to connect; \
                     a client is the one that connects");
            }
            (Call::Listen, State::Created) => {
                return Err("the socket has no address: the system would choose \
                     a port, and no client would know it; `Bind` first");
            }
            (Call::Listen, State::Bound) => self.state = State::Listening,
            (Call::Listen, _) => return Err("the socket listens already: once is enough"),

            (Call::Accept, _) if !server => {
                return Err("nobody connects to a client, so it has nothing to accept");
            }
            (Call::Accept, _) if !tcp => {
                return Err("a UDP server has no connections to accept: \
                     it receives datagrams, whoever sends them");
            }
            (Call::Accept, State::Listening) => self.state = State::Connected,
            (Call::Accept, State::Connected) => {
                return Err("this waits for a second client, and only one comes");
            }
            (Call::Accept, _) => {
                return Err("the socket does not listen, so \
                     the system completes no handshake for it; `Listen` first");
            }

            (Call::Connect, _) if server && !tcp && !self.received => {
                return Err("a UDP server does not know its client yet: \
                     the client's address comes with the question, so `Receive` first");
            }
            (Call::Connect, _) if server && tcp => {
                return Err("this is the client's call: a server waits for its clients");
            }
            (Call::Connect, State::Connected) if tcp => {
                return Err("the socket is connected already: once is enough");
            }
            (Call::Connect, _) => self.state = State::Connected,

            (Call::Send | Call::Receive, State::Listening) => {
                return Err("a listening socket carries no bytes, \
                     only connections; `Accept` takes one off its queue, to talk on");
            }
            (Call::Send | Call::Receive, State::Created | State::Bound) if tcp && server => {
                return Err("there is no connection yet: `Listen`, then `Accept` one");
            }
            (Call::Send | Call::Receive, State::Created | State::Bound) if tcp => {
                return Err("there is no connection yet: `Connect` asks for one");
            }
            (Call::Receive, State::Created) if server => {
                return Err("the socket has no address, so \
                     no client knows where to send its question; `Bind` first");
            }

            (Call::Send, _) if self.sent => {
                return Err("one question and one reply are all: this side has sent its own");
            }
            (Call::Send, _) if server && !self.received => {
                return Err("the reply is sent before the question is received");
            }
            (Call::Send, state) => {
                self.sent = true;
                // A UDP client that has not bound gets an address from the system now.
                if state == State::Created {
                    self.state = State::Bound;
                }
            }

            (Call::Receive, _) if self.received => {
                return Err("this waits for ever: one question and one reply are all");
            }
            (Call::Receive, _) if !server && !self.sent => {
                return Err(
                    "the client waits for the reply before it has sent the question: \
                     both sides would wait for ever",
                );
            }
            (Call::Receive, _) => self.received = true,

            (Call::Close, _) => {
                self.everything_said()?;
                self.state = State::Closed;
            }
        }
        Ok(())
    }

    /// Whether the exchange is complete and the socket closed.
    fn finish(&self) -> Result<(), &'static str> {
        self.everything_said()?;
        if self.state != State::Closed {
            return Err("it ends without `Close`: the system would keep the socket \
                 until the whole program ends");
        }
        Ok(())
    }

    fn everything_said(&self) -> Result<(), &'static str> {
        match (self.role, self.sent, self.received) {
            (_, true, true) => Ok(()),
            (Role::Server, _, false) => {
                Err("it ends too early: the question has not been received")
            }
            (Role::Server, ..) => Err("it ends too early: the reply has not been sent"),
            (Role::Client, false, _) => Err("it ends too early: the question has not been sent"),
            (Role::Client, ..) => Err("it ends too early: the reply has not been received"),
        }
    }
}

fn learners_calls(transport: Transport, role: Role) -> Vec<Call> {
    let (verdict, wait) = mpsc::channel();
    thread::spawn(move || {
        let _ = verdict.send(std::panic::catch_unwind(|| calls(transport, role)));
    });
    match wait.recv_timeout(DEADLINE) {
        Ok(Ok(calls)) => calls,
        Ok(Err(panic)) => report_panic(panic),
        Err(_) => panic!("`calls` has not returned after {DEADLINE:?}: is there an endless loop?"),
    }
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
    panic!("your `calls` panicked: {text}");
}
