//! # Order the calls: one way to do it
//!
//! Read each list as a chain of needs. The server's `Receive` needs a client that has found it, so it
//! needs `Bind`; TCP's needs a connection, so it needs `Accept`, which needs `Listen`.
//!
//! It is tempting to give the clients a `Bind`, as the servers have one. It works, and is accepted
//! here, but the system does it by itself, at `Connect` or at the first `Send`, and picks a port that
//! is free. Tempting, too, and wrong: a UDP server that listens. It has no connection to wait for.

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
    use Call::*;
    match (transport, role) {
        // Bound, it can be found; more a UDP server does not need.
        (Transport::Udp, Role::Server) => vec![Socket, Bind, Receive, Send, Close],
        // Its first `Send` gives it an address, which travels with the question.
        (Transport::Udp, Role::Client) => vec![Socket, Send, Receive, Close],
        // `Listen` opens the queue, `Accept` takes from it: both are about connections, not bytes.
        (Transport::Tcp, Role::Server) => {
            vec![Socket, Bind, Listen, Accept, Receive, Send, Close]
        }
        // `Connect` returns when the handshake is done, even if the server has not accepted yet.
        (Transport::Tcp, Role::Client) => vec![Socket, Connect, Send, Receive, Close],
    }
}

#[cfg(test)]
#[path = "../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
