//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod stop_and_wait {
    pub mod any_acknowledgement;
    pub mod at_least_this_number;
    pub mod back_off_carried_over;
    pub mod gives_up_quietly;
    pub mod last_message_unconfirmed;
    pub mod last_wait_left_out;
    pub mod linear_back_off;
    pub mod never_gives_up;
    pub mod new_number_for_each_sending;
    pub mod no_back_off;
    pub mod number_for_the_place;
    pub mod number_overflows;
    pub mod number_stops;
    pub mod one_sending_too_few;
    pub mod sends_again_at_once;
    pub mod wait_begins_anew;
}
