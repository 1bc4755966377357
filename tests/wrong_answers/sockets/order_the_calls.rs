//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod order_the_calls {
    pub mod client_listens;
    pub mod forgets_close;
    pub mod listen_missing;
    pub mod no_bind;
    pub mod receive_before_send;
    pub mod server_connects;
    pub mod talks_on_the_listener;
    pub mod udp_server_accepts;
    pub mod udp_server_connects_first;
    pub mod udp_server_listens;
}
