//! # Exercise: order the calls (10 minutes)
//!
//! A client asks one question, a server gives one reply. Which calls does each of them make, and in
//! which order? Answer for UDP and for TCP, for the server and for the client: four short lists.
//!
//! - A list begins with the call that creates the socket and ends with the call that closes it.
//! - The client sends the question first. The server receives it, then sends the reply.
//! - After `Accept`, a TCP server has two sockets: the listener, and the connection to this one
//!   client. From there on, `Send`, `Receive` and `Close` are calls on the connection. Nobody asks
//!   here whether the listener is closed, too.
//! - Sometimes more than one order works. Each that works is accepted.
//!
//! You will want: `match (transport, role)`, the macro `vec!`, and the lesson's table of the calls.
//! Change the body of `calls`; leave its signature and the types.

/// What carries the question and the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams: each travels alone.
    Udp,
    /// A connection, made before the first byte is sent.
    Tcp,
}

/// Which of the two sides makes the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The side that waits for a question.
    Server,
    /// The side that starts.
    Client,
}

/// A call to the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Creates a socket, which has no address yet.
    Socket,
    /// Gives the socket an address of your choice.
    Bind,
    /// From here on the system completes handshakes for the socket and queues the connections.
    Listen,
    /// Waits for a connection and takes it off the queue, as a socket of its own.
    Accept,
    /// Asks the other side for a connection. On UDP: sends nothing, names the only peer.
    Connect,
    /// Sends the question or the reply.
    Send,
    /// Waits for the question or the reply.
    Receive,
    /// Gives the socket back to the system.
    Close,
}

/// The calls that one side makes, in order, to exchange one question and one reply.
pub fn calls(transport: Transport, role: Role) -> Vec<Call> {
    todo!("give the calls of this side, from `Socket` to `Close`")
}

#[cfg(test)]
#[path = "../checks/sockets/order_the_calls.rs"]
mod check;
