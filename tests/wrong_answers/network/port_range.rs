//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod port_range {
    pub mod dynamic_ends_at_60999;
    pub mod examples_by_heart;
    pub mod fixed_answer;
    pub mod last_port_missing;
    pub mod signed;
    pub mod swapped;
    pub mod system_ends_at_1000;
    pub mod system_ends_at_1022;
    pub mod system_ends_at_1024;
    pub mod system_ends_at_255;
    pub mod user_ends_at_32767;
    pub mod user_ends_at_49149;
    pub mod user_ends_at_49150;
    pub mod user_ends_at_49152;
    pub mod zero_is_choose_for_me;
    pub mod zero_is_dynamic;
    pub mod zero_panics;
}
