//! # Wrong: the UDP server accepts its client
//!
//! The TCP server's list, with `Listen` left out since somebody said so.
//!
//! The check says: a UDP server has no connections to accept

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
        (Transport::Udp, Role::Server) => vec![Socket, Bind, Accept, Receive, Send, Close],
        (Transport::Udp, Role::Client) => vec![Socket, Send, Receive, Close],
        (Transport::Tcp, Role::Server) => vec![Socket, Bind, Listen, Accept, Receive, Send, Close],
        (Transport::Tcp, Role::Client) => vec![Socket, Connect, Send, Receive, Close],
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
