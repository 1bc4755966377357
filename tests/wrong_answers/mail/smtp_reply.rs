//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod smtp_reply {
    pub mod any_first_digit;
    pub mod any_sign;
    pub mod bare_lf_is_text;
    pub mod code_by_parse;
    pub mod codes_not_compared;
    pub mod crlf_not_taken;
    pub mod empty_lines_left_out;
    pub mod everything_below_400_is_done;
    pub mod fixed_answer;
    pub mod gives_up_at_4;
    pub mod half_is_malformed;
    pub mod judges_half_a_line;
    pub mod known_codes_only;
    pub mod last_line_that_came;
    pub mod lf_ends_a_line;
    pub mod like_ftp;
    pub mod limit_for_each_line;
    pub mod limit_of_the_buffer;
    pub mod limit_one_too_late;
    pub mod limit_taken_for_not_yet;
    pub mod never_gives_up;
    pub mod no_limit;
    pub mod no_status;
    pub mod one_line;
    pub mod only_utf_8;
    pub mod slices_without_looking;
    pub mod space_required;
    pub mod status_anywhere;
    pub mod status_by_parse;
    pub mod status_class_3;
    pub mod status_class_not_compared;
    pub mod status_of_the_last_line;
    pub mod status_taken_out;
    pub mod status_with_more_parts;
    pub mod takes_the_whole_buffer;
    pub mod trims_the_text;
}
