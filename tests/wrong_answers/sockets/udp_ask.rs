//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod udp_ask {
    pub mod clock_restarts;
    pub mod fixed_timeout;
    pub mod gives_up_at_a_stranger;
    pub mod leaks_would_block;
    pub mod no_timeout;
    pub mod small_buffer;
    pub mod takes_a_strangers_reply;
    pub mod waits_past_an_empty_reply;
    pub mod whole_buffer;
}
