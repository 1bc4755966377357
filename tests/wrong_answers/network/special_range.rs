//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod special_range {
    pub mod always_public;
    pub mod benchmarking_is_a_16;
    pub mod broadcast_takes_all_of_255;
    pub mod documentation_is_a_16;
    pub mod each_255_is_a_broadcast;
    pub mod examples_by_heart;
    pub mod link_local_all_of_169;
    pub mod link_local_forgotten;
    pub mod loopback_is_a_24;
    pub mod loopback_is_one_address;
    pub mod multicast_is_a_8;
    pub mod multicast_takes_the_rest;
    pub mod one_documentation_network;
    pub mod panics_where_nobody_is;
    pub mod private_172_15;
    pub mod private_172_16_only;
    pub mod private_172_32;
    pub mod private_172_without_31;
    pub mod private_all_of_172;
    pub mod private_all_of_192;
    pub mod protocol_assignments_all_of_192_0;
    pub mod protocol_assignments_win;
    pub mod reserved_takes_broadcast;
    pub mod shared_all_of_100;
    pub mod shared_is_a_16;
    pub mod shared_to_128;
    pub mod this_network_is_one_address;
}
