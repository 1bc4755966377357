//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod connection_cap {
    pub mod counted_down_when_well;
    pub mod counted_in_the_thread;
    pub mod ends_at_an_error;
    pub mod error_takes_a_place;
    pub mod fixed_pool;
    pub mod full_ends_the_service;
    pub mod half_the_word;
    pub mod never_counted_down;
    pub mod not_after_a_panic;
    pub mod one_after_another;
    pub mod one_too_few;
    pub mod one_too_many;
    pub mod panic_handed_on;
    pub mod panics_at_an_error;
    pub mod panics_when_the_refused_is_gone;
    pub mod place_not_moved_into_the_thread;
    pub mod refused_and_answered;
    pub mod refused_gives_a_place_back;
    pub mod refused_in_silence;
    pub mod refused_stays_open;
    pub mod refused_takes_a_place;
    pub mod two_back_for_an_error;
    pub mod underscore_drops_the_place;
    pub mod waits_for_a_place;
}
