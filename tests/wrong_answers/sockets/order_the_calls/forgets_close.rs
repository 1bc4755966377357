//! # Wrong: nobody closes
//!
//! The exchange is complete, and Rust closes by itself when the socket goes out of scope.
//!
//! The check says: it ends without `Close`

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
        (Transport::Udp, Role::Server) => vec![Socket, Bind, Receive, Send],
        (Transport::Udp, Role::Client) => vec![Socket, Send, Receive],
        (Transport::Tcp, Role::Server) => vec![Socket, Bind, Listen, Accept, Receive, Send],
        (Transport::Tcp, Role::Client) => vec![Socket, Connect, Send, Receive],
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
