//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod graceful_shutdown {
    pub mod all_counted;
    pub mod both_directions_shut;
    pub mod broken_off_panics;
    pub mod clones_kept;
    pub mod counted_in_the_thread;
    pub mod door_left_open;
    pub mod ends_at_once;
    pub mod error_never_ends;
    pub mod grace_begins_anew;
    pub mod grace_for_each;
    pub mod idle_not_told;
    pub mod lets_others_in;
    pub mod nobody_counted;
    pub mod one_after_another;
    pub mod only_the_last_told;
    pub mod own_sender_kept;
    pub mod panic_handed_on;
    pub mod panic_never_ends;
    pub mod sleeps_the_grace;
    pub mod time_limit_for_reading;
    pub mod told_after_the_waiting;
    pub mod waits_for_ever;
    pub mod who_is_in_the_channel_is_let_in;
    pub mod writing_shut;
}
