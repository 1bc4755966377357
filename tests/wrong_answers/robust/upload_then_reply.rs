//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod upload_then_reply {
    pub mod closes_at_once;
    pub mod direction_not_ended;
    pub mod drains_too_little;
    pub mod errors_swallowed;
    pub mod largest_refused;
    pub mod left_to_a_thread;
    pub mod line_feed_forgotten;
    pub mod no_limit;
    pub mod one_read;
    pub mod pause_taken_for_the_end;
    pub mod refused_after_the_end;
    pub mod replies_first;
    pub mod rest_not_drained_by_a_pause;
    pub mod short_read_taken_for_the_end;
    pub mod shuts_down_both;
}
