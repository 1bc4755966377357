//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod broadcast {
    pub mod everybody_sent_away;
    pub mod first_that_fails_ends_it;
    pub mod full_is_kept;
    pub mod gone_is_kept;
    pub mod hears_itself;
    pub mod line_dropped;
    pub mod line_feed_forgotten;
    pub mod next_one_skipped;
    pub mod no_room_at_all;
    pub mod one_thread_for_all;
    pub mod panics_at_one_that_is_gone;
    pub mod queue_without_an_end;
    pub mod room_for_one_line;
    pub mod send_waits;
    pub mod sender_kept;
    pub mod speaker_blamed;
    pub mod speaker_sent_away;
    pub mod thread_for_each_line;
    pub mod write_for_write_all;
    pub mod writes_on_after_an_error;
    pub mod written_in_turn;
    pub mod written_under_the_lock;
}
