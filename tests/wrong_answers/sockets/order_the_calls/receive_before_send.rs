//! # Wrong: the clients receive first
//!
//! The server's order, copied: "receive, then send".
//!
//! The check says: waits for the reply before it has sent the question

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
        (Transport::Udp, Role::Client) => vec![Socket, Receive, Send, Close],
        (Transport::Tcp, Role::Server) => vec![Socket, Bind, Listen, Accept, Receive, Send, Close],
        (Transport::Tcp, Role::Client) => vec![Socket, Connect, Receive, Send, Close],
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
