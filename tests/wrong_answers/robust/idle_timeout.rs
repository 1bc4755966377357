//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod idle_timeout {
    pub mod end_not_seen;
    pub mod error_taken_for_the_end;
    pub mod every_error_is_idleness;
    pub mod interrupted_is_an_error;
    pub mod interrupted_is_idle;
    pub mod one_more_try;
    pub mod single_write;
    pub mod stuck_is_idle;
    pub mod timed_out_only;
    pub mod tries_again_for_ever;
    pub mod whole_buffer;
    pub mod would_block_only;
    pub mod writing_has_no_limit;
}
