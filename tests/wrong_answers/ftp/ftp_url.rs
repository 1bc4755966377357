//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod ftp_url {
    pub mod any_host;
    pub mod any_scheme;
    pub mod at_sign_anywhere;
    pub mod brackets_in_the_host;
    pub mod bytes_as_characters;
    pub mod capital_scheme;
    pub mod cut_percent_panics;
    pub mod decodes_first;
    pub mod decodes_the_path_first;
    pub mod decodes_twice;
    pub mod empty_folders_skipped;
    pub mod empty_host;
    pub mod empty_password_is_none;
    pub mod fixed_answer;
    pub mod injection;
    pub mod injection_by_lf;
    pub mod injection_in_the_login;
    pub mod last_at_sign;
    pub mod last_colon;
    pub mod last_folder_is_the_file;
    pub mod login_not_decoded;
    pub mod lossy;
    pub mod never_decodes;
    pub mod no_directory;
    pub mod no_password_is_empty;
    pub mod no_user_is_empty;
    pub mod nothing;
    pub mod nul_is_kept;
    pub mod one_colon;
    pub mod one_folder;
    pub mod percent_kept;
    pub mod percent_with_a_sign;
    pub mod port_is_a_guess;
    pub mod port_needed;
    pub mod port_with_a_sign;
    pub mod port_zero;
    pub mod raw_line_end;
    pub mod slash_needed;
    pub mod small_host;
    pub mod small_letters_only;
    pub mod type_is_ascii;
    pub mod type_is_required;
    pub mod type_stays_in_the_name;
    pub mod unknown_type_is_image;
    pub mod user_needs_a_password;
}
