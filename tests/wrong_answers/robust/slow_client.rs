//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod slow_client {
    pub mod all_collected_first;
    pub mod counted_after_the_write;
    pub mod each_counts_for_itself;
    pub mod ends_at_an_error;
    pub mod first_line_before_the_thread;
    pub mod four_threads;
    pub mod goes_on_after_a_failed_write;
    pub mod greeting_before_the_thread;
    pub mod half_a_line_counts;
    pub mod joined_at_once;
    pub mod lines_must_be_text;
    pub mod lock_held_while_reading;
    pub mod lock_held_while_writing;
    pub mod lock_in_the_while_let;
    pub mod misses_the_end;
    pub mod one_after_another;
    pub mod one_line_a_client;
    pub mod one_read_one_line;
    pub mod panic_handed_on;
    pub mod panics_at_an_error;
    pub mod part_of_a_reply;
    pub mod scope_for_each;
    pub mod sixty_four_threads;
    pub mod two_at_a_time;
    pub mod waits_for_the_end;
}
