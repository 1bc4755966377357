//! Answers that real learners write, and that the checks must reject.
//! Each file says in a line `//! The check says: …` what its rejection must contain.

pub mod network {
    pub mod parse_ipv4 {
        pub mod cut_down_to_a_byte;
        pub mod cuts_characters;
        pub mod digits_of_any_script;
        pub mod double_zero;
        pub mod empty_part_is_zero;
        pub mod five_parts;
        pub mod fixed_answer;
        pub mod index_out_of_bounds;
        pub mod leading_zeros;
        pub mod never_an_address;
        pub mod octal;
        pub mod old_short_forms;
        pub mod overflows;
        pub mod plus_sign;
        pub mod reads_lines;
        pub mod refuses_255;
        pub mod refuses_zero;
        pub mod reversed;
        pub mod round_trip_of_signs;
        pub mod skips_empty_parts;
        pub mod strips_the_port;
        pub mod three_parts;
        pub mod trailing_dot;
        pub mod trims;
        pub mod unwraps;
    }
    pub mod address_class {
        pub mod a_ends_at_128;
        pub mod b_ends_at_190;
        pub mod b_ends_at_192;
        pub mod bits_from_the_low_end;
        pub mod c_ends_at_222;
        pub mod c_ends_at_224;
        pub mod c_takes_the_rest;
        pub mod d_ends_at_238;
        pub mod d_ends_at_240;
        pub mod d_takes_the_rest;
        pub mod e_ends_at_254;
        pub mod examples_by_heart;
        pub mod fixed_answer;
        pub mod last_octet;
        pub mod loopback_has_no_class;
        pub mod refuses_the_special;
        pub mod two_bits;
        pub mod zero_has_no_class;
    }
    pub mod in_network {
        pub mod adds_the_size;
        pub mod always_false;
        pub mod always_true;
        pub mod compares_bits_as_text;
        pub mod compares_text;
        pub mod compares_the_host;
        pub mod leaves_out_first_and_last;
        pub mod longer_is_32;
        pub mod longer_wraps;
        pub mod looks_at_every_address;
        pub mod mask_from_the_low_end;
        pub mod network_not_masked;
        pub mod octets_out_of_bounds;
        pub mod octets_rounded_up;
        pub mod one_bit_too_few;
        pub mod one_bit_too_many;
        pub mod range_without_its_end;
        pub mod right_shift_overflows_at_0;
        pub mod shift_overflows_at_0;
        pub mod shift_wraps_at_0;
        pub mod underflows_at_33;
        pub mod whole_octets;
        pub mod zero_only_with_0_0_0_0;
    }
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
    pub mod port_range {
        pub mod dynamic_ends_at_60999;
        pub mod examples_by_heart;
        pub mod fixed_answer;
        pub mod last_port_missing;
        pub mod signed;
        pub mod swapped;
        pub mod system_ends_at_1000;
        pub mod system_ends_at_1022;
        pub mod system_ends_at_1024;
        pub mod system_ends_at_255;
        pub mod user_ends_at_32767;
        pub mod user_ends_at_49150;
        pub mod user_ends_at_49152;
        pub mod zero_is_choose_for_me;
        pub mod zero_is_dynamic;
        pub mod zero_panics;
    }
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
        pub mod most_specific_by_number;
        pub mod no_listener;
        pub mod no_wildcard;
        pub mod no_wildcard_for_tcp;
        pub mod nobody;
        pub mod place_in_the_table;
        pub mod port_alone;
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
}

pub mod sockets {
    pub mod order_the_calls {
        pub mod client_listens;
        pub mod forgets_close;
        pub mod listen_missing;
        pub mod no_bind;
        pub mod receive_before_send;
        pub mod server_connects;
        pub mod talks_on_the_listener;
        pub mod udp_server_accepts;
        pub mod udp_server_connects_first;
        pub mod udp_server_listens;
    }
    pub mod udp_echo {
        pub mod answers_first_client;
        pub mod answers_once;
        pub mod buffer_without_room;
        pub mod connects_to_first_client;
        pub mod ends_on_empty;
        pub mod replies_from_another_socket;
        pub mod skips_empty;
        pub mod small_buffer;
        pub mod swallows_errors;
        pub mod through_text;
        pub mod whole_buffer;
        pub mod whole_buffer_too_long_to_send;
    }
    pub mod udp_ask {
        pub mod clock_restarts;
        pub mod fixed_timeout;
        pub mod gives_up_at_a_stranger;
        pub mod leaks_would_block;
        pub mod no_timeout;
        pub mod small_buffer;
        pub mod takes_a_strangers_reply;
        pub mod waits_past_an_empty_reply;
        pub mod whole_buffer;
    }
    pub mod tcp_echo {
        pub mod dies_with_a_client;
        pub mod gives_up_when_interrupted;
        pub mod ignores_write_errors;
        pub mod misses_the_end;
        pub mod reset_taken_for_the_end;
        pub mod single_read;
        pub mod stops_at_first_client;
        pub mod swallows_accept_errors;
        pub mod through_text;
        pub mod waits_for_the_end;
        pub mod whole_buffer;
        pub mod write_for_write_all;
    }
    pub mod tcp_ask {
        pub mod clock_restarts;
        pub mod fixed_timeout;
        pub mod leaks_would_block;
        pub mod never_shuts_down;
        pub mod no_limit_on_sending;
        pub mod no_timeout;
        pub mod patience_anew_for_the_reply;
        pub mod reset_taken_for_the_end;
        pub mod short_read_taken_for_the_end;
        pub mod shuts_both_down;
        pub mod single_read;
        pub mod time_is_up_taken_for_the_end;
        pub mod whole_buffer;
        pub mod write_all_with_one_limit;
    }
}
