//! # Wrong: the TCP server connects to its client
//!
//! A connection has two ends, so it looks as if both of them connect.
//!
//! The check says: a server waits for its clients

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Server,
    Client,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Receive,
    Close,
}

pub fn calls(transport: Transport, role: Role) -> Vec<Call> {
    use Call::*;
    match (transport, role) {
        (Transport::Udp, Role::Server) => vec![Socket, Bind, Receive, Send, Close],
        (Transport::Udp, Role::Client) => vec![Socket, Send, Receive, Close],
        (Transport::Tcp, Role::Server) => vec![Socket, Bind, Connect, Receive, Send, Close],
        (Transport::Tcp, Role::Client) => vec![Socket, Connect, Send, Receive, Close],
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
