//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod in_network {
    pub mod adds_the_size;
    pub mod always_false;
    pub mod always_true;
    pub mod compares_bits_as_text;
    pub mod compares_text;
    pub mod compares_the_host;
    pub mod ends_left_out_of_every_network;
    pub mod leaves_out_first_and_last;
    pub mod longer_is_32;
    pub mod longer_wraps;
    pub mod looks_at_every_address;
    pub mod mask_from_the_low_end;
    pub mod network_not_masked;
    pub mod octets_out_of_bounds;
    pub mod octets_rounded_up;
    pub mod one_bit_too_few;
    pub mod one_bit_too_many;
    pub mod range_without_its_end;
    pub mod right_shift_overflows_at_0;
    pub mod shift_overflows_at_0;
    pub mod shift_wraps_at_0;
    pub mod underflows_at_33;
    pub mod whole_octets;
    pub mod zero_only_with_0_0_0_0;
}
