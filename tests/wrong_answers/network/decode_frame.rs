//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod decode_frame {
    pub mod cut_packet_taken;
    pub mod cut_taken_for_bad_length;
    pub mod cut_within_udp;
    pub mod dont_fragment_refused;
    pub mod end_of_datagram_in_16_bits;
    pub mod end_of_packet_in_16_bits;
    pub mod fixed_minimum_only;
    pub mod half_the_offset;
    pub mod header_length_in_words;
    pub mod ignores_fragments;
    pub mod ignores_options;
    pub mod ignores_the_ether_type;
    pub mod ignores_the_protocol;
    pub mod ignores_the_version;
    pub mod little_endian;
    pub mod long_frames_refused;
    pub mod never_ends;
    pub mod only_more_fragments;
    pub mod only_the_offset;
    pub mod padding_in_the_payload;
    pub mod padding_refused;
    pub mod panics_on_a_cut_frame;
    pub mod payload_to_the_end_of_the_packet;
    pub mod port_zero_refused;
    pub mod refuses_an_empty_payload;
    pub mod same_error_for_all;
    pub mod saturating_length;
    pub mod short_ipv4_header;
    pub mod source_and_destination_swapped;
    pub mod strips_a_checksum;
    pub mod the_lessons_answer;
    pub mod total_length_below_the_header;
    pub mod total_length_not_compared;
    pub mod trusts_total_length;
    pub mod trusts_udps_length;
    pub mod udp_must_fill_the_packet;
    pub mod udps_length_below_eight;
    pub mod udps_length_cut_to_fit;
    pub mod udps_length_within_the_frame;
    pub mod udps_length_without_its_header;
    pub mod verifies_the_header_checksum;
    pub mod wants_sixty_bytes;
}
