//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod length_prefix {
    pub mod buf_reader_per_call;
    pub mod cap_after_reading;
    pub mod cap_counts_the_length;
    pub mod clean_end_is_an_error;
    pub mod empty_taken_for_the_end;
    pub mod eof_in_a_frame_taken_for_the_end;
    pub mod eof_in_a_message_accepted;
    pub mod eof_in_the_length_taken_for_the_end;
    pub mod error_taken_for_the_end;
    pub mod interrupted_is_an_error;
    pub mod length_counts_itself;
    pub mod little_endian;
    pub mod native_order;
    pub mod no_cap;
    pub mod no_cap_on_sending;
    pub mod one_read_for_the_length;
    pub mod one_read_for_the_message;
    pub mod reads_little_endian;
    pub mod signed_length;
}
