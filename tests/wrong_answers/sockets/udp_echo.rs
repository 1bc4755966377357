//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod udp_echo {
    pub mod answers_first_client;
    pub mod answers_once;
    pub mod buffer_without_room;
    pub mod connects_to_first_client;
    pub mod ends_on_empty;
    pub mod replies_from_another_socket;
    pub mod skips_empty;
    pub mod small_buffer;
    pub mod swallows_errors;
    pub mod through_text;
    pub mod whole_buffer;
    pub mod whole_buffer_too_long_to_send;
}
