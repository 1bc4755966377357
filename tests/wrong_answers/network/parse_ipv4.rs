//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod parse_ipv4 {
    pub mod cut_down_to_a_byte;
    pub mod cuts_characters;
    pub mod digits_of_any_script;
    pub mod double_zero;
    pub mod empty_part_is_zero;
    pub mod five_parts;
    pub mod fixed_answer;
    pub mod index_out_of_bounds;
    pub mod leading_zeros;
    pub mod never_an_address;
    pub mod octal;
    pub mod old_short_forms;
    pub mod overflows;
    pub mod plus_sign;
    pub mod reads_lines;
    pub mod refuses_255;
    pub mod refuses_zero;
    pub mod reversed;
    pub mod round_trip_of_signs;
    pub mod skips_empty_parts;
    pub mod strips_the_port;
    pub mod three_parts;
    pub mod trailing_dot;
    pub mod trims;
    pub mod unwraps;
}
