//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod credentials {
    pub mod another_variable;
    pub mod asks_for_a_second_one;
    pub mod checksum_shown;
    pub mod default_password;
    pub mod derived_debug;
    pub mod empty_accepted;
    pub mod empty_without_tls;
    pub mod last_letter_shown;
    pub mod length_in_debug;
    pub mod length_in_the_error;
    pub mod length_shown;
    pub mod log_by_prefix;
    pub mod log_hides_one_word;
    pub mod log_hides_the_mechanism;
    pub mod log_hides_too_much;
    pub mod log_in_capitals;
    pub mod log_knows_capitals_only;
    pub mod log_of_all_capitals;
    pub mod log_searches;
    pub mod log_shows_auth;
    pub mod log_shows_pass;
    pub mod log_shows_the_length;
    pub mod log_slices;
    pub mod lossy;
    pub mod no_first_nul;
    pub mod nobody_named;
    pub mod nobody_signs_in;
    pub mod nul_accepted;
    pub mod nul_behind;
    pub mod nul_in_the_user;
    pub mod password_in_display;
    pub mod password_in_the_refusal;
    pub mod password_in_the_users_error;
    pub mod prefix_shown;
    pub mod pretty_debug_shows;
    pub mod replaced_in_the_text;
    pub mod short_or_long_shown;
    pub mod spaces;
    pub mod trimmed;
    pub mod unwrap;
    pub mod user_twice;
    pub mod value_in_the_error;
    pub mod var_error_printed;
    pub mod variable_not_named;
    pub mod without_tls;
}
