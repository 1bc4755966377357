//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod account_policy {
    pub mod above_the_root_is_nowhere;
    pub mod absolute_in_the_folder;
    pub mod all_homes;
    pub mod anonymous_may_write;
    pub mod counts_the_dots;
    pub mod cuts_dot_dot_out;
    pub mod decodes_percent;
    pub mod deletes_its_folder;
    pub mod empty_names_count;
    pub mod escapes_by_dot_dot;
    pub mod everyone_is_ada;
    pub mod everything;
    pub mod folder_not_readable;
    pub mod guest_deletes;
    pub mod guest_overwrites;
    pub mod guest_reads_only;
    pub mod guest_renames;
    pub mod ignores_case;
    pub mod nothing;
    pub mod nul;
    pub mod one_step_only;
    pub mod own_folder_is_the_root;
    pub mod panics_above_the_root;
    pub mod refuses_control_characters;
    pub mod refuses_every_dot_dot;
    pub mod refuses_line_ends;
    pub mod refuses_two_dots_anywhere;
    pub mod relative_from_the_root;
    pub mod splits_at_backslashes;
    pub mod std_path;
    pub mod string_prefix;
}
