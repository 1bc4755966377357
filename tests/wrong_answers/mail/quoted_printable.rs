//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod quoted_printable {
    pub mod all_white_space_goes;
    pub mod bad_encoding_dropped;
    pub mod bad_encoding_panics;
    pub mod bad_encoding_skipped;
    pub mod blank_at_the_end_stays;
    pub mod blanks_behind_not_expected;
    pub mod blanks_encoded;
    pub mod blanks_stay;
    pub mod column_of_the_text;
    pub mod cut_at_76_always;
    pub mod cut_within;
    pub mod decodes_twice;
    pub mod delete_is_visible;
    pub mod end_panics;
    pub mod equals_sign_stays;
    pub mod everything_encoded;
    pub mod hard_breaks;
    pub mod last_sign_stays;
    pub mod latin_1;
    pub mod lf_is_a_line_end;
    pub mod lf_stays;
    pub mod line_end_added;
    pub mod line_ends_encoded;
    pub mod low_digit_first;
    pub mod meant_blanks_go;
    pub mod no_soft_breaks;
    pub mod one_digit;
    pub mod seventy_eight;
    pub mod seventy_six_and_the_sign;
    pub mod signs_are_digits;
    pub mod small_digits_refused;
    pub mod small_digits_written;
    pub mod soft_break_is_a_line_end;
    pub mod soft_break_stays;
    pub mod tab_at_the_end_stays;
    pub mod through_text;
    pub mod tilde_encoded;
    pub mod unchanged;
}
