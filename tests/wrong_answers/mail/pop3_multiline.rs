//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod pop3_multiline {
    pub mod a_dot_is_the_end;
    pub mod all_dots_go;
    pub mod crlf_becomes_lf;
    pub mod each_piece_is_a_line;
    pub mod end_in_the_body;
    pub mod end_needs_a_line_before;
    pub mod end_of_stream_is_the_end;
    pub mod end_without_its_line_end;
    pub mod endless_at_the_end;
    pub mod err_has_lines;
    pub mod err_is_an_error;
    pub mod err_only_utf_8;
    pub mod err_text_trimmed;
    pub mod err_without_its_text;
    pub mod errors_become_the_end;
    pub mod everything_else_is_ok;
    pub mod first_line_in_the_body;
    pub mod fixed_answer;
    pub mod last_line_end_lost;
    pub mod lf_ends_a_line;
    pub mod limit_for_each_line;
    pub mod limit_looked_at_too_late;
    pub mod limit_of_the_body;
    pub mod limit_taken_for_the_end;
    pub mod lossy;
    pub mod no_limit;
    pub mod not_unstuffed;
    pub mod one_line;
    pub mod only_utf_8;
    pub mod own_buffer;
    pub mod plus_is_enough;
    pub mod prefix_is_enough;
    pub mod reads_to_the_end;
    pub mod small_letters_too;
    pub mod trims_before_it_looks;
    pub mod two_dots_become_one_anywhere;
    pub mod two_dots_only;
    pub mod unstuffs_before_it_looks;
}
