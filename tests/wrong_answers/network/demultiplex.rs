//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod demultiplex {
    pub mod connection_swapped;
    pub mod destination_address_ignored;
    pub mod destination_ignored;
    pub mod first_in_the_table;
    pub mod first_that_fits;
    pub mod fixed_answer;
    pub mod ignores_the_protocol;
    pub mod last_that_fits;
    pub mod listener_wins;
    pub mod listener_without_connections_only;
    pub mod loopback_from_elsewhere_refused;
    pub mod most_specific_by_number;
    pub mod no_listener;
    pub mod no_wildcard;
    pub mod no_wildcard_for_tcp;
    pub mod nobody;
    pub mod own_packet_refused;
    pub mod place_in_the_table;
    pub mod port_alone;
    pub mod same_port_refused;
    pub mod source_0_0_0_0_refused;
    pub mod source_address_ignored;
    pub mod source_for_destination;
    pub mod source_ignored;
    pub mod source_port_ignored;
    pub mod udp_falls_back_to_tcp;
    pub mod udp_from_one_sender_only;
    pub mod unwraps;
    pub mod wildcard_at_every_port;
    pub mod wildcard_listener_wins;
    pub mod wildcard_wins;
}
