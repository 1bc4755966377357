//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod sequence_audit {
    pub mod arrivals_subtracted;
    pub mod burst_begins_with_the_first_arrival;
    pub mod compared_with_the_one_before;
    pub mod datagrams_with_copies;
    pub mod duplicates_are_reordered;
    pub mod end_of_the_burst_forgotten;
    pub mod half_the_numbers_are_later;
    pub mod neighbours_only;
    pub mod no_place_for_the_wrapped;
    pub mod no_wrap_around;
    pub mod not_where_expected;
    pub mod plain_subtraction;
    pub mod reordered_counted_as_lost;
    pub mod sixteen_bits_for_the_count;
    pub mod stops_at_a_strange_number;
    pub mod strange_numbers_counted;
}
