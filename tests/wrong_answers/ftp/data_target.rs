//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod data_target {
    pub mod address_of_eprt;
    pub mod believes_everybody;
    pub mod bounce;
    pub mod canonical_address;
    pub mod checks_port_not_eprt;
    pub mod client_refuses_low_ports;
    pub mod control_port;
    pub mod ignores_the_address_of_port;
    pub mod last_32_bits;
    pub mod loses_the_flow_label;
    pub mod loses_the_scope;
    pub mod low_ports;
    pub mod low_ports_of_eprt;
    pub mod off_by_one;
    pub mod off_by_one_below;
    pub mod only_ipv4;
    pub mod own_machine_is_safe;
    pub mod port_zero;
    pub mod refuses_a_foreign_reply;
    pub mod refuses_all;
    pub mod same_network_is_enough;
    pub mod trusts_the_reply_to_pasv;
    pub mod two_forms_are_two_addresses;
}
