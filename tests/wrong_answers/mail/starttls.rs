//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod starttls {
    pub mod any_2yz;
    pub mod asks_without_the_offer;
    pub mod auth_not_looked_at;
    pub mod auth_not_waited_for;
    pub mod auth_wanted_before_tls;
    pub mod auth_without_plain;
    pub mod buffer_before_the_code;
    pub mod buffer_emptied;
    pub mod buffer_kept;
    pub mod buffer_looked_at_too_early;
    pub mod buffer_looked_at_too_late;
    pub mod buffer_of_one_reply;
    pub mod capitals_only;
    pub mod first_auth_line_only;
    pub mod first_ehlo_not_looked_at;
    pub mod first_line_is_an_offer;
    pub mod first_offers_believed;
    pub mod greeting_not_looked_at;
    pub mod handshake_may_fail;
    pub mod helo_instead;
    pub mod link_errors_are_refusals;
    pub mod name_forgotten;
    pub mod no_second_ehlo;
    pub mod no_second_ehlo_at_all;
    pub mod no_tls;
    pub mod offer_anywhere;
    pub mod offer_as_prefix;
    pub mod offers_added_up;
    pub mod panics_without_lines;
    pub mod parameters_in_capitals_only;
    pub mod password_first;
    pub mod plain_anywhere;
    pub mod plain_not_asked_for;
    pub mod plain_second_only;
    pub mod quits_politely;
    pub mod refused_starttls_goes_on;
    pub mod refused_starttls_in_the_clear;
    pub mod second_ehlo_not_looked_at;
    pub mod speaks_first;
    pub mod tls_if_offered;
    pub mod whole_line_only;
}
