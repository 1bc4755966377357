//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod bcc {
    pub mod bcc_gets_nothing;
    pub mod bcc_kept_empty;
    pub mod bcc_last;
    pub mod bcc_leaks;
    pub mod blank_before_the_colon;
    pub mod body_dropped;
    pub mod body_is_read;
    pub mod body_through_text;
    pub mod bracket_kept;
    pub mod by_lines;
    pub mod capitals_count;
    pub mod cut_at_commas;
    pub mod empty_line_dropped;
    pub mod empty_recipients;
    pub mod first_address_only;
    pub mod first_bcc_only;
    pub mod line_end_added;
    pub mod line_feed_ends_a_line;
    pub mod name_begins_so;
    pub mod name_ends_so;
    pub mod names_are_sent;
    pub mod names_that_end_in_to;
    pub mod needs_an_empty_line;
    pub mod no_cc;
    pub mod not_trimmed;
    pub mod replaced_by_nothing;
    pub mod sender_gets_it;
    pub mod small_letters_stay;
    pub mod sorted;
    pub mod tab_folds_nothing;
    pub mod text_or_panic;
    pub mod twice;
    pub mod twice_side_by_side;
    pub mod unfolded;
}
