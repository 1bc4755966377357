//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod tcp_echo {
    pub mod dies_with_a_client;
    pub mod gives_up_when_interrupted;
    pub mod ignores_write_errors;
    pub mod misses_the_end;
    pub mod reset_taken_for_the_end;
    pub mod single_read;
    pub mod stops_at_first_client;
    pub mod swallows_accept_errors;
    pub mod through_text;
    pub mod waits_for_the_end;
    pub mod whole_buffer;
    pub mod write_for_write_all;
}
