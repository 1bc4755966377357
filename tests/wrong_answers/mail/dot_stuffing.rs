//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod dot_stuffing {
    pub mod a_line_without_limit;
    pub mod all_dots_go;
    pub mod always_a_line_end;
    pub mod by_lines;
    pub mod cut_short_is_fine;
    pub mod dot_and_lf_end_it;
    pub mod dots_stay;
    pub mod empty_gets_a_line;
    pub mod end_behind_text;
    pub mod end_kept;
    pub mod errors_are_the_end;
    pub mod every_dot;
    pub mod last_line_end_lost;
    pub mod lf_ends_the_letter;
    pub mod limit_of_the_wire;
    pub mod line_ends_mended;
    pub mod line_of_nothing;
    pub mod no_end;
    pub mod no_limit;
    pub mod not_the_first_line;
    pub mod nothing_stuffed;
    pub mod one_less;
    pub mod one_more;
    pub mod only_lone_dots;
    pub mod only_two_dots;
    pub mod own_buffer;
    pub mod reads_all;
    pub mod smuggling;
    pub mod stuffs_behind_lf;
    pub mod text_that_ends_so;
    pub mod through_text;
    pub mod trimmed_line;
    pub mod two_dots_are_stuffed;
    pub mod wrong_error;
}
