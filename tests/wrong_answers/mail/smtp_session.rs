//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod smtp_session {
    pub mod all_dots_go;
    pub mod always_250;
    pub mod any_line_end_ends_the_letter;
    pub mod bare_lf_accepted;
    pub mod bare_lf_mended;
    pub mod bare_lf_never_forgiven;
    pub mod commands_end_in_lf;
    pub mod cr_alone_refused;
    pub mod data_at_any_time;
    pub mod data_without_recipients;
    pub mod dot_and_lf_is_an_end;
    pub mod empty_letter_missed;
    pub mod end_in_the_letter;
    pub mod envelope_kept;
    pub mod first_line_not_unstuffed;
    pub mod hello_for_each_letter;
    pub mod hello_keeps_the_envelope;
    pub mod last_recipient_only;
    pub mod lf_before_the_dot_is_an_end;
    pub mod mail_before_hello;
    pub mod mail_twice;
    pub mod mail_twice_keeps_recipients;
    pub mod never_after_a_bare_lf;
    pub mod not_unstuffed;
    pub mod null_sender_is_none;
    pub mod null_sender_refused;
    pub mod obeys_the_letter;
    pub mod only_the_last_line_counts;
    pub mod rcpt_at_any_time;
    pub mod recipients_from_the_headers;
    pub mod recipients_kept;
    pub mod recipients_once;
    pub mod recipients_sorted;
    pub mod refusal_forgets;
    pub mod refused_keeps_its_envelope;
    pub mod refused_rcpt_is_kept;
    pub mod refuses_and_reads_on;
    pub mod refuses_in_the_middle;
    pub mod replies_to_each_line;
    pub mod rset_forgets_nothing;
    pub mod rset_forgets_the_greeting;
    pub mod rset_forgets_the_sender_only;
    pub mod rset_greets;
    pub mod sender_from_the_headers;
    pub mod through_text;
    pub mod two_dots_only;
    pub mod unknown_forgets;
}
