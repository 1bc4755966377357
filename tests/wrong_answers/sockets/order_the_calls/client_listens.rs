//! # Wrong: the TCP client binds and listens for its reply
//!
//! The reply comes to the client, so the client seems to need what a server needs.
//!
//! The check says: a client is the one that connects

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
        (Transport::Tcp, Role::Server) => vec![Socket, Bind, Listen, Accept, Receive, Send, Close],
        (Transport::Tcp, Role::Client) => vec![Socket, Bind, Listen, Connect, Send, Receive, Close],
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
