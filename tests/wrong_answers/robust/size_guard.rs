//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod size_guard {
    pub mod empty_refused;
    pub mod ip_header_forgotten;
    pub mod ipv4_header_for_both;
    pub mod ipv6_counts_its_header;
    pub mod more_than_the_mtu_refused;
    pub mod mtu_itself_does_not_fit;
    pub mod one_limit_for_both;
    pub mod overflows;
    pub mod path_asked_first;
    pub mod payload_against_the_mtu;
    pub mod payload_made_shorter;
    pub mod sixty_four_kilobytes;
    pub mod udp_header_forgotten;
}
