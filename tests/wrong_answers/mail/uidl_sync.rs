//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod uidl_sync {
    pub mod all_copies_are_fetched;
    pub mod bad_lines_skipped;
    pub mod changes_before_it_has_read;
    pub mod counts;
    pub mod counts_deletions;
    pub mod deleted_is_unseen;
    pub mod deletes_backwards;
    pub mod deletes_by_place;
    pub mod deletes_nothing;
    pub mod deletes_what_was_seen;
    pub mod empty_listing_forgets_nothing;
    pub mod everything;
    pub mod fetches_the_unwanted;
    pub mod id_of_anything;
    pub mod id_of_letters_and_digits;
    pub mod id_too_long;
    pub mod ids_as_numbers;
    pub mod ignores_case;
    pub mod last_bad_line;
    pub mod last_copy_is_fetched;
    pub mod never_forgets;
    pub mod never_forgets_unwanted;
    pub mod nothing;
    pub mod number_by_parse;
    pub mod number_panics;
    pub mod number_zero;
    pub mod one_copy_is_deleted;
    pub mod one_id_twice_is_bad;
    pub mod place_for_number;
    pub mod prefix;
    pub mod remembers_numbers;
    pub mod same_number_twice;
    pub mod seen_is_never_deleted;
    pub mod seen_is_the_listing;
    pub mod seen_too_early;
    pub mod sorted_by_id;
    pub mod sorted_by_number;
    pub mod splits_at_white_space;
    pub mod substring;
    pub mod unwanted_only_if_seen;
    pub mod unwanted_too_early;
}
