//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod own_echo {
    pub mod duplicates_for_ever;
    pub mod everything_greeted;
    pub mod first_address_kept;
    pub mod full_for_all;
    pub mod full_forgets;
    pub mod goodbye_ignored;
    pub mod goodbye_not_read;
    pub mod no_limit;
    pub mod nobody_greeted;
    pub mod one_too_many;
    pub mod own_address_learned;
    pub mod own_by_address;
    pub mod own_by_all;
    pub mod own_by_ip;
    pub mod own_by_name;
    pub mod own_by_port;
    pub mod own_goodbye;
    pub mod own_listed;
    pub mod own_name_taken_back;
    pub mod own_or_name;
    pub mod own_updates;
    pub mod same_is_ignored;
    pub mod stranger_forgotten;
    pub mod taken_off_by_name;
}
