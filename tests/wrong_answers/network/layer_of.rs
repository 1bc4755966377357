//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod layer_of {
    pub mod always_application;
    pub mod arp_at_internet;
    pub mod arp_in_transport;
    pub mod dhcp_at_network;
    pub mod dns_in_transport;
    pub mod ethernet_is_physical;
    pub mod ftp_at_session;
    pub mod gives_up_on_the_rest;
    pub mod http_at_internet;
    pub mod http_at_presentation;
    pub mod icmp_an_application;
    pub mod icmp_in_transport;
    pub mod ip_at_the_link;
    pub mod ipv6_elsewhere;
    pub mod only_the_four;
    pub mod session_and_presentation_swapped;
    pub mod session_in_transport;
    pub mod signals_at_data_link;
    pub mod smtp_at_presentation;
    pub mod tcp_and_ip_are_one;
    pub mod tcp_at_session;
    pub mod udp_below_tcp;
}
