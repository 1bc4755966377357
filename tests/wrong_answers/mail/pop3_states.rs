//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod pop3_states {
    pub mod a_broken_link_deletes;
    pub mod always_ok;
    pub mod any_password;
    pub mod counted_from_zero;
    pub mod dele_twice;
    pub mod dele_twice_unmarks;
    pub mod deletes_at_once;
    pub mod empties_at_once;
    pub mod empty_mailbox_is_an_error;
    pub mod first_user_stays;
    pub mod listed_anew;
    pub mod marked_can_be_read;
    pub mod marked_is_listed;
    pub mod marked_is_listed_alone;
    pub mod no_password;
    pub mod noop_before_signing_in;
    pub mod numbers_move;
    pub mod only_the_password;
    pub mod pass_again;
    pub mod pass_without_user;
    pub mod quit_before_signing_in_goes_on;
    pub mod quit_before_signing_in_refused;
    pub mod quit_deletes_all;
    pub mod quit_deletes_nothing;
    pub mod quit_does_not_end;
    pub mod quit_without_update;
    pub mod refused_user_unmarks;
    pub mod retr_deletes;
    pub mod rset_after_quit;
    pub mod rset_forgets_nothing;
    pub mod rset_signs_out;
    pub mod rset_takes_the_last_mark;
    pub mod second_user_refused;
    pub mod signs_in_again;
    pub mod stat_adds_the_marked;
    pub mod stat_counts_the_marked;
    pub mod too_large_panics;
    pub mod unknown_names_refused;
    pub mod user_is_remembered;
    pub mod zero_is_the_first;
    pub mod zero_panics;
}
