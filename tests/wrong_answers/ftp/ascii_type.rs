//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod ascii_type {
    pub mod all_at_the_end;
    pub mod binary;
    pub mod by_lines;
    pub mod cr_becomes_lf;
    pub mod doubles_the_cr;
    pub mod drops_cr_on_the_wire;
    pub mod drops_every_cr;
    pub mod each_piece_alone_receiver;
    pub mod each_piece_alone_sender;
    pub mod empty_piece_forgets_receiver;
    pub mod empty_piece_forgets_sender;
    pub mod ends_panics;
    pub mod fixed_answer;
    pub mod lf_dropped;
    pub mod loses_the_last_cr;
    pub mod swallows_the_byte_behind;
    pub mod text_or_panic;
    pub mod through_text;
    pub mod two_crs_are_one;
}
