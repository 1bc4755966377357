//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod mime_tree {
    pub mod always_a_leaf;
    pub mod begins_with_it;
    pub mod capitals_are_small;
    pub mod counts_all;
    pub mod epilogue_is_read;
    pub mod headers_kept;
    pub mod last_one_closes;
    pub mod leaves_count;
    pub mod line_end_kept;
    pub mod line_end_needed;
    pub mod line_feed_begins_a_line;
    pub mod nine;
    pub mod no_blanks;
    pub mod no_limit;
    pub mod not_closed_is_fine;
    pub mod not_looked_into;
    pub mod only_what_is_whole;
    pub mod panics_at_the_start;
    pub mod preamble_is_a_part;
    pub mod seven;
    pub mod split_at_the_boundary;
    pub mod too_deep_is_a_leaf;
    pub mod trimmed;
    pub mod two_hyphens_are_a_boundary;
    pub mod two_line_ends;
}
