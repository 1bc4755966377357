//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod imap_literal {
    pub mod always_ok;
    pub mod announced_length_believed;
    pub mod announcement_in_the_text;
    pub mod any_tag;
    pub mod bad_braces_are_an_error;
    pub mod bye_is_the_end;
    pub mod client_literals;
    pub mod crlf_in_the_text;
    pub mod cut_literal_accepted;
    pub mod empty_texts_left_out;
    pub mod end_of_stream_is_no;
    pub mod errors_become_the_end;
    pub mod first_brace;
    pub mod first_brace_at_the_end;
    pub mod fixed_answer;
    pub mod large_number_is_text;
    pub mod large_number_panics;
    pub mod last_brace_anywhere;
    pub mod lf_ends_a_line;
    pub mod limit_for_each_line;
    pub mod limit_of_one_literal;
    pub mod limit_taken_for_the_end;
    pub mod literal_by_lines;
    pub mod literal_cut_by_read;
    pub mod literal_has_a_line_end;
    pub mod literals_behind_the_tag;
    pub mod literals_not_counted;
    pub mod no_digits_is_zero;
    pub mod no_limit;
    pub mod no_literals;
    pub mod nothing_behind_a_literal;
    pub mod number_by_parse;
    pub mod numeric_is_a_digit;
    pub mod one_literal_a_line;
    pub mod one_read;
    pub mod only_utf_8;
    pub mod other_lines_are_untagged;
    pub mod other_lines_skipped;
    pub mod own_buffer;
    pub mod star_is_enough;
    pub mod star_taken_off;
    pub mod status_anywhere;
    pub mod status_ignores_case;
    pub mod status_prefix;
    pub mod tag_anywhere;
    pub mod tag_behind_a_literal;
    pub mod tag_ignores_case;
    pub mod tag_in_a_literal;
    pub mod tag_prefix;
    pub mod trims_the_line;
    pub mod unknown_status_is_bad;
    pub mod untagged_ok_is_the_end;
}
