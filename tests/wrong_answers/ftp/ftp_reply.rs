//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod ftp_reply {
    pub mod any_code_ends_it;
    pub mod code_by_parse;
    pub mod codes_from_100_to_599;
    pub mod crlf_not_counted;
    pub mod end_not_seen;
    pub mod end_taken_for_a_line;
    pub mod errors_become_the_end;
    pub mod every_line_end_counts_two;
    pub mod every_line_loses_its_code;
    pub mod fixed_answer;
    pub mod hyphen_is_final;
    pub mod keeps_cr;
    pub mod limit_for_each_line;
    pub mod limit_looked_at_too_late;
    pub mod limit_taken_for_the_end;
    pub mod no_limit;
    pub mod no_space_needed;
    pub mod no_text_if_not_utf_8;
    pub mod only_crlf;
    pub mod only_utf_8;
    pub mod own_buffer;
    pub mod reads_on_after_one_line;
    pub mod slices_without_looking;
    pub mod stops_without_hyphen;
    pub mod trims_before_it_looks;
    pub mod trims_the_text;
}
