//! # Wrong: the TCP server reads from its listening socket
//!
//! One socket seems to be enough, as it is on UDP.
//!
//! The check says: `Accept` takes one off its queue

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
        (Transport::Tcp, Role::Server) => vec![Socket, Bind, Listen, Receive, Send, Close],
        (Transport::Tcp, Role::Client) => vec![Socket, Connect, Send, Receive, Close],
    }
}

#[cfg(test)]
#[path = "../../../../exercises/checks/sockets/order_the_calls.rs"]
mod check;
