//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod duplicate_filter {
    pub mod acknowledged_once_more_only;
    pub mod all_numbers_seen;
    pub mod before_the_first;
    pub mod begins_anew_after_the_last;
    pub mod behind_the_last;
    pub mod copy_delivered;
    pub mod copy_not_acknowledged;
    pub mod everything_acknowledged;
    pub mod first_arrival_begins;
    pub mod gaps_delivered;
    pub mod greater_is_newer;
    pub mod mark_believed;
    pub mod number_overflows;
    pub mod seven_bits;
    pub mod silent_after_the_last;
}
