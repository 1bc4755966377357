//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod read_lines {
    pub mod all_crs_gone;
    pub mod buf_reader_per_call;
    pub mod characters_counted;
    pub mod cr_kept;
    pub mod empty_line_taken_for_the_end;
    pub mod end_counted;
    pub mod error_taken_for_the_end;
    pub mod half_a_line_accepted;
    pub mod half_a_line_dropped;
    pub mod limit_looked_at_too_late;
    pub mod lossy;
    pub mod no_limit;
    pub mod one_byte_too_many;
    pub mod one_read;
    pub mod pieces_made_text;
    pub mod too_long_taken_for_the_end;
    pub mod trimmed;
}
