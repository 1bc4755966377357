//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod tcp_ask {
    pub mod clock_restarts;
    pub mod fixed_timeout;
    pub mod leaks_would_block;
    pub mod never_shuts_down;
    pub mod no_limit_on_sending;
    pub mod no_timeout;
    pub mod patience_anew_for_the_reply;
    pub mod reset_taken_for_the_end;
    pub mod short_read_taken_for_the_end;
    pub mod shuts_both_down;
    pub mod single_read;
    pub mod time_is_up_taken_for_the_end;
    pub mod whole_buffer;
    pub mod write_all_with_one_limit;
}
