//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod protocol_turns {
    pub mod always_complete;
    pub mod any_bye;
    pub mod bye_must_wait_for_replies;
    pub mod client_says_bye_twice;
    pub mod client_speaks_after_its_bye;
    pub mod counts_lines_from_zero;
    pub mod counts_replies_only;
    pub mod eight_bit_counters;
    pub mod eight_bit_debt;
    pub mod eight_bit_lines;
    pub mod eight_bit_numbers;
    pub mod empty_is_complete;
    pub mod forgets_the_numbers_of_questions;
    pub mod hundred_questions_at_most;
    pub mod ignores_who_speaks;
    pub mod lets_the_rest_through;
    pub mod looks_at_the_ends_only;
    pub mod never_ahead;
    pub mod never_ends;
    pub mod numbers_from_zero;
    pub mod numbers_only_grow;
    pub mod owed_replies_refused;
    pub mod panics_on_reply_zero;
    pub mod reads_past_the_end;
    pub mod ready_at_any_time;
    pub mod ready_is_not_needed;
    pub mod replies_out_of_order;
    pub mod replies_twice;
    pub mod reply_before_the_question;
    pub mod server_bye_while_replies_are_owed;
    pub mod server_says_bye_first;
    pub mod sixteen_bit_numbers;
    pub mod stops_at_the_servers_bye;
    pub mod tells_the_last_breach;
    pub mod two_ahead_at_most;
    pub mod unbroken_is_complete;
    pub mod unfinished_is_broken;
}
