//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod parse_pasv {
    pub mod all_numbers_of_the_text;
    pub mod begins_at_the_first_digit;
    pub mod counts_characters;
    pub mod cut_to_a_byte;
    pub mod empty_parts_skipped;
    pub mod first_six_of_seven;
    pub mod five_is_enough;
    pub mod fixed_answer;
    pub mod gives_up_at_the_first_run;
    pub mod indexes_the_parts;
    pub mod is_numeric;
    pub mod last_run;
    pub mod last_run_of_six_wins;
    pub mod little_end_first;
    pub mod nothing_found;
    pub mod overflows;
    pub mod parentheses_required;
    pub mod port_over_65535_wraps;
    pub mod refuses_leading_zeros;
    pub mod refuses_port_zero;
    pub mod shifts_by_the_sum;
    pub mod sum;
    pub mod ten_times;
    pub mod times_255;
    pub mod trims;
}
