//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod internet_checksum {
    pub mod carry_dropped;
    pub mod crc;
    pub mod first_twenty_bytes;
    pub mod folded_once;
    pub mod folded_twice;
    pub mod last_byte_dropped;
    pub mod last_byte_padded_in_front;
    pub mod length_minus_one;
    pub mod little_endian;
    pub mod never_ends;
    pub mod not_turned_over;
    pub mod nothing_is_zero;
    pub mod saturating_sum;
    pub mod saturating_wide_sum;
    pub mod sign_changed;
    pub mod single_bytes;
    pub mod sixteen_bit_sum;
    pub mod skips_the_checksum_field;
    pub mod the_examples_answer;
    pub mod thirty_two_bit_sum;
    pub mod udp_zero_rule;
    pub mod wants_pairs_only;
    pub mod wrapping_sum;
}
