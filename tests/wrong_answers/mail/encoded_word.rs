//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod encoded_word {
    pub mod ascii_encoded;
    pub mod bytes_not_characters;
    pub mod control_characters_stay;
    pub mod delete_stays;
    pub mod empty_word;
    pub mod encoding_b;
    pub mod ends_not_counted;
    pub mod equals_sign_stays;
    pub mod folded_without_a_space;
    pub mod injection;
    pub mod latin_1;
    pub mod line_feed;
    pub mod looks_encoded;
    pub mod name_not_counted;
    pub mod no_line_end;
    pub mod not_folded;
    pub mod one_digit;
    pub mod one_word;
    pub mod only_what_needs_it;
    pub mod plus_for_a_space;
    pub mod question_mark_stays;
    pub mod raw;
    pub mod small_digits;
    pub mod space_stays;
    pub mod split_character;
    pub mod split_encoding;
    pub mod underscore_stays;
    pub mod word_by_word;
    pub mod word_of_76;
    pub mod wrong_charset;
}
