//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod next_hop {
    pub mod always_imap;
    pub mod always_pop3;
    pub mod back_to_the_sender;
    pub mod case_counts;
    pub mod ends_in_the_store;
    pub mod everything_is_fetched;
    pub mod first_at_sign;
    pub mod fixed_answer;
    pub mod foreign_msa;
    pub mod header_to;
    pub mod mda_speaks_pop3;
    pub mod mda_writes_by_lmtp;
    pub mod mda_writes_by_pop3;
    pub mod msa_leaves_the_house;
    pub mod msa_of_the_recipient;
    pub mod msa_of_the_sender;
    pub mod mta_always_delivers;
    pub mod mta_never_delivers;
    pub mod mta_writes_the_mailbox;
    pub mod mua_finds_the_recipient;
    pub mod neighbours_need_no_msa;
    pub mod neighbours_need_no_mta;
    pub mod no_msa;
    pub mod one_at_sign_only;
    pub mod reader_sends_on;
    pub mod smtp_from_the_store;
    pub mod smtp_to_the_mda;
    pub mod store_pushes;
    pub mod submission_everywhere;
    pub mod submission_is_smtp;
    pub mod substring;
    pub mod suffix;
}
