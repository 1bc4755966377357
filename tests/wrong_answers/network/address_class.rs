//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod address_class {
    pub mod a_ends_at_128;
    pub mod b_ends_at_190;
    pub mod b_ends_at_192;
    pub mod bits_from_the_low_end;
    pub mod c_ends_at_222;
    pub mod c_ends_at_224;
    pub mod c_takes_the_rest;
    pub mod d_ends_at_238;
    pub mod d_ends_at_240;
    pub mod d_takes_the_rest;
    pub mod e_ends_at_254;
    pub mod examples_by_heart;
    pub mod fixed_answer;
    pub mod last_octet;
    pub mod loopback_has_no_class;
    pub mod refuses_the_special;
    pub mod two_bits;
    pub mod zero_has_no_class;
}
